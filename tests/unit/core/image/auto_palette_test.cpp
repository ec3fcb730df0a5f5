#include "core/image/auto_palette.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "core/image/lock_palette.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

std::vector<const Image*> pointers(const std::vector<Image>& images) {
  std::vector<const Image*> result;
  for (const Image& image : images) result.push_back(&image);
  return result;
}

std::vector<Image> random_set(std::uint32_t seed) {
  Random random(seed);
  std::vector<Image> images;
  for (int i = 0; i < 12; ++i) images.push_back(random.image({24, 24}, random.palette(20)));
  return images;
}

}  // namespace

TEST_CASE("a set of few colours gives exactly these, from dark to light") {
  Image first({3, 1});
  first.pixels = {{255, 255, 255, 255}, {9, 9, 9, 0}, {10, 0, 0, 255}};
  Image second({1, 1}, {90, 90, 90, 255});
  const std::vector<const Image*> images{&first, &second};
  const auto palette = make_auto_palette(images, 8);
  REQUIRE(palette);
  CHECK(palette->colors == std::vector<Rgb>{{10, 0, 0}, {90, 90, 90}, {255, 255, 255}});
}

TEST_CASE("neither the order of pictures nor a second run changes the palette") {
  const std::vector<Image> images = random_set(1);
  auto order = pointers(images);
  const auto palette = make_auto_palette(order, 16);
  REQUIRE(palette);
  CHECK(palette->colors.size() <= 16);
  CHECK(palette->colors.size() > 8);
  std::ranges::reverse(order);
  CHECK(*make_auto_palette(order, 16) == *palette);
  std::ranges::rotate(order, order.begin() + 5);
  CHECK(*make_auto_palette(order, 16) == *palette);
}

TEST_CASE("pictures without an opaque pixel are an error") {
  const Image empty({4, 4});
  const std::vector<const Image*> images{&empty};
  const auto palette = make_auto_palette(images, 4);
  REQUIRE_FALSE(palette);
  CHECK(palette.error().message == "no picture has an opaque pixel to make a palette of");
}
