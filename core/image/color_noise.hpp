#pragma once

#include <array>
#include <cstddef>

#include "core/base/color.hpp"
#include "core/image/float_lanes.hpp"

namespace dgxp {

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
class ColorNoise {
 public:
  /// `light` is added to each channel of `color`.
  ColorRest rest(const std::array<float, 3>& seen, Rgb color, float light) const {
    const std::array<float, 3> want = lit(color, light);
    if (is_free(want)) {
      return {.rest = {seen[0] - want[0], seen[1] - want[1], seen[2] - want[2]}};
    }
    const FourFloats cut = cut_rest(seen, want);
    return {.rest = {cut[0], cut[1], cut[2]}, .cost = cut[3]};
  }
  /// What is seen of `color` in the mean.
  std::array<float, 3> shown(Rgb color) const;

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

  /// Forgets what was added, but not the outcome of `judge`.
  void restart();
  void add(const std::array<float, 3>& rest, float weight) {
    count_ += static_cast<double>(weight);
    for (std::size_t p = 0; p < 3; ++p) {
      for (std::size_t q = 0; q <= p; ++q) {
        sum_[p][q] += static_cast<double>(weight * rest[p] * rest[q]);
      }
    }
  }
  /// To be called after the last `add`.
  void judge();

  /// The negative logarithm of the density, but for a constant.
  float cost(const ColorRest& rest) const;

 private:
  static constexpr float kReach = 4;  ///< standard deviations; farther away nothing is cut off

  static std::array<float, 3> lit(Rgb color, float light) {
    return {static_cast<float>(color.r) + light, static_cast<float>(color.g) + light,
            static_cast<float>(color.b) + light};
  }
  /// Whether neither black nor white cuts anything off: most often so, and quick.
  bool is_free(const std::array<float, 3>& want) const {
    const auto is_cut = [&](std::size_t c) {
      const float reach = kReach * deviation_[c];
      return want[c] < reach || 255 - want[c] < reach;
    };
    return !is_cut(0) && !is_cut(1) && !is_cut(2);
  }
  /// `rest` and its cost where something is cut off.
  FourFloats cut_rest(const std::array<float, 3>& seen, const std::array<float, 3>& want) const;
  ShownLight cut_light(const std::array<float, 3>& seen, const std::array<float, 3>& want,
                       float guess) const;

  std::array<std::array<double, 3>, 3> sum_{};
  double count_ = 0;
  std::array<float, 3> deviation_{2, 2, 2};        ///< of the values that black and white cut off
  std::array<float, 6> whiten_{1, 0, 1, 0, 0, 1};  ///< inverse of the Cholesky factor
  float spread_cost_ = 0;
};

}  // namespace dgxp
