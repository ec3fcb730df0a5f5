#include "core/image/cell_purity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace dgxp {
namespace {

constexpr std::size_t kParts = 5;  // the middle, then the quarters
constexpr std::array<std::array<double, 2>, kParts> kCentres{
    {{0.5, 0.5}, {0.3, 0.3}, {0.7, 0.3}, {0.3, 0.7}, {0.7, 0.7}}};
constexpr double kHalfWidth = 0.11;   // of a part, in cells
constexpr int kTaps = 3;              // pixels of a part looked at, along each axis
constexpr int kLeastContrast = 40;    // red + green + blue
constexpr double kBrokenShare = 0.4;  // of the contrast to the neighbours

using Sum = std::array<int, 3>;  // of kTaps * kTaps pixels

int difference(const Sum& a, const Sum& b) {
  return (std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2])) / (kTaps * kTaps);
}

/// The pixels to look at of part `centre` of each cell of one axis, kTaps a cell.
std::vector<int> taps(const std::vector<double>& lines, double centre, int length) {
  std::vector<int> places;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const double cell = lines[i + 1] - lines[i];
    for (int tap = 0; tap < kTaps; ++tap) {
      const double off = kHalfWidth * (2.0 * tap / (kTaps - 1) - 1);
      const double place = std::floor(lines[i] + (centre + off) * cell);
      places.push_back(std::clamp(static_cast<int>(place), 0, length - 1));
    }
  }
  return places;
}

/// The colour of one part of every cell.
std::vector<Sum> part_colors(const Image& image, const Grid& grid, std::size_t part) {
  const std::vector<int> xs = taps(grid.columns, kCentres[part][0], image.size.width);
  const std::vector<int> ys = taps(grid.rows, kCentres[part][1], image.size.height);
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
  std::array<std::vector<Sum>, kParts> parts;
  for (std::size_t part = 0; part < kParts; ++part) {
    parts[part] = part_colors(image, grid, part);
  }
  const std::size_t width = grid.columns.size() - 1;
  const std::size_t height = grid.rows.size() - 1;
  CellPurity purity;
  purity.is_broken.resize(width * height);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t i = y * width + x;
      const auto contrast = [&](std::size_t other) {
        return difference(parts[0][i], parts[0][other]);
      };
      int outside = 0;
      outside = x > 0 ? std::max(outside, contrast(i - 1)) : outside;
      outside = x + 1 < width ? std::max(outside, contrast(i + 1)) : outside;
      outside = y > 0 ? std::max(outside, contrast(i - width)) : outside;
      outside = y + 1 < height ? std::max(outside, contrast(i + width)) : outside;
      int inside = 0;
      for (std::size_t part = 1; part < kParts; ++part) {
        inside = std::max(inside, difference(parts[0][i], parts[part][i]));
      }
      if (inside >= kLeastContrast && inside >= kBrokenShare * outside) {
        purity.is_broken[i] = 1;
        ++purity.broken;
      } else if (outside >= kLeastContrast) {
        ++purity.edged;
      }
    }
  }
  return purity;
}

}  // namespace dgxp
