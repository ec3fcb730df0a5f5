#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/base/color.hpp"
#include "core/image/color_noise.hpp"
#include "core/image/cut_off.hpp"
#include "core/image/float_lanes.hpp"

// SlowNoise, of one cell and one colour: the obvious way.
namespace dgxp::testing {

inline constexpr float kNoise = 20.0F;        // cost of what may still be noise
inline constexpr float kFarther = 0.125F;     // of the cost beyond it counts
inline constexpr float kLeastWeight = 0.05F;  // of three channels; below, a step would go anywhere

/// What a cell shows beyond its colour, a channel each, and what that costs before the noise is
/// asked (see ColorNoise::cost).
struct ColorRest {
  std::array<float, 3> rest{};
  float cost = 0;
};

/// The light that a cell of known colour shows.
struct ShownLight {
  float light = 0;   ///< what is added to each channel
  float weight = 0;  ///< 1 where neither black nor white cuts anything off, less where they do
};

/// Gaussian noise around the colours of a palette, whose covariance is judged from what cells show.
/// Black and white cut it off: dark colours are seen brighter than they are, and vary less.
class SlowNoise {
 public:
  explicit SlowNoise(const NoiseShape& shape) : shape_(shape) {}

  /// `light` is added to each channel of `color`.
  ColorRest rest(const std::array<float, 3>& seen, Rgb color, float light) const {
    const std::array<float, 3> want = lit(color, light);
    if (is_free(want)) {
      return {.rest = {seen[0] - want[0], seen[1] - want[1], seen[2] - want[2]}};
    }
    const FourFloats cut = cut_rest(seen, want);
    return {.rest = {cut[0], cut[1], cut[2]}, .cost = cut[3]};
  }
  /// The light on a cell of `color` that is `seen`, near the light of a guess: one step of Newton's
  /// method towards the likeliest. A channel that black or white cuts off says little of it.
  ShownLight light_on(const std::array<float, 3>& seen, Rgb color, float guess) const {
    const std::array<float, 3> want = lit(color, guess);
    if (is_free(want)) {
      const float pull = seen[0] - want[0] + (seen[1] - want[1]) + (seen[2] - want[2]);
      return {.light = guess + pull / 3, .weight = 1};
    }
    return cut_light(seen, want, guess);
  }

  /// The negative logarithm of the density, but for a constant.
  float cost(const ColorRest& rest) const;

 private:
  static constexpr float kReach = kCutOffReach;

  static std::array<float, 3> lit(Rgb color, float light) {
    return {static_cast<float>(color.r) + light, static_cast<float>(color.g) + light,
            static_cast<float>(color.b) + light};
  }
  /// Whether neither black nor white cuts anything off: most often so, and quick.
  bool is_free(const std::array<float, 3>& want) const {
    const auto is_cut = [&](std::size_t c) {
      const float reach = kReach * shape_.deviation[c];
      return want[c] < reach || 255 - want[c] < reach;
    };
    return !is_cut(0) && !is_cut(1) && !is_cut(2);
  }
  /// `rest` and its cost where something is cut off.
  FourFloats cut_rest(const std::array<float, 3>& seen, const std::array<float, 3>& want) const;
  ShownLight cut_light(const std::array<float, 3>& seen, const std::array<float, 3>& want,
                       float guess) const;

  NoiseShape shape_;
};

inline FourFloats SlowNoise::cut_rest(const std::array<float, 3>& seen,
                                      const std::array<float, 3>& want) const {
  struct Channel {
    float rest;
    float cost;
  };
  const auto channel = [&](std::size_t c) -> Channel {
    const float reach = kReach * shape_.deviation[c];
    if (want[c] < reach) {
      const CutOff& low = cut_off(want[c] / shape_.deviation[c]);
      return {(seen[c] - low.mean * shape_.deviation[c]) / low.deviation, low.cost};
    }
    if (255 - want[c] < reach) {
      const CutOff& high = cut_off((255 - want[c]) / shape_.deviation[c]);
      return {(seen[c] - 255 + high.mean * shape_.deviation[c]) / high.deviation, high.cost};
    }
    return {seen[c] - want[c], 0.0F};
  };
  const Channel red = channel(0);
  const Channel green = channel(1);
  const Channel blue = channel(2);
  return FourFloats{red.rest, green.rest, blue.rest, red.cost + green.cost + blue.cost};
}

inline ShownLight SlowNoise::cut_light(const std::array<float, 3>& seen,
                                       const std::array<float, 3>& want, float guess) const {
  float pull = 0;
  float weight = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const float reach = kReach * shape_.deviation[c];
    const bool dark = want[c] < reach;
    if (!dark && 255 - want[c] >= reach) {
      pull += seen[c] - want[c];
      weight += 1;
      continue;
    }
    const CutOff& cut = cut_off((dark ? want[c] : 255 - want[c]) / shape_.deviation[c]);
    const float mean = cut.mean * shape_.deviation[c];
    const float trust = cut.slope / (cut.deviation * cut.deviation);
    pull += trust * (seen[c] - (dark ? mean : 255 - mean));
    weight += trust * cut.slope;
  }
  return {guess + pull / std::max(weight, kLeastWeight), weight / 3};
}

inline float SlowNoise::cost(const ColorRest& rest) const {
  const auto& w = shape_.whiten;
  const float a = w[0] * rest.rest[0];
  const float b = w[1] * rest.rest[0] + w[2] * rest.rest[1];
  const float c = w[3] * rest.rest[0] + w[4] * rest.rest[1] + w[5] * rest.rest[2];
  const float cost = (a * a + b * b + c * c) / 2;
  // Farther away it is no noise, but a cell that shows a mixture or a colour that the palette
  // lacks: the nearest is still the likeliest, by little.
  const float far = std::max(0.0F, cost - kNoise);
  return cost - far + far * kFarther + shape_.spread_cost + rest.cost;
}

}  // namespace dgxp::testing
