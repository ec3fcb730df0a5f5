#include "core/image/grid_profile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "image_makers.hpp"

namespace dgxp {
namespace {

using testing::Random;

int difference(const Rgba& a, const Rgba& b) {
  return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
}

/// What flat parts show, from every place that is looked at.
int slow_threshold(const Image& image) {
  std::vector<int> seen;
  for (int y = 1; y < image.size.height; y += 5) {
    for (int x = 2 + y % 3; x + 1 < image.size.width; x += 7) {
      seen.push_back(difference(image.at(x - 2, y), image.at(x + 1, y)));
    }
  }
  std::ranges::sort(seen);
  const int median = seen.empty() ? 0 : seen[(seen.size() - 1) / 2];
  return std::clamp(median * 5 / 2, 18, 90);
}

EdgeProfiles measure_slowly(const Image& image) {
  const int width = image.size.width;
  const int height = image.size.height;
  const int threshold = slow_threshold(image);
  const auto strength = [&](const Rgba& a, const Rgba& b) {
    return std::clamp(difference(a, b) - threshold, 0, 90);
  };
  EdgeProfiles profiles{std::vector<float>(static_cast<std::size_t>(width) + 1),
                        std::vector<float>(static_cast<std::size_t>(height) + 1)};
  const int step_x = width >= 512 ? 2 : 1;
  const int step_y = height >= 512 ? 2 : 1;
  for (int x = 2; x + 1 < width; ++x) {
    int sum = 0;
    for (int y = 0; y < height; y += step_y) {
      sum += step_y * strength(image.at(x - 2, y), image.at(x + 1, y));
    }
    profiles.columns[static_cast<std::size_t>(x)] =
        static_cast<float>(sum) / static_cast<float>(height);
  }
  for (int y = 2; y + 1 < height; ++y) {
    int sum = 0;
    for (int x = 0; x < width; x += step_x) {
      sum += step_x * strength(image.at(x, y - 2), image.at(x, y + 1));
    }
    profiles.rows[static_cast<std::size_t>(y)] =
        static_cast<float>(sum) / static_cast<float>(width);
  }
  return profiles;
}

/// Pixels that differ by no more than `span` a channel from a colour that changes now and then.
Image patches(Random& random, Size size, int span) {
  Image image(size);
  std::array<int, 3> base{};
  for (Rgba& p : image.pixels) {
    if (random.below(9) == 0) {
      for (int& channel : base) {
        channel = random.below(257 - span);
      }
    }
    const auto near = [&](std::size_t c) {
      return static_cast<std::uint8_t>(base.at(c) + random.below(span));
    };
    p = {near(0), near(1), near(2), random.byte()};
  }
  return image;
}

}  // namespace

TEST_CASE("measure_edges finds the same edges at every level, as the slow way does") {
  Random random(3);
  for (const Size size : {Size{4, 4},
                          {5, 9},
                          {12, 4},
                          {33, 40},
                          {64, 7},
                          {511, 20},
                          {512, 5},
                          {523, 31},
                          {17, 515},
                          {530, 514}}) {
    for (const int span : {1, 12, 256}) {
      const Image image = patches(random, size, span);
      const EdgeProfiles expected = measure_slowly(image);
      for (const SimdLevel level : {SimdLevel::baseline, simd_level()}) {
        const EdgeProfiles found = measure_edges(image, level);
        REQUIRE(found.columns == expected.columns);
        REQUIRE(found.rows == expected.rows);
      }
    }
  }
}

}  // namespace dgxp
