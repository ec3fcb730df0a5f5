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
    count_ += static_cast<double>(weight);
    for (std::size_t p = 0; p < 3; ++p) {
      for (std::size_t q = 0; q <= p; ++q) {
        sum_[p][q] += static_cast<double>(weight * rest[p] * rest[q]);
      }
    }
  }
  /// To be called after the last `add`.
  void judge();
  /// As judged last.
  const NoiseShape& shape() const { return shape_; }

 private:
  std::array<std::array<double, 3>, 3> sum_{};
  double count_ = 0;
  NoiseShape shape_;
};

}  // namespace dgxp
