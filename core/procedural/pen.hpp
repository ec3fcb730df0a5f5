#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "core/procedural/canvas.hpp"
#include "core/procedural/shape_math.hpp"

namespace dgxp {

/// What becomes of a frame that is no square: a square at its foot, or all of it (up to twice as
/// high as wide, or the other way round).
enum class PenFit : std::uint8_t { square, stretch };

/// Draws in 12 by 12 units that stand in the middle of the foot of what shapes may enter of a
/// canvas: one unit is a pixel in a 16x16 frame, 1.67 pixels in 24x24 and 2.33 in 32x32.
class Pen {
 public:
  explicit Pen(Canvas& canvas, PenFit fit = PenFit::square) : canvas_(canvas) {
    const Size size = canvas.size();
    const int inset = canvas.inset();
    const double width = std::max(1, size.width - 2 * inset);
    const double height = std::max(1, size.height - 2 * inset);
    const double side = std::min(width, height);
    const double most = fit == PenFit::stretch ? 2 * side : side;
    unit_ = {std::min(width, most) / 12, std::min(height, most) / 12};
    origin_ = {(size.width - 12 * unit_.x) / 2, size.height - inset - 12 * unit_.y};
  }

  /// Pixels a unit, in the narrower direction.
  double scale() const { return std::min(unit_.x, unit_.y); }
  Vec at(double x, double y) const { return origin_ + Vec{x * unit_.x, y * unit_.y}; }

  void ellipse(double x, double y, double rx, double ry, const Ink& ink, double squareness = 0) {
    canvas_.ellipse(at(x, y), rx * unit_.x, ry * unit_.y, ink, squareness);
  }
  void box(double x0, double y0, double x1, double y1, const Ink& ink, double corner = 0) {
    const Vec a = at(x0, y0);
    const Vec b = at(x1, y1);
    canvas_.box(a.x, a.y, b.x, b.y, ink, corner * scale());
  }
  void polygon(const std::vector<Vec>& points, const Ink& ink) {
    std::vector<Vec> moved;
    moved.reserve(points.size());
    for (const Vec p : points) moved.push_back(at(p.x, p.y));
    canvas_.polygon(moved, ink);
  }
  /// Never thinner than one pixel.
  void limb(Vec a, Vec b, double ra, double rb, const Ink& ink) {
    canvas_.limb(at(a.x, a.y), at(b.x, b.y), std::max(ra * scale(), 0.55),
                 std::max(rb * scale(), 0.55), ink);
  }
  /// A bent bar: from `a` to `b`, pulled towards `over`.
  void bow(Vec a, Vec over, Vec b, double ra, double rb, const Ink& ink) {
    constexpr int kSteps = 7;
    canvas_.join(Canvas::Joined::yes);
    Vec before = a;
    for (int i = 1; i <= kSteps; ++i) {
      const double t = static_cast<double>(i) / kSteps;
      const Vec next = blend(blend(a, over, t), blend(over, b, t), t);
      limb(before, next, ra + (rb - ra) * (t - 1.0 / kSteps), ra + (rb - ra) * t, ink);
      before = next;
    }
    canvas_.join(Canvas::Joined::no);
  }
  /// One pixel wide.
  void line(Vec a, Vec b, const Ink& ink) { canvas_.line(at(a.x, a.y), at(b.x, b.y), ink); }
  /// A square spot of about `units`, at least one pixel.
  void spot(double x, double y, const Ink& ink, double units = 1) {
    const int side = std::max(1, round_half_up(units * scale()));
    const Vec corner = at(x, y);
    const int x0 = round_half_up(corner.x);
    const int y0 = round_half_up(corner.y);
    canvas_.box(x0, y0, x0 + side, y0 + side, ink);
  }
  Canvas& canvas() { return canvas_; }

 private:
  Canvas& canvas_;
  Vec unit_;
  Vec origin_;
};

/// A place on the diagonal that long things lie on, from the lower left to the upper right corner:
/// `along` it 0 .. 12, and `across`, positive to the lower right.
inline Vec on_diagonal(double along, double across) {
  return {along + across, 12 - along + across};
}

/// Points around a centre, from straight up, clockwise, `radii` taken in turn.
std::vector<Vec> star_points(Vec center, int count, std::initializer_list<double> radii,
                             double turn = 0);

/// A flame standing on `y` with its tongues moved by `phase` (0 .. 1).
void paint_flame(Pen& pen, double x, double y, double width, double height, double phase);

}  // namespace dgxp
