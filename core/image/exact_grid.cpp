#include "core/image/exact_grid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "core/image/find_grid.hpp"
#include "core/image/palette.hpp"
#include "core/image/pixel_words.hpp"

namespace dgxp {
namespace {

constexpr int kMostStretch = 2;
constexpr int kManyLines = 6;
constexpr int kLeastBanded = 10;        // pixels of a cell
constexpr int kBandWidth = 4;           // pixels
constexpr int kLeastBandChange = 4;     // of a channel; rounding makes smaller ones
constexpr int kSameBrightness = 12;     // of 255
constexpr double kMostlySharp = 0.85;   // of all edges
constexpr int kLeastDetail = 3;         // of a channel
constexpr int kLeastLargeDetail = 16;   // of a large picture, which may be drawn in noisy grays
constexpr std::int64_t kLarge = 65536;  // pixels; hardly a sprite has more
constexpr int kMostSlant = 3;           // of one side of a detail over the other
constexpr int kRunsOfDetail = 50;       // at most so many runs of one colour for each detail

/// First place of a change along an axis and the greatest step that all changes are multiples of.
struct Rhythm {
  int first = -1;
  int step = 0;
  void add(int place) {
    if (first < 0) {
      first = place;
    }
    step = std::gcd(step, place - first);
  }
};

Rhythm column_rhythm(const Image& image) {
  Rhythm rhythm;
  for (int y = 0; y < image.size.height && rhythm.step != 1; ++y) {
    for (int x = 1; x < image.size.width; ++x) {
      if (image.at(x, y) != image.at(x - 1, y)) {
        rhythm.add(x);
      }
    }
  }
  return rhythm;
}

Rhythm row_rhythm(const Image& image) {
  Rhythm rhythm;
  for (int y = 1; y < image.size.height && rhythm.step != 1; ++y) {
    for (int x = 0; x < image.size.width; ++x) {
      if (image.at(x, y) != image.at(x, y - 1)) {
        rhythm.add(y);
        break;
      }
    }
  }
  return rhythm;
}

bool differ(const Rgba& a, const Rgba& b, int least) {
  return std::abs(a.r - b.r) >= least || std::abs(a.g - b.g) >= least ||
         std::abs(a.b - b.b) >= least || std::abs(a.a - b.a) >= least;
}

/// The lines at which columns and rows change by `least` or more in a channel, ascending.
struct ChangedLines {
  std::vector<int> columns;
  std::vector<int> rows;
};

ChangedLines changed_lines(const Image& image, int least) {
  std::vector<std::uint8_t> columns(static_cast<std::size_t>(image.size.width));
  ChangedLines lines;
  for (int y = 0; y < image.size.height; ++y) {
    bool row_changes = false;
    for (int x = 0; x < image.size.width; ++x) {
      if (x > 0 && differ(image.at(x, y), image.at(x - 1, y), least)) {
        columns[static_cast<std::size_t>(x)] = 1;
      }
      row_changes = row_changes || (y > 0 && differ(image.at(x, y), image.at(x, y - 1), least));
    }
    if (row_changes) {
      lines.rows.push_back(y);
    }
  }
  for (int x = 0; x < image.size.width; ++x) {
    if (columns[static_cast<std::size_t>(x)] != 0) {
      lines.columns.push_back(x);
    }
  }
  return lines;
}

/// Whether all `lines` lie in the same kBandWidth pixels of every `cell`, and in many of these
/// bands.
bool lie_in_bands(const std::vector<int>& lines, int cell) {
  std::vector<int> used(static_cast<std::size_t>(cell));  // places in a cell
  int bands = 0;
  int last = -1;
  for (const int line : lines) {
    used[static_cast<std::size_t>(line % cell)] = 1;
    bands += last < 0 || line - last > kBandWidth ? 1 : 0;
    last = line;
  }
  int free = 0;  // places in a row, all around
  for (int i = 0; i < 2 * cell && free < cell - kBandWidth; ++i) {
    free = used[static_cast<std::size_t>(i % cell)] != 0 ? 0 : free + 1;
  }
  return free >= cell - kBandWidth && bands >= kManyLines;
}

int brightness(const Rgba& p) {
  return (299 * p.r + 587 * p.g + 114 * p.b) / 1000;
}

/// Whether most pixels that differ from the one before are as bright as what is a band away on one
/// side or the other: not a line that was drawn between two colours.
bool are_edges_sharp(const Image& image, Point step) {
  int edges = 0;
  int sharp = 0;
  for (int y = step.y * kBandWidth; y + step.y * kBandWidth < image.size.height; ++y) {
    for (int x = step.x * kBandWidth; x + step.x * kBandWidth < image.size.width; ++x) {
      const Rgba& here = image.at(x, y);
      if (!differ(here, image.at(x - step.x, y - step.y), kLeastBandChange)) {
        continue;
      }
      const auto apart = [&](int places) {
        return std::abs(brightness(image.at(x + places * step.x, y + places * step.y)) -
                        brightness(here));
      };
      edges += 1;
      sharp += std::min(apart(-kBandWidth), apart(kBandWidth)) <= kSameBrightness ? 1 : 0;
    }
  }
  return sharp >= kMostlySharp * edges;
}

/// Whether this is drawn in large cells, the colours of which run over their borders, but for no
/// more than a few pixels, and keep their brightness. So does a JPEG make them of cells that fit
/// its blocks.
bool has_banded_cells(const Image& image) {
  const int most = std::min(image.size.width, image.size.height) / kManyLines;
  if (most < kLeastBanded) {
    return false;
  }
  const ChangedLines lines = changed_lines(image, kLeastBandChange);
  for (int cell = kLeastBanded; cell <= most; ++cell) {
    if (lie_in_bands(lines.columns, cell) && lie_in_bands(lines.rows, cell)) {
      return are_edges_sharp(image, {.x = 1, .y = 0}) && are_edges_sharp(image, {.x = 0, .y = 1});
    }
  }
  return false;
}

/// Whether cells are `width` by `height` pixels rather than squares that fit into both. So many
/// lines would not leave out all others of a finer grid by chance.
bool is_stretched(const Image& image, int width, int height) {
  const auto [less, more] = std::minmax(width, height);
  if (less < 2 || more % less == 0 || more > kMostStretch * less) {
    return false;
  }
  const ChangedLines lines = changed_lines(image, 1);
  return lines.columns.size() >= kManyLines && lines.rows.size() >= kManyLines;
}

/// Colours as pixel words, in a table of open addressing that is at most a quarter full.
class ColorSet {
 public:
  std::size_t size() const { return size_; }
  void insert(std::uint32_t color) {
    std::size_t place = color * 2654435761U >> (32U - kBits);
    while (used_[place] && colors_[place] != color) {
      place = (place + 1) % kPlaces;
    }
    size_ += used_[place] ? 0 : 1;
    used_[place] = true;
    colors_[place] = color;
  }

