#include "core/image/cell_purity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/image/pixel_words.hpp"

namespace dgxp {
namespace {

constexpr double kLeastCell = 2.5;       // pixels; smaller ones have no parts
constexpr int kTaps = 3;                 // pixels of a part looked at, along each axis
constexpr int kLeastContrast = 40;       // red + green + blue
constexpr double kBrokenShare = 0.4;     // of the contrast to the neighbours
constexpr double kFirstPart = 0.3;       // of a cell, where the middle of its first part lies
constexpr double kMostHalfWidth = 0.11;  // of a part, in cells
constexpr double kBlurredPixels = 1.4;
constexpr double kHalfPixels = 1.2;
constexpr double kLargeCell = 20;    // pixels; larger cells have more parts than five
constexpr double kFirstLarge = 0.2;  // of a large cell
constexpr double kPartDistance = 5;  // pixels between the parts of a large cell
constexpr int kMostParts = 12;       // along each axis

/// What is looked at in every cell; the first part stands for the cell's colour.
struct Parts {
  std::vector<std::array<double, 2>> centres;  // in cells
  double half_width = 0;
};

/// Of a small cell the middle and the quarters, of a large one a lattice.
Parts choose_parts(double cell) {
  if (cell < kLargeCell) {
    // Blur reaches a pixel into a cell however small it is.
    const double first = std::clamp(kBlurredPixels / cell, kFirstPart, 0.5);
    const double half_width = std::clamp(first - kHalfPixels / cell, 0.0, kMostHalfWidth);
    return {.centres = {{0.5, 0.5},
                        {first, first},
                        {1 - first, first},
                        {first, 1 - first},
                        {1 - first, 1 - first}},
            .half_width = half_width};
  }
  const double span = 1 - 2 * kFirstLarge;
  const int steps =
      std::clamp(static_cast<int>(std::ceil(span * cell / kPartDistance)), 2, kMostParts);
  Parts parts{.centres = {{0.5, 0.5}}, .half_width = span / steps / 3};
  for (int y = 0; y <= steps; ++y) {
    for (int x = 0; x <= steps; ++x) {
      parts.centres.push_back({kFirstLarge + span * x / steps, kFirstLarge + span * y / steps});
    }
  }
  return parts;
}

constexpr int kPartPixels = kTaps * kTaps;

/// Sums over kPartPixels pixels for cells side by side; none exceeds what 16 bits hold.
using Lanes = std::int16_t __attribute__((vector_size(16)));
constexpr std::size_t kCells = sizeof(Lanes) / sizeof(std::int16_t);
using Sums = std::vector<std::int16_t>;  // one a cell, and room for kCells more

Lanes load(const std::int16_t* sums) {
  Lanes lanes;
  std::memcpy(&lanes, sums, sizeof lanes);
  return lanes;
}

/// The colours of one part of cells in reading order: sums of red, green and blue.
struct PartColors {
  std::array<Sums, 3> channels;

