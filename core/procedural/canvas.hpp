#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "core/image/image.hpp"
#include "core/procedural/ramps.hpp"
#include "core/procedural/shape_math.hpp"

namespace dgxp {

// Shapes are laid down as surfaces (material, the way they face, a tone); light, outline and
// palette come at the end, in `finish`. So a drawing can be mirrored or turned and is still lit
// from the upper left.

enum class Shade : std::uint8_t {
  flat,   ///< faces the viewer
  round,  ///< bulges like a ball over its whole extent
  bevel,  ///< flat with a rim one or two pixels wide that slopes away
};

/// What a later part does to the pixels of earlier parts beside it.
enum class Edge : std::uint8_t {
  bare,  ///< nothing, and no outline around it either (light, strings)
  none,
  soft,
  hard,
};

enum class Reach : std::uint8_t {
  anywhere,
  on_figure,  ///< paints what is there in another material and keeps its shape
  resurface,  ///< paints what is there and gives it a shape of its own
};

struct Ink {
  Material material = Material::none;  ///< none erases
  int tone = 0;                        ///< steps lighter (+) or darker (-) than the light says
  Shade shade = Shade::round;
  Edge edge = Edge::soft;
  Reach reach = Reach::anywhere;
};
Ink flat(Material material, int tone = 0);
/// A pattern or detail on what is drawn already.
Ink decal(Material material, int tone = 0);
/// The same, flat: for faces, which a ball's shadow would make dirty.
Ink flat_decal(Material material, int tone = 0);

/// Whether a figure stands free, with a margin and an outline, or fills its frame.
enum class Extent : std::uint8_t { free, full };

class Canvas {
 public:
  Canvas(Size size, Extent frame);

  Size size() const { return size_; }
  /// Pixels at each side that shapes do not enter: the margin and the outline.
  int inset() const { return inset_; }
  /// Whether finish() has room to draw an outline.

  void ellipse(Vec center, double rx, double ry, const Ink& ink, double squareness = 0);
  /// [x0, x1) by [y0, y1); corners are cut by `corner` pixels.
  void box(double x0, double y0, double x1, double y1, const Ink& ink, double corner = 0);
  void polygon(std::span<const Vec> points, const Ink& ink);
  void polygon(std::initializer_list<Vec> points, const Ink& ink) {
    polygon(std::span<const Vec>(points.begin(), points.size()), ink);
  }
  /// A rounded bar whose radius goes from `ra` to `rb`.
  void limb(Vec a, Vec b, double ra, double rb, const Ink& ink);
  /// One pixel wide.
  void line(Vec a, Vec b, const Ink& ink);
  void dot(int x, int y, const Ink& ink);

  /// From here to the next call with `no`, shapes are parts of one: no edges between them.
  enum class Joined : std::uint8_t { no, yes };
  void join(Joined joined);

  bool is_filled(int x, int y) const;
  Material material_at(int x, int y) const;

  void mirror();
  /// A quarter turn counter-clockwise (heads go left), about the middle of the frame, then moved so
  /// that the lowest row is `ground - 1`.
  void lay_down(int ground);
  void shift(int dx, int dy);
  /// A bright stripe across the figure; `at` is 0 at the upper left corner, 1 at the lower right.
  void shine(double at);

  /// Light, outline, palette. Holes of less than four pixels become outline.
  Image finish(const RampSet& ramps) const;

 private:
  struct Texel {
    Material material = Material::none;
    std::int8_t nx = 0;  // hundredths
    std::int8_t ny = 0;
    std::int8_t tone = 0;
    Edge edge = Edge::none;
    std::uint16_t part = 0;
  };
  template <typename Normal>
  void fill(double x0, double y0, double x1, double y1, const Ink& ink, Normal normal);
  void next_part();
  void put(int x, int y, const Ink& ink, Vec normal);
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) +
           static_cast<std::size_t>(x);
  }
  bool inside(int x, int y) const {
    return x >= 0 && y >= 0 && x < size_.width && y < size_.height;
  }
  std::vector<bool> holes() const;
  bool touches_figure(int x, int y) const;
  int level_at(int x, int y) const;
  std::vector<std::int8_t> levels() const;
  std::int8_t calmed(int x, int y, std::span<const std::int8_t> levels) const;
  void smooth(std::vector<std::int8_t>& levels) const;

  Size size_;
  int inset_ = 0;
  bool has_outline_ = false;
  std::uint16_t part_ = 0;
  Joined joined_ = Joined::no;
  std::vector<Texel> texels_;
};

}  // namespace dgxp
