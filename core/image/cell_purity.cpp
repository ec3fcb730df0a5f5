#include "core/image/cell_purity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>

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

using Sum = std::array<int, 3>;  // of kTaps * kTaps pixels

int difference(const Sum& a, const Sum& b) {
  return (std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2])) / (kTaps * kTaps);
}

/// The pixels to look at of part `centre` of each cell of one axis, kTaps a cell.
std::vector<int> taps(const std::vector<double>& lines, double centre, double half_width,
                      int length) {
  std::vector<int> places;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const double cell = lines[i + 1] - lines[i];
    for (int tap = 0; tap < kTaps; ++tap) {
      const double off = half_width * (2.0 * tap / (kTaps - 1) - 1);
      const double place = std::floor(lines[i] + (centre + off) * cell);
      places.push_back(std::clamp(static_cast<int>(place), 0, length - 1));
    }
  }
  return places;
}

/// The colour of one part of every cell.
std::vector<Sum> part_colors(const Image& image, const Grid& grid,
                             const std::array<double, 2>& centre, double half_width) {
  const std::vector<int> xs = taps(grid.columns, centre[0], half_width, image.size.width);
  const std::vector<int> ys = taps(grid.rows, centre[1], half_width, image.size.height);
  std::vector<Sum> colors(xs.size() / kTaps * (ys.size() / kTaps));
  for (std::size_t j = 0; j < ys.size(); ++j) {
    Sum* row = &colors[j / kTaps * (xs.size() / kTaps)];
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const Rgba& p = image.at(xs[i], ys[j]);
      Sum& sum = row[i / kTaps];
      sum[0] += p.r;
      sum[1] += p.g;
      sum[2] += p.b;
    }
  }
  return colors;
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
  const std::vector<Sum> middles = part_colors(image, grid, parts.centres[0], parts.half_width);
  std::vector<int> inside(middles.size());  // most difference from the middle
  for (std::size_t part = 1; part < parts.centres.size(); ++part) {
    const std::vector<Sum> colors = part_colors(image, grid, parts.centres[part], parts.half_width);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      inside[i] = std::max(inside[i], difference(middles[i], colors[i]));
    }
  }
  CellPurity purity;
  purity.is_broken.resize(middles.size());
  for (std::size_t i = 0; i < middles.size(); ++i) {
    const std::size_t x = i % width;
    const std::size_t y = i / width;
    const auto contrast = [&](std::size_t other) { return difference(middles[i], middles[other]); };
    int outside = 0;  // most difference from a neighbour
    outside = x > 0 ? std::max(outside, contrast(i - 1)) : outside;
    outside = x + 1 < width ? std::max(outside, contrast(i + 1)) : outside;
    outside = y > 0 ? std::max(outside, contrast(i - width)) : outside;
    outside = y + 1 < height ? std::max(outside, contrast(i + width)) : outside;
    if (inside[i] >= kLeastContrast && inside[i] >= kBrokenShare * outside) {
      purity.is_broken[i] = 1;
      ++purity.broken;
    } else if (outside >= kLeastContrast) {
      ++purity.edged;
    }
  }
  return purity;
}

}  // namespace dgxp
