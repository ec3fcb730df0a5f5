#include "core/image/lock_palette.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <thread>

#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

constexpr std::array<ColorMetric, 5> kMetrics{ColorMetric::recover, ColorMetric::rgb,
                                              ColorMetric::oklab, ColorMetric::hyab,
                                              ColorMetric::ciede2000};

/// A noisy copy of some palette colours: what a lock is used for.
Image noisy(Random& random, Size size, const Palette& palette) {
  Image image = random.image(size, palette);
  for (Rgba& pixel : image.pixels) {
    if (pixel.a == 0) continue;
    for (std::uint8_t* channel : {&pixel.r, &pixel.g, &pixel.b})
      *channel = static_cast<std::uint8_t>(std::clamp(*channel + random.below(41) - 20, 0, 255));
  }
  return image;
}

}  // namespace

TEST_CASE("nearest equals the search for random colours, palettes and every metric") {
  Random random(1);
  for (const ColorMetric metric : kMetrics)
    for (const int count : {1, 2, 3, 16, 32, 100, 256}) {
      const Palette palette = random.palette(count);
      const PaletteMapper mapper(palette, metric);
      for (int i = 0; i < 300; ++i) {
        const Rgb color = random.color();
        REQUIRE(mapper.nearest(color) == nearest_by_search(color, palette, metric));
      }
    }
}

TEST_CASE("nearest equals the search for the colours around palette entries and cell borders") {
  Random random(2);
  for (const ColorMetric metric : kMetrics) {
    const Palette palette = random.palette(12);
    const PaletteMapper mapper(palette, metric);
    for (const Rgb entry : palette.colors)
      for (int d = -4; d <= 4; ++d) {
        const auto near = [&](int channel) {
          return static_cast<std::uint8_t>(std::clamp(channel + d, 0, 255));
        };
        const Rgb color{near(entry.r), entry.g, near(entry.b)};
        REQUIRE(mapper.nearest(color) == nearest_by_search(color, palette, metric));
      }
  }
}

TEST_CASE("an exact colour always wins and equal entries give the lowest position") {
  Random random(3);
  for (const ColorMetric metric : kMetrics) {
    Palette palette = random.palette(40);
    palette.colors.insert(palette.colors.begin() + 20, palette.colors.begin(),
                          palette.colors.begin() + 10);
    const PaletteMapper mapper(palette, metric);
    for (const Rgb color : palette.colors) CHECK(mapper.nearest(color) == *palette.find(color));
  }
}

TEST_CASE("ties between different entries give the lowest position") {
  const Palette palette{{{0, 0, 20}, {0, 0, 0}, {0, 0, 10}}};
  CHECK(PaletteMapper(palette, ColorMetric::rgb).nearest({0, 0, 15}) == 0);
  CHECK(PaletteMapper(palette, ColorMetric::rgb).nearest({0, 0, 5}) == 1);
}

TEST_CASE("lock maps each pixel alone and cuts alpha at the threshold") {
  Random random(4);
  const Palette palette = random.palette(9);
  const Image image = random.noise({20, 11});
  for (const int threshold : {1, 128, 255}) {
    Image expected(image.size);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
      if (image.pixels[i].a >= threshold)
        expected.pixels[i] = opaque(
            palette.colors[nearest_by_search(image.pixels[i].rgb(), palette, ColorMetric::oklab)]);
    CHECK(PaletteMapper(palette, ColorMetric::oklab).lock(image, Dither::none, threshold) ==
          expected);
  }
}

TEST_CASE("every dither leaves only palette colours and keeps the figure's shape") {
  Random random(5);
  for (const Dither dither : {Dither::none, Dither::bayer2, Dither::bayer4, Dither::bayer8,
                              Dither::floyd_steinberg, Dither::atkinson}) {
    const Palette palette = random.palette(6);
    const Image image = noisy(random, {33, 17}, palette);
    const Image locked = PaletteMapper(palette, ColorMetric::rgb).lock(image, dither, 128);
    REQUIRE(locked.size == image.size);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      REQUIRE(is_opaque(locked.pixels[i]) == is_opaque(image.pixels[i]));
      if (is_opaque(locked.pixels[i]))
        REQUIRE(palette.find(locked.pixels[i].rgb()));
      else
        REQUIRE(locked.pixels[i] == kTransparent);
    }
  }
}

TEST_CASE("a picture in palette colours passes every error diffusion unchanged") {
  Random random(6);
  const Palette palette = random.palette(8);
  const Image image = random.image({16, 16}, palette);
  const PaletteMapper mapper(palette, ColorMetric::rgb);
  CHECK(mapper.lock(image, Dither::none, 128) == image);
  CHECK(mapper.lock(image, Dither::floyd_steinberg, 128) == image);
  CHECK(mapper.lock(image, Dither::atkinson, 128) == image);
}

TEST_CASE("dithering a middle gray gives about half of black and white") {
  const Palette palette{{{0, 0, 0}, {255, 255, 255}}};
  const Image image({64, 64}, {128, 128, 128, 255});
  const PaletteMapper mapper(palette, ColorMetric::rgb);
  for (const Dither dither : {Dither::bayer2, Dither::bayer4, Dither::bayer8,
                              Dither::floyd_steinberg, Dither::atkinson}) {
    const Image locked = mapper.lock(image, dither, 128);
    const auto white = std::ranges::count(locked.pixels, Rgba{255, 255, 255, 255});
    CHECK(white > 64 * 64 * 45 / 100);
    CHECK(white < 64 * 64 * 56 / 100);
  }
}

TEST_CASE("error flows only between opaque pixels") {
  const Palette palette{{{0, 0, 0}, {255, 255, 255}}};
  Image image({3, 1}, {100, 100, 100, 255});
  image.at(1, 0) = {100, 100, 100, 0};
  const Image locked =
      PaletteMapper(palette, ColorMetric::rgb).lock(image, Dither::floyd_steinberg, 128);
  CHECK(locked.at(0, 0) == Rgba{0, 0, 0, 255});
  CHECK(locked.at(1, 0) == kTransparent);
  CHECK(locked.at(2, 0) == Rgba{0, 0, 0, 255});  // 100 + 7/16 of 100 would be white
}

TEST_CASE("threads that share a mapper get the answers of one thread") {
  Random random(7);
  const Palette palette = random.palette(32);
  const Image image = noisy(random, {200, 200}, palette);
  const Image expected = PaletteMapper(palette, ColorMetric::oklab).lock(image, Dither::none, 128);
  const PaletteMapper shared(palette, ColorMetric::oklab);
  std::array<Image, 4> locked;
  {
    std::vector<std::jthread> threads;
    for (Image& slot : locked)
      threads.emplace_back([&] { slot = shared.lock(image, Dither::none, 128); });
  }
  for (const Image& result : locked) CHECK(result == expected);
}
