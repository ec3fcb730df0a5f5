#include "core/procedural/canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace dgxp {
namespace {

constexpr std::array<Point, 4> kSides{{{0, -1}, {-1, 0}, {1, 0}, {0, 1}}};
constexpr std::size_t kWindow = 4;  // pixels of a hole that one can look through
constexpr double kEpsilon = 1e-6;   // pixel centres exactly on an edge fall the same way everywhere

double length(Vec v) {
  return std::sqrt(v.x * v.x + v.y * v.y);
}

Vec closest_on_segment(Vec p, Vec a, Vec b) {
  const Vec d = b - a;
  const double square = d.x * d.x + d.y * d.y;
  if (square <= 0) return a;
  const double t = ((p.x - a.x) * d.x + (p.y - a.y) * d.y) / square;
  return a + d * std::clamp(t, 0.0, 1.0);
}

bool is_inside(std::span<const Vec> points, Vec p) {
  bool result = false;
  for (std::size_t i = 0, j = points.size() - 1; i < points.size(); j = i++) {
    const Vec a = points[i];
    const Vec b = points[j];
    if ((a.y > p.y) == (b.y > p.y)) continue;
    if (p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) result = !result;
  }
  return result;
}

Vec closest_on_outline(std::span<const Vec> points, Vec p) {
  Vec best = points[0];
  double best_distance = std::numeric_limits<double>::max();
  for (std::size_t i = 0, j = points.size() - 1; i < points.size(); j = i++) {
    const Vec q = closest_on_segment(p, points[j], points[i]);
    const double distance = length(p - q);
    if (distance < best_distance - kEpsilon) {
      best_distance = distance;
      best = q;
    }
  }
  return best;
}

// Facing out over the nearest edge when it is near, else to the viewer.
Vec bevel_normal(Vec p, Vec edge, double width) {
  const Vec out = edge - p;
  const double distance = length(out);
  if (distance > width) return {};
  if (distance < kEpsilon) return {};
  return out * (0.7 / distance);
}

// Step of the ramp for a surface that faces (x, y) and the rest towards the viewer.
int lit_level(double x, double y) {
  const double z = std::sqrt(std::max(0.0, 1 - x * x - y * y));
  const double light = -0.50 * x - 0.62 * y + 0.60 * z;
  if (light >= 0.88) return 3;
  if (light >= 0.40) return 2;
  return light >= -0.15 ? 1 : 0;
}

}  // namespace

Ink flat(Material material, int tone) {
  return {.material = material, .tone = tone, .shade = Shade::flat};
}

Ink decal(Material material, int tone) {
  return {.material = material,
          .tone = tone,
          .shade = Shade::flat,
          .edge = Edge::none,
          .reach = Reach::on_figure};
}

Ink flat_decal(Material material, int tone) {
  Ink ink = decal(material, tone);
  ink.reach = Reach::resurface;
  return ink;
}

Canvas::Canvas(Size size, Extent frame)
    : size_(size), texels_(static_cast<std::size_t>(size.area())) {
  const int side = std::min(size.width, size.height);
  has_outline_ = frame == Extent::free && side >= 12;
  if (frame == Extent::free && side >= 3) inset_ = has_outline_ ? 2 : 1;
}

void Canvas::put(int x, int y, const Ink& ink, Vec normal) {
  if (x < inset_ || y < inset_ || x >= size_.width - inset_ || y >= size_.height - inset_) return;
  Texel& texel = texels_[index(x, y)];
  if (ink.reach != Reach::anywhere) {
    if (texel.material == Material::none) return;
    texel.material = ink.material;
    texel.tone = static_cast<std::int8_t>(ink.tone);
    if (ink.reach == Reach::on_figure) return;
    texel.nx = static_cast<std::int8_t>(round_half_up(normal.x * 100));
    texel.ny = static_cast<std::int8_t>(round_half_up(normal.y * 100));
    return;
  }
  texel = {.material = ink.material,
           .nx = static_cast<std::int8_t>(round_half_up(normal.x * 100)),
           .ny = static_cast<std::int8_t>(round_half_up(normal.y * 100)),
           .tone = static_cast<std::int8_t>(ink.tone),
           .edge = ink.edge,
           .part = part_};
}

