#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// How a picture of cells uses its colours: how often each of them, and which stand side by side
/// (4-connected, in either order). Everything is a logarithm, so that it can be added up.
class ColorUsage {
 public:
  ColorUsage(Size size, std::span<const std::uint16_t> cells, std::size_t colors);

  /// The share of `color` in the picture.
  float share(std::uint16_t color) const { return log_share_[color]; }
  /// How much likelier `color` is beside `neighbour` than anywhere.
  float beside(std::uint16_t color, std::uint16_t neighbour) const {
    return log_lift_[color * colors_ + neighbour];
  }

  /// The same without one cell that has `color` now, which must not speak for itself.
  float share_without(std::uint16_t color) const;
  float beside_without(std::uint16_t color, std::uint16_t neighbour) const;

  /// The colour of most cells, first of equal ones.
  std::uint16_t most_common() const { return most_common_; }

 private:
  double share_of(double count) const;
  float lift(std::uint16_t color, std::uint16_t neighbour, double share, double without) const;

  std::size_t colors_;
  double cells_;
  std::vector<double> count_;
  std::vector<double> pairs_;  ///< colors x colors
  std::vector<double> pairs_of_;
  std::vector<float> log_share_;
  std::vector<float> log_lift_;
  std::uint16_t most_common_ = 0;
};

}  // namespace dgxp
