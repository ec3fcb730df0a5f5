#include "core/image/lint_pixels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include <fmt/format.h>

namespace dgxp {
namespace {

/// Transparent pixels are all alike.
Rgba shown(const Image& image, int x, int y) {
  const Rgba pixel = image.at(x, y);
  return pixel.a == 0 ? kTransparent : pixel;
}

bool is_solid(const Image& image, int x, int y) {
  return image.contains(x, y) && image.at(x, y).a != 0;
}

// Mixed pixels.

/// How many colour changes of a square lie on each remainder of their place by the pixel size.
using Phases = std::array<int, 8>;

struct Changes {
  Phases across{};  ///< between columns
  Phases down{};    ///< between rows
};

Changes count_changes(const Image& image, Rect square, int size) {
  Changes changes;
  for (int y = square.y; y < square.y + square.height; ++y)
    for (int x = square.x; x < square.x + square.width; ++x) {
      const Rgba here = shown(image, x, y);
      if (x > square.x && shown(image, x - 1, y) != here)
        ++changes.across[static_cast<std::size_t>(x % size)];
      if (y > square.y && shown(image, x, y - 1) != here)
        ++changes.down[static_cast<std::size_t>(y % size)];
    }
  return changes;
}

/// Whether all changes lie on one line in `size`, and there are many.
bool is_coarse(const Phases& phases, int size, int least) {
  int sum = 0;
  for (int i = 0; i < size; ++i) sum += phases[static_cast<std::size_t>(i)];
  return sum >= least && std::ranges::max(phases) == sum;
}

struct Evidence {
  int lines = 0;    ///< different columns, and rows, that colours change at
  int changes = 0;  ///< in all
};

/// Counting lines too: a straight edge is no grid.
bool shows_grid(const Image& image, Rect square, int size, Evidence least) {
  const Changes changes = count_changes(image, square, size);
  if (!is_coarse(changes.across, size, least.changes) ||
      !is_coarse(changes.down, size, least.changes))
    return false;
  std::vector<bool> columns(static_cast<std::size_t>(square.width));
  std::vector<bool> rows(static_cast<std::size_t>(square.height));
  for (int y = 0; y < square.height; ++y)
    for (int x = 0; x < square.width; ++x) {
      const Rgba here = shown(image, square.x + x, square.y + y);
      if (x > 0 && shown(image, square.x + x - 1, square.y + y) != here)
        columns[static_cast<std::size_t>(x)] = true;
      if (y > 0 && shown(image, square.x + x, square.y + y - 1) != here)
        rows[static_cast<std::size_t>(y)] = true;
    }
  return std::ranges::count(columns, true) >= least.lines &&
         std::ranges::count(rows, true) >= least.lines;
}

// Figures.

/// The 8-connected figures of a frame.
struct Figures {
  std::vector<int> of_pixel;  ///< -1 for a transparent one
  std::vector<int> sizes;
  std::vector<Point> first;
};

Figures find_figures(const Image& image) {
  Figures figures;
  const int width = image.size.width;
  const auto index = [&](Point p) { return static_cast<std::size_t>(p.y * width + p.x); };
  figures.of_pixel.assign(image.pixels.size(), -1);
  std::vector<Point> open;
  for (int y = 0; y < image.size.height; ++y)
    for (int x = 0; x < width; ++x) {
      if (!is_solid(image, x, y) || figures.of_pixel[index({x, y})] >= 0) continue;
      const int number = static_cast<int>(figures.sizes.size());
      figures.sizes.push_back(0);
      figures.first.push_back({x, y});
      figures.of_pixel[index({x, y})] = number;
      open.push_back({x, y});
      while (!open.empty()) {
        const Point p = open.back();
        open.pop_back();
        ++figures.sizes.back();
        for (int dy = -1; dy <= 1; ++dy)
          for (int dx = -1; dx <= 1; ++dx) {
            const Point next{p.x + dx, p.y + dy};
            if (!is_solid(image, next.x, next.y) || figures.of_pixel[index(next)] >= 0) continue;
            figures.of_pixel[index(next)] = number;
            open.push_back(next);
          }
      }
    }
  return figures;
}

/// Opaque pixels 4-connected with a transparent one. Where a figure is cut off by the edge of the
/// frame it has no outline to miss.
std::vector<Point> border_of(const Image& image) {
  constexpr std::array<Point, 4> kSteps{Point{0, -1}, {-1, 0}, {1, 0}, {0, 1}};
  std::vector<Point> border;
  for (int y = 0; y < image.size.height; ++y)
    for (int x = 0; x < image.size.width; ++x) {
      if (!is_solid(image, x, y)) continue;
      const bool touches = std::ranges::any_of(kSteps, [&](Point step) {
        return image.contains(x + step.x, y + step.y) && !is_solid(image, x + step.x, y + step.y);
      });
      if (touches) border.push_back({x, y});
    }
  return border;
}

int lightness(Rgb color) {
  return (299 * color.r + 587 * color.g + 114 * color.b) / 1000;
}

/// Whether a pixel of the border has the colour of a pixel right behind it: the figure's inside
/// reaches the border. A colour of its own there is meant.
bool shows_inside(const Image& image, Point p, Rgb outline) {
  constexpr std::array<Point, 4> kSteps{Point{0, -1}, {-1, 0}, {1, 0}, {0, 1}};
  const Rgb color = image.at(p.x, p.y).rgb();
  return color != outline && std::ranges::any_of(kSteps, [&](Point step) {
           return is_solid(image, p.x + step.x, p.y + step.y) &&
                  image.at(p.x + step.x, p.y + step.y).rgb() == color;
         });
}

// Seams.

double distance(Rgba left, Rgba right) {
  if (left.a == 0 || right.a == 0) return left.a == right.a ? 0 : 255;
  const double r = left.r - right.r;
  const double g = left.g - right.g;
  const double b = left.b - right.b;
  return std::sqrt(r * r + g * g + b * b);
}

double column_distance(const Image& image, int left, int right) {
  double sum = 0;
  for (int y = 0; y < image.size.height; ++y)
    sum += distance(image.at(left, y), image.at(right, y));
  return sum / image.size.height;
}
double row_distance(const Image& image, int upper, int lower) {
  double sum = 0;
  for (int x = 0; x < image.size.width; ++x)
    sum += distance(image.at(x, upper), image.at(x, lower));
  return sum / image.size.width;
}

/// Whether a jump stands out among those between all neighbouring lines inside.
bool stands_out(double jump, const std::vector<double>& inside) {
  constexpr double kSmall = 24;  // root of summed squares, 0..441
  constexpr double kTimes = 1.5;
  return !inside.empty() && jump > kSmall && jump > kTimes * std::ranges::max(inside);
}

}  // namespace

std::optional<Flaw> find_mixed_pixels(const Image& frame) {
  constexpr Evidence kWhole{.lines = 5, .changes = 24};
  constexpr Evidence kPart{.lines = 3, .changes = 48};
  constexpr int kSquare = 12;
  constexpr int kStep = 4;
  for (int size = 4; size >= 2; --size) {
    if (shows_grid(frame, {0, 0, frame.size.width, frame.size.height}, size, kWhole))
      return Flaw{.at = {}, .message = fmt::format("all its pixels are {0}x{0} large", size)};
    for (int y = 0; y + kSquare <= frame.size.height; y += kStep)
      for (int x = 0; x + kSquare <= frame.size.width; x += kStep)
        if (shows_grid(frame, {x, y, kSquare, kSquare}, size, kPart))
          return Flaw{.at = Point{x, y},
                      .message = fmt::format("its pixels are {0}x{0} large here", size)};
  }
  return std::nullopt;
}

std::optional<Flaw> find_stray_pixels(const Image& frame) {
  constexpr int kMostStrays = 2;
  const Figures figures = find_figures(frame);
  int largest = 0;
  int solid = 0;
  for (const int size : figures.sizes) {
    largest = std::max(largest, size);
    solid += size;
  }
  std::vector<Point> strays;
  for (std::size_t i = 0; i < figures.sizes.size(); ++i)
    if (figures.sizes[i] == 1) strays.push_back(figures.first[i]);
  const int strayed = static_cast<int>(strays.size());
  if (strays.empty() || strayed > kMostStrays || largest + strayed < solid || largest < 16)
    return std::nullopt;
  return Flaw{.at = strays.front(),
              .message = strayed == 1
                             ? std::string("a pixel stands apart from the figure")
                             : fmt::format("{} pixels stand apart from the figure", strayed)};
}

std::optional<Flaw> find_outline_gaps(const Image& frame) {
  constexpr std::size_t kLeastBorder = 24;
  constexpr std::size_t kMostGaps = 2;
  constexpr int kDarkest = 90;
  const std::vector<Point> border = border_of(frame);
  if (border.size() < kLeastBorder) return std::nullopt;
  std::map<Rgb, std::size_t> counts;
  for (const Point p : border) ++counts[frame.at(p.x, p.y).rgb()];
  const auto outline =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->first;
  // Outlines are dark. A lighter one is a rim of light or the colour of the whole figure.
  if (lightness(outline) > kDarkest) return std::nullopt;
  std::vector<Point> gaps;
  for (const Point p : border) {
    if (frame.at(p.x, p.y).rgb() == outline) continue;
    if (!shows_inside(frame, p, outline)) return std::nullopt;
    gaps.push_back(p);
  }
  if (gaps.empty() || gaps.size() > kMostGaps || gaps.size() * 24 > border.size())
    return std::nullopt;
  return Flaw{.at = gaps.front(),
              .message = gaps.size() == 1 ? fmt::format("its outline {} has a gap", to_hex(outline))
                                          : fmt::format("its outline {} has {} gaps",
                                                        to_hex(outline), gaps.size())};
}

std::optional<Flaw> find_empty_canvas(const Image& frame) {
  if (std::ranges::any_of(frame.pixels, [](Rgba p) { return p.a != 0; })) return std::nullopt;
  return Flaw{.at = {}, .message = "shows nothing"};
}

std::optional<Flaw> find_soft_alpha(const Image& frame) {
  const auto is_soft = [](Rgba p) { return p.a != 0 && p.a != 255; };
  const auto first = std::ranges::find_if(frame.pixels, is_soft);
  if (first == frame.pixels.end()) return std::nullopt;
  const auto at = static_cast<int>(first - frame.pixels.begin());
  const auto count = std::ranges::count_if(frame.pixels, is_soft);
  return Flaw{.at = Point{at % frame.size.width, at / frame.size.width},
              .message = count == 1
                             ? fmt::format("a pixel has an alpha of {}, not 0 or 255", first->a)
                             : fmt::format("{} pixels have an alpha between 0 and 255", count)};
}

std::optional<Flaw> find_full_canvas(const Image& frame) {
  if (std::ranges::any_of(frame.pixels, [](Rgba p) { return p.a == 0; })) return std::nullopt;
  return Flaw{.at = {}, .message = "fills its frame: its background is still there"};
}

std::optional<Flaw> find_tile_seam(const Image& tile) {
  std::vector<double> columns;
  std::vector<double> rows;
  for (int x = 1; x < tile.size.width; ++x) columns.push_back(column_distance(tile, x - 1, x));
  for (int y = 1; y < tile.size.height; ++y) rows.push_back(row_distance(tile, y - 1, y));
  if (stands_out(column_distance(tile, tile.size.width - 1, 0), columns))
    return Flaw{.at = Point{tile.size.width - 1, 0},
                .message = "has a seam between its right and its left edge"};
  if (stands_out(row_distance(tile, tile.size.height - 1, 0), rows))
    return Flaw{.at = Point{0, tile.size.height - 1},
                .message = "has a seam between its bottom and its top edge"};
  return std::nullopt;
}

}  // namespace dgxp