  explicit PartColors(std::size_t cells) { channels.fill(Sums(cells + kCells)); }
};

/// Red + green + blue, of kCells cells of `a` from `i` on and of `b` from `j` on.
Lanes differences(const PartColors& a, std::size_t i, const PartColors& b, std::size_t j) {
  Lanes sum{};
  for (std::size_t c = 0; c < 3; ++c) {
    const Lanes one = load(a.channels[c].data() + i);
    const Lanes other = load(b.channels[c].data() + j);
    sum += (one > other ? one : other) - (one < other ? one : other);
  }
  return sum;
}

/// The pixels to look at of part `centre` of each cell of one axis, kTaps a cell.
std::vector<std::size_t> taps(const std::vector<double>& lines, double centre, double half_width,
                              int length) {
  std::vector<std::size_t> places;
  places.reserve(kTaps * lines.size());
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const double cell = lines[i + 1] - lines[i];
    for (int tap = 0; tap < kTaps; ++tap) {
      const double off = half_width * (2.0 * tap / (kTaps - 1) - 1);
      const double place = std::floor(lines[i] + (centre + off) * cell);
      places.push_back(
          static_cast<std::size_t>(std::clamp(static_cast<int>(place), 0, length - 1)));
    }
  }
  return places;
}

/// The colours of one part of every cell.
void sum_parts(const Image& image, const Grid& grid, const std::array<double, 2>& centre,
               double half_width, PartColors& colors) {
  const std::vector<std::size_t> xs = taps(grid.columns, centre[0], half_width, image.size.width);
  const std::vector<std::size_t> ys = taps(grid.rows, centre[1], half_width, image.size.height);
  const auto width = static_cast<std::size_t>(image.size.width);
  std::int16_t* red = colors.channels[0].data();
  std::int16_t* green = colors.channels[1].data();
  std::int16_t* blue = colors.channels[2].data();
  std::size_t cell = 0;
  for (std::size_t j = 0; j < ys.size(); j += kTaps) {
    std::array<const Rgba*, kTaps> rows{};
    for (std::size_t tap = 0; tap < kTaps; ++tap) {
      rows[tap] = image.pixels.data() + ys[j + tap] * width;
    }
    for (const std::size_t* x = xs.data(); x != xs.data() + xs.size(); x += kTaps) {
      std::uint32_t red_blue = 0;  // in 16 bits each
      std::uint32_t greens = 0;
      for (const Rgba* row : rows) {
        for (std::size_t tap = 0; tap < kTaps; ++tap) {
          const std::uint32_t word = to_word(row[x[tap]]);
          red_blue += word & 0xFF00FFU;
          greens += word >> 8U & 0xFFU;
        }
      }
      red[cell] = static_cast<std::int16_t>(red_blue & 0xFFFFU);
      green[cell] = static_cast<std::int16_t>(greens);
      blue[cell] = static_cast<std::int16_t>(red_blue >> 16U);
      ++cell;
    }
  }
}

/// Raises each of kCells values to at least these.
void keep_most(std::int16_t* most, Lanes values) {
  const Lanes before = load(most);
  const Lanes now = before > values ? before : values;
  std::memcpy(most, &now, sizeof now);
}

/// How much each cell differs from the one that is `step` behind it; 0 where there is none.
Sums differences_behind(const PartColors& cells, std::size_t count, std::size_t step) {
  Sums behind(count + kCells);
  for (std::size_t i = 0; i + step < count; i += kCells) {
    keep_most(&behind[i], differences(cells, i, cells, i + step));
  }
  std::fill(behind.end() - static_cast<std::ptrdiff_t>(step + kCells), behind.end(), 0);
  return behind;
}

/// Most difference of each cell from its neighbours.
Sums contrasts_of(const PartColors& cells, std::size_t width, std::size_t height) {
  const std::size_t count = width * height;
  Sums across = differences_behind(cells, count, 1);
  for (std::size_t end = width; end < count; end += width) {
    across[end - 1] = 0;
  }
  const Sums down = differences_behind(cells, count, width);
  Sums most(count + kCells);
  const auto keep_sides = [&](const Sums& behind, std::size_t step) {
    for (std::size_t i = 0; i + step < count; i += kCells) {
      keep_most(&most[i], load(&behind[i]));
      keep_most(&most[i + step], load(&behind[i]));
    }
  };
  keep_sides(across, 1);
  keep_sides(down, width);
  return most;
}

/// Most difference of a part of each cell from its middle.
Sums differences_inside(const Image& image, const Grid& grid, const Parts& parts,
                        const PartColors& middles, std::size_t count) {
  Sums most(count + kCells);
  PartColors colors(count);
  for (std::size_t part = 1; part < parts.centres.size(); ++part) {
    sum_parts(image, grid, parts.centres[part], parts.half_width, colors);
    for (std::size_t i = 0; i < count; i += kCells) {
      keep_most(&most[i], differences(middles, i, colors, i));
    }
  }
  return most;
}

}  // namespace

CellPurity measure_purity(const Image& image, const Grid& grid) {
  if (grid.columns.size() < 2 || grid.rows.size() < 2) {
    return {};
  }
  const std::size_t width = grid.columns.size() - 1;
  const std::size_t height = grid.rows.size() - 1;
  const double cell = (grid.columns.back() - grid.columns.front()) / static_cast<double>(width);
  if (cell < kLeastCell) {
    return {};
  }
  const Parts parts = choose_parts(cell);
  const std::size_t count = width * height;
  PartColors middles(count);
  sum_parts(image, grid, parts.centres[0], parts.half_width, middles);
  const Sums inside = differences_inside(image, grid, parts, middles, count);
  const Sums outside = contrasts_of(middles, width, height);
  CellPurity purity;
  purity.is_broken.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const int rise = inside[i] / kPartPixels;
    const int contrast = outside[i] / kPartPixels;
    if (rise >= kLeastContrast && rise >= kBrokenShare * contrast) {
      purity.is_broken[i] = 1;
      ++purity.broken;
    } else if (contrast >= kLeastContrast) {
      ++purity.edged;
    }
  }
  return purity;
}

}  // namespace dgxp
