#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// An edge that was seen away from its line.
struct WarpClue {
  double x = 0;  ///< raw pixels
  double y = 0;
  double away = 0;    ///< pixels along the axis that is measured
  double weight = 0;  ///< 1 for a clear edge
};

/// How lines bend along their length: a smooth displacement, given at knots that are spread evenly
/// over a picture. None by default.
class GridWarp {
 public:
  struct Shift {
    double x = 0;  ///< raw pixels
    double y = 0;
  };

  GridWarp() = default;
  /// The displacement that fits the clues for vertical and for horizontal lines; about 0 far from
  /// any.
  GridWarp(Size picture, std::span<const WarpClue> columns, std::span<const WarpClue> rows);

  bool empty() const { return x_.empty(); }
  Shift at(double x, double y) const { return at(column(x), row(y)); }

  /// Where a place is between knots, along one axis.
  struct Between {
    std::size_t before = 0;  ///< the knot
    double share = 0;        ///< 0..1: of the way to the next one
  };
  Between column(double x) const;
  Between row(double y) const;
  /// For many places in the same columns and rows.
  Shift at(const Between& column, const Between& row) const;

 private:
  static constexpr std::size_t kKnots = 9;  // a side
  /// The knots around a place and their shares in it.
  struct Blend {
    std::array<std::size_t, 4> knot{};
    std::array<double, 4> share{};
  };
  static Between between(double place);
  static Blend blend(const Between& column, const Between& row);
  std::vector<double> fit(std::span<const WarpClue> clues) const;

  double step_x_ = 1;  ///< pixels between knots
  double step_y_ = 1;
  std::vector<double> x_;  ///< displacement at the knots, row by row
  std::vector<double> y_;
};

}  // namespace dgxp
