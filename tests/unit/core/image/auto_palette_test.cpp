#include "core/image/auto_palette.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "core/image/lock_palette.hpp"
#include "image_makers.hpp"
#include "tests/support/nearest_by_search.hpp"

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

TEST_CASE("pictures that are counted one by one and gone give the same palette") {
  ColorCounter counter;
  for (int i = 11; i >= 0; --i) counter.add(random_set(1)[static_cast<std::size_t>(i)]);
  const std::vector<Image> images = random_set(1);
  const auto palette = auto_palette_of_counts(std::move(counter).take(), 16);
  REQUIRE(palette);
  CHECK(*palette == *make_auto_palette(pointers(images), 16));
}

TEST_CASE("noisy copies of few colours give these colours") {
  Random random(2);
  const std::vector<Rgb> truth{{20, 20, 40}, {200, 30, 30}, {60, 200, 90}, {240, 240, 230}};
  Image image({64, 64});
  for (Rgba& pixel : image.pixels) {
    const Rgb color = truth[static_cast<std::size_t>(random.below(4))];
    const auto shaken = [&](int channel) {
      return static_cast<std::uint8_t>(channel + random.below(11) - 5);
    };
    pixel = {shaken(color.r), shaken(color.g), shaken(color.b), 255};
  }
  const std::vector<const Image*> images{&image};
  const auto palette = make_auto_palette(images, 4);
  REQUIRE(palette);
  REQUIRE(palette->colors.size() == 4);
  for (const Rgb color : truth) {
    const Rgb near = palette->colors[nearest_by_search(color, *palette, ColorMetric::rgb)];
    CHECK(std::abs(near.r - color.r) <= 1);
    CHECK(std::abs(near.g - color.g) <= 1);
    CHECK(std::abs(near.b - color.b) <= 1);
  }
}

TEST_CASE("a set with more distinct colours than any table starts with is counted in full") {
  Image image({256, 64});
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 256; ++x)
      image.at(x, y) = {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(4 * y), 7, 255};
  const std::vector<const Image*> images{&image};
  const auto palette = make_auto_palette(images, 16);
  REQUIRE(palette);
  // 16 colours over an even 256 x 256 square: no pixel is farther away than half a diagonal of
  // a ninth of it.
  for (const Rgba& pixel : image.pixels) {
    const Rgb near = palette->colors[nearest_by_search(pixel.rgb(), *palette, ColorMetric::rgb)];
    REQUIRE(std::hypot(near.r - pixel.r, near.g - pixel.g) < 64);
  }
}

TEST_CASE("pictures without an opaque pixel are an error") {
  const Image empty({4, 4});
  const std::vector<const Image*> images{&empty};
  const auto palette = make_auto_palette(images, 4);
  REQUIRE_FALSE(palette);
  CHECK(palette.error().message == "no picture has an opaque pixel to make a palette of");
}
