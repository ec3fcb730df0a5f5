#pragma once

#include <array>
#include <cstddef>

#include "core/base/color.hpp"
#include "core/image/float_lanes.hpp"

namespace dgxp {

/// Gaussian noise around the colours of a palette. Black and white cut it off: dark colours are
/// seen brighter than they are, and vary less.
struct NoiseShape {
  std::array<float, 3> deviation{2, 2, 2};        ///< of the values that black and white cut off
  std::array<float, 6> whiten{1, 0, 1, 0, 0, 1};  ///< inverse of the Cholesky factor
  float spread_cost = 0;

  /// What is seen of `color` in the mean.
  std::array<float, 3> shown(Rgb color) const;
};

/// Judges the covariance of noise from what cells show beyond their colours.
class ColorNoise {
 public:
  /// Forgets what was added, but not the outcome of `judge`.
  void restart();
  /// `rest` is what a cell shows beyond its colour (see NoiseLanes).
  void add(const std::array<float, 3>& rest, float weight) {
    const auto [x, y, z] = rest;
    add({FourFloats{weight * x * x, weight * y * x, weight * y * y, weight * z * x},
         FourFloats{weight * z * y, weight * z * z, weight, 0}});
  }
  /// The same, as weight * x * x, y * x, y * y, z * x and weight * z * y, z * z, 1, 0.
  struct Added {
    FourFloats first;
    FourFloats last;
  };
  void add(const Added& products) {
    sums_[0] += low_half(products.first);
    sums_[1] += high_half(products.first);
    sums_[2] += low_half(products.last);
    sums_[3] += high_half(products.last);
  }
  /// To be called after the last `add`.
  void judge();
  /// As judged last.
  const NoiseShape& shape() const { return shape_; }

 private:
  std::array<TwoDoubles, 4> sums_{};  ///< of the products, and of the weights
  NoiseShape shape_;
};

}  // namespace dgxp