 private:
  static constexpr unsigned kBits = 10;
  static constexpr std::size_t kPlaces = std::size_t{1} << kBits;
  static_assert(kPlaces >= 4 * kMostPaletteColors);

  std::array<std::uint32_t, kPlaces> colors_{};
  std::array<bool, kPlaces> used_{};
  std::size_t size_ = 0;
};

/// Whether pixel `x` of a row stands out: brighter or darker than both of its neighbours, and
/// abruptly so. In the soft edges of an enlarged picture a pixel lies between its neighbours, or
/// beyond one of them by a small part of the edge, or on top of a slope that began before them.
bool is_detail(const Rgba* row, int x, int least_detail) {
  const auto is_abrupt = [&](std::uint8_t Rgba::* channel) {
    const auto at = [&](int place) { return int{row[place].*channel}; };
    const int sign = at(x) > at(x - 1) ? 1 : -1;
    const int rise = sign * (at(x) - at(x - 1));
    const int fall = sign * (at(x) - at(x + 1));
    const bool stands_out = std::min(rise, fall) >= least_detail &&
                            std::min(rise, fall) * kMostSlant >= std::max(rise, fall);
    return stands_out && (2 * sign * (at(x - 1) - at(x - 2)) <= rise ||
                          2 * sign * (at(x + 1) - at(x + 2)) <= fall);
  };
  return is_abrupt(&Rgba::r) || is_abrupt(&Rgba::g) || is_abrupt(&Rgba::b);
}

}  // namespace

std::optional<Grid> find_exact_grid(const Image& image) {
  const Rhythm x = column_rhythm(image);
  if (x.step == 1 || x.first < 0) {
    return std::nullopt;
  }
  const Rhythm y = row_rhythm(image);
  if (y.step == 1 || y.first < 0) {
    return std::nullopt;
  }
  if (is_stretched(image, x.step, y.step)) {
    Grid grid = make_even_grid(image.size, x.step, {x.first % x.step, 0});
    const Grid rows = make_even_grid(image.size, y.step, {0, y.first % y.step});
    grid.rows = rows.rows;
    grid.row_confidence = rows.row_confidence;
    grid.cell_height = y.step;
    return grid;
  }
  // Where one axis shows a single change only, its place is a multiple of the cell as well.
  int cell = std::gcd(x.step, y.step);
  if (x.step == 0 || y.step == 0) {
    cell = std::gcd(cell, std::gcd(x.step == 0 ? x.first : 0, y.step == 0 ? y.first : 0));
  }
  if (cell < 2) {
    return std::nullopt;
  }
  return make_even_grid(image.size, cell, {x.first % cell, y.first % cell});
}

bool has_few_colors(const Image& image) {
  ColorSet seen;
  std::uint32_t last = 0;
  for (const Rgba& p : image.pixels) {
    const std::uint32_t color = to_word(p);
    if (color == last && seen.size() > 0) {
      continue;
    }
    last = color;
    seen.insert(color);
    if (seen.size() > kMostPaletteColors) {
      return false;
    }
  }
  return true;
}

bool is_native(const Image& image) {
  if (!has_few_colors(image)) {
    return false;
  }
  const int least = image.size.area() > kLarge ? kLeastLargeDetail : kLeastDetail;
  std::int64_t runs = 0;
  std::int64_t details = 0;
  for (int y = 0; y < image.size.height; ++y) {
    const Rgba* row = &image.at(0, y);
    for (int x = 2; x + 2 < image.size.width; ++x) {
      if (row[x] != row[x - 1]) {
        ++runs;
        details += is_detail(row, x, least) ? 1 : 0;
      }
    }
  }
  return details * kRunsOfDetail > runs && !has_banded_cells(image);
}

Grid make_pixel_grid(Size size) {
  return make_even_grid(size, 1.0, {0, 0});
}

}  // namespace dgxp
