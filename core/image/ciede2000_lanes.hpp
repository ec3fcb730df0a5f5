#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/image/float_lanes.hpp"

namespace dgxp {

// The parts of CIEDE2000 for four pairs at once, without angles: a hue is a direction. Within a few
// units of the last place of single floats; turn_of_hue within 2e-5.

inline FourFloats larger(FourFloats a, FourFloats b) {
  return a > b ? a : b;
}
inline FourFloats smaller(FourFloats a, FourFloats b) {
  return a < b ? a : b;
}

/// sqrt(C^7 / (C^7 + 25^7))
inline FourFloats seventh_share_root(FourFloats chroma) {
  const FourFloats x = chroma * (1.0F / 25.0F);
  const FourFloats cube = x * x * x;
  const FourFloats power = cube * cube * x;
  return square_roots(power / (power + 1.0F));
}

/// What a is stretched by, falling with the mean chroma.
inline FourFloats stretch_of(FourFloats mean_chroma) {
  return 1.5F - 0.5F * seventh_share_root(mean_chroma);
}

/// S_L, growing with how far the mean lightness is from 50.
inline FourFloats scale_of_lightness(FourFloats off) {
  const FourFloats square = off * off;
  return 1.0F + 0.015F * square / square_roots(20.0F + square);
}

struct HueLanes {
  FourFloats cos;
  FourFloats sin;
};

/// T, from kLeastHueWeight to kMostHueWeight; it changes by at most kHueWeightSlope a radian.
inline constexpr float kLeastHueWeight = 0.362F;
inline constexpr float kMostHueWeight = 1.5726F;
inline constexpr float kHueWeightSlope = 1.98F;
inline FourFloats hue_weight(HueLanes h) {
  const FourFloats cos2 = h.cos * h.cos - h.sin * h.sin;
  const FourFloats sin2 = 2.0F * h.cos * h.sin;
  const FourFloats cos3 = h.cos * cos2 - h.sin * sin2;
  const FourFloats sin3 = h.sin * cos2 + h.cos * sin2;
  const FourFloats cos4 = cos2 * cos2 - sin2 * sin2;
  const FourFloats sin4 = 2.0F * cos2 * sin2;
  // cos and sin of 30, 6 and 63 degrees
  return 1.0F - 0.17F * (h.cos * 0.8660254F + h.sin * 0.5F) + 0.24F * cos2 +
         0.32F * (cos3 * 0.9945219F - sin3 * 0.10452846F) -
         0.20F * (cos4 * 0.4539905F + sin4 * 0.89100652F);
}

/// sin(60 degrees * exp(-((h - 275 degrees) / 25 degrees)^2)), the part of R_T that the mean hue
/// decides: at most kMostTurn, changing by at most kTurnSlope a radian.
inline constexpr float kMostTurn = 0.86603F;
inline constexpr float kTurnSlope = 1.732F;
inline constexpr std::size_t kTurnSteps = 2048;
/// By the tangent of half of the angle from 275 degrees, -1 to 1.
using TurnTable = std::array<float, kTurnSteps + 2>;
const TurnTable& turn_table();

inline FourFloats turn_of_hue(HueLanes h, const TurnTable& table) {
  constexpr float kCos275 = 0.087155743F;
  constexpr float kSin275 = -0.99619470F;
  const FourFloats cos = h.cos * kCos275 + h.sin * kSin275;
  const FourFloats sin = h.sin * kCos275 - h.cos * kSin275;
  constexpr auto kHalf = static_cast<float>(kTurnSteps / 2);
  const FourFloats tangent = cos > 0.0F ? sin / (1.0F + cos) : all_lanes(1.0F);
  const FourFloats step = smaller(larger((tangent + 1.0F) * kHalf, FourFloats{}),
                                  all_lanes(static_cast<float>(kTurnSteps)));
  const FourInts whole = __builtin_convertvector(step, FourInts);
  const FourFloats part = step - __builtin_convertvector(whole, FourFloats);
  FourFloats from;
  FourFloats to;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const float* at = table.data() + whole[lane];
    from[lane] = at[0];
    to[lane] = at[1];
  }
  return from + part * (to - from);
}

}  // namespace dgxp
