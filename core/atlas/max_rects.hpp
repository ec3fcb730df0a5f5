#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// Which of the places a rectangle could have is the best one.
enum class Fit {
  bottom_left,      ///< the least lower edge, then the leftmost
  best_short_side,  ///< the free rectangle that leaves the narrowest strip
  contact_point,    ///< the longest border shared with neighbours and the bin; slow
};

/// The free room of a bin as the set of its maximal empty rectangles.
/// Source of the idea: J. Jylänki, "A Thousand Ways to Pack the Bin", 2010.
class MaxRects {
 public:
  explicit MaxRects(Size bin);

  /// The top left corner for a rectangle of `size`, or nothing when no free room holds it.
  std::optional<Point> find(Size size, Fit fit) const;

  /// Takes `used` out of the free room; it may overlap what is used already.
  void occupy(Rect used);

  /// No one of them lies in another; together they cover exactly the free room.
  std::span<const Rect> free_rects() const { return free_; }

 private:
  std::int64_t contact(Rect rect) const;
  void split(Rect room, Rect used);
  void drop_contained();

  Size bin_;
  std::vector<Rect> free_;
  std::vector<Rect> used_;      ///< for contact_point
  std::vector<Rect> touching_;  ///< free rectangles at the border of the one just used
  std::vector<Rect> pieces_;    ///< what the one just used has left of others
};

}  // namespace dgxp
