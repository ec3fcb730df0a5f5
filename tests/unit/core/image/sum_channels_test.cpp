#include "core/image/sum_channels.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "image_makers.hpp"

namespace dgxp {
namespace {

ChannelSums sum_slowly(const Image& image, const Rect& rect) {
  ChannelSums sums{};
  for (int y = rect.y; y < rect.y + rect.height; ++y) {
    for (int x = rect.x; x < rect.x + rect.width; ++x) {
      const Rgba& p = image.at(x, y);
      sums = {sums[0] + p.r, sums[1] + p.g, sums[2] + p.b};
    }
  }
  return sums;
}

}  // namespace

TEST_CASE("sum_channels adds up every pixel of a rectangle and none beside it") {
  testing::Random random(4);
  const Image image = random.noise({23, 19});
  for (int x = 0; x <= 23; ++x) {
    for (int width = 0; x + width <= 23; ++width) {
      const int y = random.below(19);
      const Rect rect{x, y, width, random.below(20 - y)};
      REQUIRE(sum_channels(image, rect) == sum_slowly(image, rect));
    }
  }
  const Image bright({7, 1100}, opaque({255, 254, 253}));
  const Rect most{1, 3, 6, 1090};
  CHECK(sum_channels(bright, most) == sum_slowly(bright, most));
}

}  // namespace dgxp
