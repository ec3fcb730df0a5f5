#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// How much a rectangle that fills the lowest gap is preferred to a higher one, in tenths of a
/// pixel of height.
struct BestFitWeights {
  int exact = 0;  ///< it is as wide as the gap
  int pair = 0;   ///< another one left is as wide as what remains of the gap
  int level = 0;  ///< its top is level with a neighbour's
  int dead = 0;   ///< against it: nothing left is narrow enough for what remains
};

/// Packs a set of rectangles from the bottom up, again and again with other weights: always into
/// the lowest gap, and there the rectangle that suits the gap best.
/// Source of the idea: E. K. Burke, G. Kendall, G. Whitwell, "A New Placement Heuristic for the
/// Orthogonal Stock-Cutting Problem", 2004.
class BestFit {
 public:
  /// Sizes are at least 1x1.
  explicit BestFit(std::span<const Size> sizes);

  /// The top left corners as in `sizes`, or nothing when they do not fit the bin in this way.
  std::optional<std::vector<Point>> pack(Size bin, const BestFitWeights& weights) const;

 private:
  friend class BestFitRun;

  /// All rectangles of one width.
  struct Column {
    int width = 0;
    int begin = 0;  ///< its heights, ascending, within heights_
    int end = 0;
  };

  std::vector<Column> columns_;            ///< by width, ascending
  std::vector<int> heights_;               ///< without repetition in a column
  std::vector<std::vector<int>> members_;  ///< the rectangles of that width and height
  std::int64_t area_ = 0;
};

}  // namespace dgxp
