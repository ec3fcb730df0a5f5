#pragma once

#include <array>
#include <cstddef>

#include "core/image/float_lanes.hpp"

namespace dgxp {

// The parts of CIEDE2000 for several pairs at once, without angles: a hue is a direction. Within a
// few units of the last place of single floats; turn_of_hue within 2e-5.

/// sqrt(C^7 / (C^7 + 25^7))
template <typename Floats>
Floats seventh_share_root(Floats chroma) {
  const Floats x = chroma * (1.0F / 25.0F);
  const Floats cube = x * x * x;
  const Floats power = cube * cube * x;
  return square_roots(power / (power + 1.0F));
}

/// What a is stretched by, falling with the mean chroma.
template <typename Floats>
Floats stretch_of(Floats mean_chroma) {
  return 1.5F - 0.5F * seventh_share_root(mean_chroma);
}

template <typename Floats>
struct HueLanes {
  Floats cos;
  Floats sin;
};

/// Two, three and four times a hue.
template <typename Floats>
struct HueMultiples {
  Floats cos2;
  Floats sin2;
  Floats cos3;
  Floats sin3;
  Floats cos4;
  Floats sin4;
};
template <typename Floats>
HueMultiples<Floats> multiples_of(const HueLanes<Floats>& h) {
  const Floats cos2 = h.cos * h.cos - h.sin * h.sin;
  const Floats sin2 = 2.0F * h.cos * h.sin;
  const Floats cos3 = h.cos * cos2 - h.sin * sin2;
  const Floats sin3 = h.sin * cos2 + h.cos * sin2;
  const Floats cos4 = cos2 * cos2 - sin2 * sin2;
  const Floats sin4 = 2.0F * cos2 * sin2;
  return {.cos2 = cos2, .sin2 = sin2, .cos3 = cos3, .sin3 = sin3, .cos4 = cos4, .sin4 = sin4};
}

/// The hue in the middle between two, and half of their difference, whose sine has its sign.
template <typename Floats>
struct HalfWay {
  HueLanes<Floats> at;
  HueLanes<Floats> half;
};
template <typename Floats>
HalfWay<Floats> half_way(const HueLanes<Floats>& p, const HueLanes<Floats>& q) {
  const Floats dot = p.cos * q.cos + p.sin * q.sin;
  const Floats cross = p.cos * q.sin - p.sin * q.cos;
  const Floats big = square_roots(0.5F + 0.5F * absolute(dot));
  const Floats small = cross * 0.5F / big;
  const Floats big_sin = cross < 0.0F ? -big : big;
  const HueLanes<Floats> half{.cos = dot < 0.0F ? absolute(small) : big,
                              .sin = dot < 0.0F ? big_sin : small};
  return {.at = {.cos = p.cos * half.cos - p.sin * half.sin,
                 .sin = p.sin * half.cos + p.cos * half.sin},
          .half = half};
}

/// A function of a hue, and its slope by radians.
template <typename Floats>
struct HueFunction {
  Floats value;
  Floats slope;
};

/// T, from kLeastHueWeight to kMostHueWeight; its second derivative is at most kHueWeightBend.
inline constexpr float kLeastHueWeight = 0.362F;
inline constexpr float kMostHueWeight = 1.5726F;
inline constexpr float kHueWeightBend = 6.5F;
template <typename Floats>
HueFunction<Floats> hue_weight(const HueLanes<Floats>& h) {
  const auto [cos2, sin2, cos3, sin3, cos4, sin4] = multiples_of(h);
  // cos and sin of 30, 6 and 63 degrees
  return {.value = 1.0F - 0.17F * (h.cos * 0.8660254F + h.sin * 0.5F) + 0.24F * cos2 +
                   0.32F * (cos3 * 0.9945219F - sin3 * 0.10452846F) -
                   0.20F * (cos4 * 0.4539905F + sin4 * 0.89100652F),
          .slope = 0.17F * (h.sin * 0.8660254F - h.cos * 0.5F) - 0.48F * sin2 -
                   0.96F * (sin3 * 0.9945219F + cos3 * 0.10452846F) +
                   0.80F * (sin4 * 0.4539905F - cos4 * 0.89100652F)};
}

/// From 275 degrees, where blues turn most.
template <typename Floats>
HueLanes<Floats> hue_from_275(const HueLanes<Floats>& h) {
  constexpr float kCos275 = 0.087155743F;
  constexpr float kSin275 = -0.99619470F;
  return {.cos = h.cos * kCos275 + h.sin * kSin275, .sin = h.sin * kCos275 - h.cos * kSin275};
}

/// sin(60 degrees * exp(-((h - 275 degrees) / 25 degrees)^2)), the part of R_T that the mean hue
/// decides. It is at most kTurnTop times the eighth power of the cosine of h - 275 degrees (of 0
/// where that is below) plus kTurnTail, its second derivative at most kTurnBend, and the slope
/// below is off by less than kTurnSlopeError.
inline constexpr float kTurnTop = 0.8834F;
inline constexpr float kTurnTail = 5e-4F;
inline constexpr float kTurnBend = 6.25F;
inline constexpr float kTurnSlopeError = 0.013F;
inline constexpr std::size_t kTurnSteps = 2048;
/// By the tangent of half of the angle from 275 degrees, -1 to 1.
using TurnTable = std::array<float, kTurnSteps + 2>;
const TurnTable& turn_table();
/// Its derivatives by radians, the second one halved.
struct TurnBends {
  TurnTable slope{};
  TurnTable half_curve{};
};
const TurnBends& turn_bends();

/// A place between two entries of such tables.
template <typename Floats>
struct TurnPlace {
  Floats tangent;
  LaneMask<Floats> before;
  Floats part;  ///< of the way to the one behind

  Floats rise(const TurnTable& table) const { return at(table.data() + 1) - at(table.data()); }
  Floats value(const TurnTable& table) const { return at(table.data()) + part * rise(table); }

 private:
  Floats at(const float* table) const { return look_up<Floats>(table, before); }
};
inline constexpr auto kHalfTurnSteps = static_cast<float>(kTurnSteps) / 2;

template <typename Floats>
TurnPlace<Floats> turn_place(const HueLanes<Floats>& hue) {
  const HueLanes<Floats> h = hue_from_275(hue);
  const Floats tangent = h.cos > 0.0F ? h.sin / (1.0F + h.cos) : Floats{} + 1.0F;
  const Floats step =
      at_most(2 * kHalfTurnSteps, at_least(0.0F, (tangent + 1.0F) * kHalfTurnSteps));
  const auto before = __builtin_convertvector(step, LaneMask<Floats>);
  return {
      .tangent = tangent, .before = before, .part = step - __builtin_convertvector(before, Floats)};
}

template <typename Floats>
HueFunction<Floats> turn_of_hue(const HueLanes<Floats>& hue, const TurnTable& table) {
  const TurnPlace<Floats> place = turn_place(hue);
  return {.value = place.value(table),
          .slope =
              place.rise(table) * (0.5F * kHalfTurnSteps) * (1.0F + place.tangent * place.tangent)};
}

}  // namespace dgxp