template <typename Normal>
void Canvas::fill(double x0, double y0, double x1, double y1, const Ink& ink, Normal normal) {
  next_part();
  const auto first = [](double v) { return static_cast<int>(std::floor(std::max(v, 0.0))); };
  const int right = static_cast<int>(std::ceil(std::min<double>(x1, size_.width)));
  const int bottom = static_cast<int>(std::ceil(std::min<double>(y1, size_.height)));
  for (int y = first(y0); y < bottom; ++y) {
    for (int x = first(x0); x < right; ++x) {
      const std::optional<Vec> n = normal(Vec{x + 0.5 + kEpsilon, y + 0.5 + kEpsilon});
      if (n) put(x, y, ink, *n);
    }
  }
}

void Canvas::ellipse(Vec center, double rx, double ry, const Ink& ink, double squareness) {
  if (rx <= 0 || ry <= 0) return;
  fill(center.x - rx, center.y - ry, center.x + rx, center.y + ry, ink,
       [&](Vec p) -> std::optional<Vec> {
         // Measured from the pixel's centre without the epsilon, so that both halves are equal.
         const double x = (p.x - kEpsilon - center.x) / rx;
         const double y = (p.y - kEpsilon - center.y) / ry;
         if (x * x + y * y - squareness * x * x * y * y > 1) return std::nullopt;
         if (ink.shade == Shade::flat) return Vec{};
         const double r = length({x, y});
         if (ink.shade == Shade::bevel) {
           const double rim = std::max(rx, ry) >= 6 ? 1.6 : 1.0;
           return r * std::min(rx, ry) + rim > std::min(rx, ry) ? Vec{x, y} * (0.7 / r) : Vec{};
         }
         return r > 0.99 ? Vec{x, y} * (0.99 / r) : Vec{x, y};
       });
}

void Canvas::box(double x0, double y0, double x1, double y1, const Ink& ink, double corner) {
  const Vec center{(x0 + x1) / 2, (y0 + y1) / 2};
  const Vec half{(x1 - x0) / 2, (y1 - y0) / 2};
  if (half.x <= 0 || half.y <= 0) return;
  const double rim = std::min(half.x, half.y) >= 6 ? 2.0 : 1.0;
  fill(x0, y0, x1, y1, ink, [&](Vec p) -> std::optional<Vec> {
    const Vec d{p.x - kEpsilon - center.x, p.y - kEpsilon - center.y};
    const Vec gap{half.x - std::abs(d.x), half.y - std::abs(d.y)};
    if (gap.x <= 0 || gap.y <= 0 || gap.x + gap.y <= corner) return std::nullopt;
    if (ink.shade == Shade::flat) return Vec{};
    if (ink.shade == Shade::round) {
      const Vec n{d.x / half.x * 0.9, d.y / half.y * 0.55};
      const double r = length(n);
      return r > 0.99 ? n * (0.99 / r) : n;
    }
    if (std::min(gap.x, gap.y) > rim) return Vec{};
    if (gap.x < gap.y) return Vec{d.x < 0 ? -0.7 : 0.7, 0};
    return Vec{0, d.y < 0 ? -0.7 : 0.7};
  });
}

void Canvas::polygon(std::span<const Vec> points, const Ink& ink) {
  if (points.size() < 3) return;
  Vec low = points[0];
  Vec high = points[0];
  for (const Vec p : points) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  const Vec center = (low + high) * 0.5;
  const Vec half = (high - low) * 0.5;
  const double rim = std::min(half.x, half.y) >= 6 ? 2.0 : 1.0;
  fill(low.x, low.y, high.x, high.y, ink, [&](Vec p) -> std::optional<Vec> {
    if (!is_inside(points, p)) return std::nullopt;
    if (ink.shade == Shade::flat) return Vec{};
    if (ink.shade == Shade::bevel) return bevel_normal(p, closest_on_outline(points, p), rim);
    const Vec n{(p.x - center.x) / std::max(half.x, 0.5) * 0.8,
                (p.y - center.y) / std::max(half.y, 0.5) * 0.8};
    const double r = length(n);
    return r > 0.99 ? n * (0.99 / r) : n;
  });
}

void Canvas::limb(Vec a, Vec b, double ra, double rb, const Ink& ink) {
  const double r = std::max(ra, rb);
  const Vec d = b - a;
  const double square = d.x * d.x + d.y * d.y;
  fill(std::min(a.x, b.x) - r, std::min(a.y, b.y) - r, std::max(a.x, b.x) + r,
       std::max(a.y, b.y) + r, ink, [&](Vec p) -> std::optional<Vec> {
         const double along = square > 0 ? ((p.x - a.x) * d.x + (p.y - a.y) * d.y) / square : 0.0;
         const double t = std::clamp(along, 0.0, 1.0);
         const double radius = ra + (rb - ra) * t;
         const Vec out = p - (a + d * t);
         const double distance = length(out);
         if (distance >= radius) return std::nullopt;
         if (ink.shade == Shade::flat || radius < 1.2) return Vec{};
         return out * (0.9 / radius);
       });
}

