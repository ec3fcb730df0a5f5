#pragma once

#include <array>
#include <cstddef>

#include "core/base/color.hpp"

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
    const std::array<float, kSums> products{
        weight * x * x, weight * y * x, weight * y * y, weight * z * x,
        weight * z * y, weight * z * z, weight,         0};
    for (std::size_t i = 0; i < kSums; ++i) sums_[i] += static_cast<double>(products[i]);
  }
  static constexpr std::size_t kSums = 8;
  /// Of weight * x * x, y * x, y * y, z * x, z * y, z * z and 1, and a 0, for who adds many.
  std::array<double, kSums>& sums() { return sums_; }
  const std::array<double, kSums>& sums() const { return sums_; }
  /// To be called after the last `add`.
  void judge();
  /// As judged last.
  const NoiseShape& shape() const { return shape_; }

 private:
  std::array<double, kSums> sums_{};
  NoiseShape shape_;
};

}  // namespace dgxp
