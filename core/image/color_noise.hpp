#pragma once

#include <array>

#include "core/base/color.hpp"

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
  ColorRest rest(const std::array<float, 3>& seen, Rgb color, float light) const;
  /// What is seen of `color` in the mean.
  std::array<float, 3> shown(Rgb color) const;

  /// The light on a cell of `color` that is `seen`, near the light of a guess: one step of Newton's
  /// method towards the likeliest. A channel that black or white cuts off says little of it.
  ShownLight light_on(const std::array<float, 3>& seen, Rgb color, float guess) const;

  /// Forgets what was added, but not the outcome of `judge`.
  void restart();
  void add(const std::array<float, 3>& rest, float weight);
  /// To be called after the last `add`.
  void judge();

  /// The negative logarithm of the density, but for a constant.
  float cost(const ColorRest& rest) const;

 private:
  std::array<std::array<double, 3>, 3> sum_{};
  double count_ = 0;
  std::array<float, 3> deviation_{2, 2, 2};        ///< of the values that black and white cut off
  std::array<float, 6> whiten_{1, 0, 1, 0, 0, 1};  ///< inverse of the Cholesky factor
  float spread_cost_ = 0;
};

}  // namespace dgxp