void Canvas::line(Vec a, Vec b, const Ink& ink) {
  next_part();
  const Vec d = b - a;
  const int steps =
      std::clamp(static_cast<int>(std::ceil(std::max(std::abs(d.x), std::abs(d.y)))), 1, 4096);
  for (int i = 0; i <= steps; ++i) {
    const Vec p = a + d * (static_cast<double>(i) / steps);
    put(static_cast<int>(std::floor(p.x + kEpsilon)), static_cast<int>(std::floor(p.y + kEpsilon)),
        ink, {});
  }
}

void Canvas::dot(int x, int y, const Ink& ink) {
  next_part();
  put(x, y, ink, {});
}

void Canvas::join(Joined joined) {
  ++part_;
  joined_ = joined;
}

void Canvas::next_part() {
  if (joined_ == Joined::no) ++part_;
}

bool Canvas::is_filled(int x, int y) const {
  return material_at(x, y) != Material::none;
}

Material Canvas::material_at(int x, int y) const {
  return inside(x, y) ? texels_[index(x, y)].material : Material::none;
}

void Canvas::mirror() {
  for (int y = 0; y < size_.height; ++y) {
    const auto row = texels_.begin() + static_cast<std::ptrdiff_t>(index(0, y));
    std::reverse(row, row + size_.width);
  }
  for (Texel& texel : texels_) texel.nx = static_cast<std::int8_t>(-texel.nx);
}

void Canvas::shift(int dx, int dy) {
  std::vector<Texel> moved(texels_.size());
  for (int y = 0; y < size_.height; ++y) {
    for (int x = 0; x < size_.width; ++x) {
      const int to_x = x + dx;
      const int to_y = y + dy;
      const bool fits = to_x >= inset_ && to_y >= inset_ && to_x < size_.width - inset_ &&
                        to_y < size_.height - inset_;
      if (fits) moved[index(to_x, to_y)] = texels_[index(x, y)];
    }
  }
  texels_ = std::move(moved);
}

void Canvas::shine(double at) {
  const int middle = round_half_up(at * (size_.width + size_.height));
  const int half = std::max(1, std::min(size_.width, size_.height) / 12);
  for (int y = 0; y < size_.height; ++y)
    for (int x = 0; x < size_.width; ++x)
      if (std::abs(x + y - middle) <= half) ++texels_[index(x, y)].tone;
}

void Canvas::lay_down(int ground) {
  std::vector<Texel> turned(texels_.size());
  const int cx = size_.width / 2;
  const int cy = size_.height / 2;
  for (int y = 0; y < size_.height; ++y) {
    for (int x = 0; x < size_.width; ++x) {
      const int to_x = cx + (y - cy);
      const int to_y = cy - 1 - (x - cx);
      const bool fits = to_x >= inset_ && to_y >= inset_ && to_x < size_.width - inset_ &&
                        to_y < size_.height - inset_;
      if (!fits) continue;
      Texel texel = texels_[index(x, y)];
      const std::int8_t nx = texel.nx;
      texel.nx = texel.ny;
      texel.ny = static_cast<std::int8_t>(-nx);
      turned[index(to_x, to_y)] = texel;
    }
  }
  texels_ = std::move(turned);
  int lowest = -1;
  for (int y = 0; y < size_.height; ++y)
    for (int x = 0; x < size_.width; ++x)
      if (is_filled(x, y)) lowest = y;
  if (lowest >= 0) shift(0, ground - 1 - lowest);
}

bool Canvas::touches_figure(int x, int y) const {
  return std::ranges::any_of(kSides, [&](Point d) {
    return is_filled(x + d.x, y + d.y) && texels_[index(x + d.x, y + d.y)].edge != Edge::bare;
  });
}

