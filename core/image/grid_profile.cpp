#include "core/image/grid_profile.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace dgxp {
namespace {

// The difference is taken over three pixels, centred on the boundary: blurred edges are seen, and
// pixel noise is the same as over one.
constexpr int kBefore = 2;
constexpr int kBehind = 1;
constexpr int kLeastThreshold = 18;
constexpr int kMostThreshold = 90;
constexpr int kMostStrength = 90;
constexpr std::size_t kLargeSide = 512;  // pixels

int difference(const Rgba& a, const Rgba& b) {
  return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
}

/// What flat parts of the picture show as differences: a bit above their median.
int noise_threshold(const Image& image) {
  std::array<int, 766> histogram{};
  int count = 0;
  for (int y = 1; y < image.size.height; y += 5) {
    for (int x = kBefore + y % 3; x + kBehind < image.size.width; x += 7) {
      histogram[static_cast<std::size_t>(
          difference(image.at(x - kBefore, y), image.at(x + kBehind, y)))]++;
      count++;
    }
  }
  int median = 0;
  for (int seen = 0;
       median < 765 && (seen += histogram[static_cast<std::size_t>(median)]) * 2 < count;) {
    median++;
  }
  return std::clamp(median * 5 / 2, kLeastThreshold, kMostThreshold);
}

}  // namespace

EdgeProfiles measure_edges(const Image& image) {
  const auto width = static_cast<std::size_t>(image.size.width);
  const auto height = static_cast<std::size_t>(image.size.height);
  const int threshold = noise_threshold(image);
  std::array<std::uint8_t, 766> strength{};
  for (int d = 0; d < 766; ++d) {
    strength[static_cast<std::size_t>(d)] =
        static_cast<std::uint8_t>(std::clamp(d - threshold, 0, kMostStrength));
  }
  // Of a large picture every other pixel along a line tells as much as all.
  const std::size_t step_x = width >= kLargeSide ? 2 : 1;
  const std::size_t step_y = height >= kLargeSide ? 2 : 1;
  std::vector<std::uint32_t> columns(width + 1);
  EdgeProfiles profiles{std::vector<float>(width + 1), std::vector<float>(height + 1)};
  for (std::size_t y = 0; y < height; ++y) {
    const Rgba* row = &image.pixels[y * width];
    for (std::size_t x = kBefore; x + kBehind < width && y % step_y == 0; ++x) {
      columns[x] +=
          strength[static_cast<std::size_t>(difference(row[x - kBefore], row[x + kBehind]))];
    }
    if (y < kBefore || y + kBehind >= height) {
      continue;
    }
    const Rgba* above = row - kBefore * width;
    const Rgba* below = row + kBehind * width;
    std::uint32_t sum = 0;
    for (std::size_t x = 0; x < width; x += step_x) {
      sum += strength[static_cast<std::size_t>(difference(above[x], below[x]))];
    }
    profiles.rows[y] = static_cast<float>(sum * step_x) / static_cast<float>(width);
  }
  for (std::size_t x = 0; x <= width; ++x) {
    profiles.columns[x] = static_cast<float>(columns[x] * step_y) / static_cast<float>(height);
  }
  return profiles;
}

}  // namespace dgxp
