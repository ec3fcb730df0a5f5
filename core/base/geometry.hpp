#pragma once

#include <compare>
#include <cstdint>

namespace dgxp {

/// Pixels, x to the right and y down.
struct Point {
  int x = 0;
  int y = 0;
  friend auto operator<=>(const Point&, const Point&) = default;
};

struct Size {
  int width = 0;
  int height = 0;
  /// Number of pixels.
  std::int64_t area() const { return std::int64_t{width} * height; }
  friend auto operator<=>(const Size&, const Size&) = default;
};

struct Rect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  Size size() const { return {width, height}; }
  friend auto operator<=>(const Rect&, const Rect&) = default;
};

}  // namespace dgxp