// Empty places, not outline, that the border does not reach and that are too small to show what is
// behind the figure.
std::vector<bool> Canvas::holes() const {
  if (inset_ == 0) return std::vector<bool>(texels_.size());
  std::vector<bool> closed(texels_.size());
  for (int y = 0; y < size_.height; ++y)
    for (int x = 0; x < size_.width; ++x)
      closed[index(x, y)] = !is_filled(x, y) && !(has_outline_ && touches_figure(x, y));
  std::vector<Point> open;
  const auto reach = [&](int x, int y) {
    if (!inside(x, y) || !closed[index(x, y)]) return;
    closed[index(x, y)] = false;
    open.push_back({x, y});
  };
  for (int x = 0; x < size_.width; ++x) {
    reach(x, 0);
    reach(x, size_.height - 1);
  }
  for (int y = 0; y < size_.height; ++y) {
    reach(0, y);
    reach(size_.width - 1, y);
  }
  const auto spread = [&] {
    std::size_t next = 0;
    while (next < open.size()) {
      const Point at = open[next++];
      for (const Point d : kSides) reach(at.x + d.x, at.y + d.y);
    }
  };
  spread();
  std::vector<bool> small(texels_.size());
  for (int y = 0; y < size_.height; ++y) {
    for (int x = 0; x < size_.width; ++x) {
      open.clear();
      reach(x, y);
      spread();
      if (open.size() >= kWindow) continue;
      for (const Point p : open) small[index(p.x, p.y)] = true;
    }
  }
  return small;
}

int Canvas::level_at(int x, int y) const {
  const Texel& texel = texels_[index(x, y)];
  int level = lit_level(texel.nx / 100.0, texel.ny / 100.0) + texel.tone;
  Edge nearest = Edge::bare;
  for (const Point d : kSides) {
    if (!is_filled(x + d.x, y + d.y)) continue;
    const Texel& other = texels_[index(x + d.x, y + d.y)];
    if (other.part > texel.part) nearest = std::max(nearest, other.edge);
  }
  if (nearest == Edge::hard) return -1;
  if (nearest == Edge::soft) level -= 1;
  return std::clamp(level, 0, 3);
}

// The level that most of the eight neighbours of the same material have, when none has the pixel's
// own; else the pixel's own.
std::int8_t Canvas::calmed(int x, int y, std::span<const std::int8_t> levels) const {
  const std::int8_t own = levels[index(x, y)];
  constexpr std::array<std::int8_t, 5> kLevels{-1, 0, 1, 2, 3};
  std::array<int, kLevels.size()> votes{};
  for (int ny = y - 1; ny <= y + 1; ++ny) {
    for (int nx = x - 1; nx <= x + 1; ++nx) {
      if ((nx == x && ny == y) || material_at(nx, ny) != material_at(x, y)) continue;
      const std::int8_t level = levels[index(nx, ny)];
      if (level == own) return own;
      for (std::size_t i = 0; i < kLevels.size(); ++i)
        votes.at(i) += kLevels.at(i) == level ? 1 : 0;
    }
  }
  std::size_t most = 0;
  for (std::size_t i = 1; i < votes.size(); ++i) most = votes.at(i) > votes.at(most) ? i : most;
  return votes.at(most) >= 3 ? kLevels.at(most) : own;
}

// A lone pixel of its shade reads as dirt: it takes the shade of its surroundings.
void Canvas::smooth(std::vector<std::int8_t>& levels) const {
  const std::vector<std::int8_t> before = levels;
  for (int y = 0; y < size_.height; ++y)
    for (int x = 0; x < size_.width; ++x)
      if (is_filled(x, y)) levels[index(x, y)] = calmed(x, y, before);
}

std::vector<std::int8_t> Canvas::levels() const {
  std::vector<std::int8_t> result(texels_.size());
  for (int y = 0; y < size_.height; ++y)
    for (int x = 0; x < size_.width; ++x)
      if (is_filled(x, y)) result[index(x, y)] = static_cast<std::int8_t>(level_at(x, y));
  return result;
}

Image Canvas::finish(const RampSet& ramps) const {
  std::vector<std::int8_t> level = levels();
  if (inset_ > 0) smooth(level);  // tiles have grains of one pixel, also across their borders
  const std::vector<bool> hole = holes();
  Image image(size_);
  for (int y = 0; y < size_.height; ++y) {
    for (int x = 0; x < size_.width; ++x) {
      const std::size_t i = index(x, y);
      if (is_filled(x, y)) {
        const Ramp& ramp = ramps.ramp(texels_[i].material);
        const bool dark = level[i] < 0;
        image.at(x, y) =
            opaque(dark ? ramps.outline() : ramp.at(static_cast<std::size_t>(level[i])));
      } else if (hole[i] || (has_outline_ && touches_figure(x, y))) {
        image.at(x, y) = opaque(ramps.outline());
      }
    }
  }
  return image;
}

}  // namespace dgxp
