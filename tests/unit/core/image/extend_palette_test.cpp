#include "core/image/extend_palette.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "core/image/color_counts.hpp"
#include "core/image/lock_palette.hpp"
#include "image_makers.hpp"
#include "tests/support/nearest_by_search.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

std::vector<const Image*> pointers(const std::vector<Image>& images) {
  std::vector<const Image*> result;
  result.reserve(images.size());
  for (const Image& image : images) result.push_back(&image);
  return result;
}

std::uint64_t squared_error(const std::vector<Image>& images, const Palette& palette) {
  std::uint64_t error = 0;
  for (const Image& image : images)
    for (const Rgba& pixel : image.pixels) {
      if (!is_opaque(pixel)) continue;
      const Rgb near = palette.colors[nearest_by_search(pixel.rgb(), palette, ColorMetric::rgb)];
      const auto square = [](std::int64_t a, std::int64_t b) {
        return static_cast<std::uint64_t>((a - b) * (a - b));
      };
      error += square(pixel.r, near.r) + square(pixel.g, near.g) + square(pixel.b, near.b);
    }
  return error;
}

std::vector<Image> random_set(std::uint32_t seed) {
  Random random(seed);
  std::vector<Image> images;
  images.reserve(12);
  for (int i = 0; i < 12; ++i) images.push_back(random.image({24, 24}, random.palette(20)));
  return images;
}

const Palette kBase{{{20, 20, 40}, {200, 30, 30}, {240, 240, 230}}};

}  // namespace

TEST_CASE("the palette's own colours stand first and as they were") {
  const std::vector<Image> images = random_set(1);
  const Palette palette = extend_palette(kBase, pointers(images), 5);
  REQUIRE(palette.colors.size() == 8);
  CHECK(std::equal(kBase.colors.begin(), kBase.colors.end(), palette.colors.begin()));
  for (std::size_t i = 0; i < palette.colors.size(); ++i)
    CHECK(palette.find(palette.colors[i]) == static_cast<int>(i));
}

TEST_CASE("noise around the palette's own colours buys no colour, another one does") {
  Random random(2);
  const Rgb green{60, 200, 90};
  Image image({64, 64});
  for (Rgba& pixel : image.pixels) {
    const int which = random.below(40);
    const Rgb color = which == 0 ? green : kBase.colors[static_cast<std::size_t>(which % 3)];
    const auto shaken = [&](int channel) {
      return static_cast<std::uint8_t>(channel + random.below(11) - 5);
    };
    pixel = {shaken(color.r), shaken(color.g), shaken(color.b), 255};
  }
  const std::vector<const Image*> images{&image};
  const Palette palette = extend_palette(kBase, images, 1);
  REQUIRE(palette.colors.size() == 4);
  const Rgb added = palette.colors.back();
  CHECK(std::abs(added.r - green.r) <= 1);
  CHECK(std::abs(added.g - green.g) <= 1);
  CHECK(std::abs(added.b - green.b) <= 1);
}

TEST_CASE("pictures with few other colours give exactly these, from dark to light") {
  Image first({3, 1});
  first.pixels = {{255, 255, 255, 255}, {9, 9, 9, 0}, {20, 20, 40, 255}};
  const Image second({1, 1}, {90, 90, 90, 255});
  const std::vector<const Image*> images{&first, &second};
  CHECK(extend_palette(kBase, images, 8).colors ==
        std::vector<Rgb>{
            {20, 20, 40}, {200, 30, 30}, {240, 240, 230}, {90, 90, 90}, {255, 255, 255}});
}

TEST_CASE("pictures of the palette's own colours, or of none, add nothing") {
  const Image empty({4, 4});
  const Image own({4, 4}, {200, 30, 30, 255});
  const std::vector<const Image*> images{&empty, &own};
  CHECK(extend_palette(kBase, images, 3) == kBase);
  CHECK(extend_palette(kBase, {}, 3) == kBase);
}

TEST_CASE("more colours never make the error larger, and their number reaches to 256") {
  const std::vector<Image> images = random_set(3);
  std::uint64_t before = squared_error(images, kBase);
  for (const int count : {1, 2, 4, 8, 64, 253}) {
    const Palette palette = extend_palette(kBase, pointers(images), count);
    CHECK(palette.colors.size() <= kBase.colors.size() + static_cast<std::size_t>(count));
    const std::uint64_t error = squared_error(images, palette);
    CHECK(error < before);
    before = error;
  }
  CHECK(before == 0);  // 12 pictures of 20 colours have 240
}

TEST_CASE("the order of pictures does not change what a palette is extended by") {
  const std::vector<Image> images = random_set(4);
  auto order = pointers(images);
  const Palette palette = extend_palette(kBase, order, 9);
  std::ranges::reverse(order);
  CHECK(extend_palette(kBase, order, 9) == palette);
  std::ranges::rotate(order, order.begin() + 5);
  CHECK(extend_palette(kBase, order, 9) == palette);
}

TEST_CASE("a set of very many colours is extended in no time and still well") {
  Image image({256, 256});
  for (int y = 0; y < 256; ++y)
    for (int x = 0; x < 256; ++x)
      image.at(x, y) = {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
                        static_cast<std::uint8_t>(x ^ y), 255};
  const std::vector<Image> images{image};
  const std::uint64_t before = squared_error(images, kBase);
  CHECK(squared_error(images, extend_palette(kBase, pointers(images), 13)) * 4 < before);
}

TEST_CASE("count_colors counts opaque pixels only, sorted by colour") {
  Image image({4, 1});
  image.pixels = {{9, 0, 0, 255}, {1, 2, 3, 255}, {9, 0, 0, 255}, {7, 7, 7, 0}};
  const std::vector<const Image*> images{&image, &image};
  const auto counts = count_colors(images);
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].color == Rgb{1, 2, 3});
  CHECK(counts[0].pixels == 2);
  CHECK(counts[1].color == Rgb{9, 0, 0});
  CHECK(counts[1].pixels == 4);
}

TEST_CASE("settle_colors leaves the first ones where they are") {
  const std::vector<ColorCount> counts{{{0, 0, 0}, 3}, {{10, 0, 0}, 1}, {{200, 0, 0}, 5}};
  CHECK(settle_colors({{4, 0, 0}, {150, 0, 0}}, counts, 1) ==
        std::vector<Rgb>{{4, 0, 0}, {200, 0, 0}});
  CHECK(settle_colors({{4, 0, 0}, {150, 0, 0}}, counts) ==
        std::vector<Rgb>{{3, 0, 0}, {200, 0, 0}});
}
