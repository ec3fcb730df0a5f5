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

PictureEdges measure_slowly(const Image& image) {
  const int width = image.size.width;
  const int height = image.size.height;
  const int threshold = slow_threshold(image);
  struct Sum {
    int clear = 0;
    int faint = 0;
    void add(const Rgba& a, const Rgba& b, int threshold, int step) {
      clear += step * std::clamp(difference(a, b) - threshold, 0, 90);
      faint += step * std::min(difference(a, b), threshold);
    }
  };
  const auto empty = [&] {
    return EdgeProfiles{std::vector<float>(static_cast<std::size_t>(width) + 1),
                        std::vector<float>(static_cast<std::size_t>(height) + 1)};
  };
  PictureEdges edges{.clear = empty(), .faint = empty()};
  const int step_x = width >= 512 ? 2 : 1;
  const int step_y = height >= 512 ? 2 : 1;
  for (int x = 0; x <= width; ++x) {
    const int near = std::clamp(x, 2, width - 2);
    Sum sum;
    for (int y = 0; y < height; y += step_y) {
      sum.add(image.at(near - 2, y), image.at(near + 1, y), threshold, step_y);
    }
    const auto at = static_cast<std::size_t>(x);
    edges.clear.columns[at] =
        x == near ? static_cast<float>(sum.clear) / static_cast<float>(height) : 0.0F;
    edges.faint.columns[at] = static_cast<float>(sum.faint) / static_cast<float>(height);
  }
  for (int y = 0; y <= height; ++y) {
    const int near = std::clamp(y, 2, height - 2);
    Sum sum;
    for (int x = 0; x < width; x += step_x) {
      sum.add(image.at(x, near - 2), image.at(x, near + 1), threshold, step_x);
    }
    const auto at = static_cast<std::size_t>(y);
    edges.clear.rows[at] =
        y == near ? static_cast<float>(sum.clear) / static_cast<float>(width) : 0.0F;
    edges.faint.rows[at] = static_cast<float>(sum.faint) / static_cast<float>(width);
  }
  return edges;
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
      const PictureEdges expected = measure_slowly(image);
      for (const SimdLevel level : {SimdLevel::baseline, simd_level()}) {
        const PictureEdges found = measure_edges(image, level);
        REQUIRE(found.clear.columns == expected.clear.columns);
        REQUIRE(found.clear.rows == expected.clear.rows);
        REQUIRE(found.faint.columns == expected.faint.columns);
        REQUIRE(found.faint.rows == expected.faint.rows);
      }
    }
  }
}

}  // namespace dgxp
