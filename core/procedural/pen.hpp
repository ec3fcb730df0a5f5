#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

#include "core/procedural/canvas.hpp"
#include "core/procedural/shape_math.hpp"

namespace dgxp {

/// Draws in a square of 12 by 12 units, centred in the part of a canvas that shapes may enter: one
/// unit is a pixel in a 16x16 frame, 1.67 pixels in 24x24 and 2.33 in 32x32.
class Pen {
 public:
  explicit Pen(Canvas& canvas) : canvas_(canvas) {
    const Size size = canvas.size();
    const int inset = 2 * canvas.inset();
    const double side = std::max(1, std::min(size.width, size.height) - inset);
    scale_ = side / 12;
    origin_ = {(size.width - side) / 2, (size.height - side) / 2};
  }

  /// Pixels a unit.
  double scale() const { return scale_; }
  Vec at(double x, double y) const { return origin_ + Vec{x, y} * scale_; }

  void ellipse(double x, double y, double rx, double ry, const Ink& ink, double squareness = 0) {
    canvas_.ellipse(at(x, y), rx * scale_, ry * scale_, ink, squareness);
  }
  void box(double x0, double y0, double x1, double y1, const Ink& ink, double corner = 0) {
    const Vec a = at(x0, y0);
    const Vec b = at(x1, y1);
    canvas_.box(a.x, a.y, b.x, b.y, ink, corner * scale_);
  }
  void polygon(std::initializer_list<Vec> points, const Ink& ink) {
    std::vector<Vec> moved;
    for (const Vec p : points) moved.push_back(at(p.x, p.y));
    canvas_.polygon(moved, ink);
  }
  /// Never thinner than one pixel.
  void limb(Vec a, Vec b, double ra, double rb, const Ink& ink) {
    canvas_.limb(at(a.x, a.y), at(b.x, b.y), std::max(ra * scale_, 0.55),
                 std::max(rb * scale_, 0.55), ink);
  }
  void line(Vec a, Vec b, const Ink& ink) { canvas_.line(at(a.x, a.y), at(b.x, b.y), ink); }
  /// A spot of about a unit, at least one pixel.
  void spot(double x, double y, const Ink& ink, double units = 1) {
    const int side = std::max(1, round_half_up(units * scale_));
    const Vec corner = at(x, y);
    const int x0 = round_half_up(corner.x);
    const int y0 = round_half_up(corner.y);
    canvas_.box(x0, y0, x0 + side, y0 + side, ink);
  }
  Canvas& canvas() { return canvas_; }

 private:
  Canvas& canvas_;
  double scale_ = 1;
  Vec origin_;
};

}  // namespace dgxp
