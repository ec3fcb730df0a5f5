#include "core/image/lock_palette.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "core/image/cell_points.hpp"
#include "core/image/dither.hpp"
#include "core/image/png_codec.hpp"
#include "image_makers.hpp"
#include "tests/support/nearest_by_search.hpp"

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

/// Ordered dithering pixel by pixel: 1/n^2 steps of `strength` around the pixel's own colour,
/// unless the palette has it.
Image ordered_by_search(const Image& image, const Palette& palette, int n, int strength,
                        const std::vector<int>& matrix) {
  Image result(image.size);
  for (int y = 0; y < image.size.height; ++y)
    for (int x = 0; x < image.size.width; ++x) {
      const Rgba pixel = image.at(x, y);
      if (pixel.a < 128) continue;
      if (palette.find(pixel.rgb())) {
        result.at(x, y) = opaque(pixel.rgb());
        continue;
      }
      const int rank = matrix[static_cast<std::size_t>(y % n * n + x % n)];
      const int offset = (2 * rank + 1 - n * n) * strength / (2 * n * n);
      const auto moved = [&](int channel) {
        return static_cast<std::uint8_t>(std::clamp(channel + offset, 0, 255));
      };
      result.at(x, y) = opaque(palette.colors[nearest_by_search(
          {moved(pixel.r), moved(pixel.g), moved(pixel.b)}, palette, ColorMetric::rgb)]);
    }
  return result;
}

/// Error diffusion with one plane of error a channel for the whole picture.
Image diffused_by_search(const Image& image, const Palette& palette,
                         const std::vector<std::array<int, 3>>& shares, int bits) {
  Image result(image.size);
  std::map<std::pair<int, int>, std::array<int, 3>> errors;
  for (int y = 0; y < image.size.height; ++y)
    for (int x = 0; x < image.size.width; ++x) {
      const Rgba pixel = image.at(x, y);
      if (pixel.a < 128) continue;
      const auto came = errors[{x, y}];
      std::array<int, 3> wanted{pixel.r, pixel.g, pixel.b};
      for (std::size_t i = 0; i < 3; ++i)
        wanted[i] = std::clamp(
            wanted[i] + static_cast<int>(std::floor((came[i] + (1 << bits) / 2.0) / (1 << bits))),
            0, 255);
      const Rgb color = palette.colors[nearest_by_search(
          {static_cast<std::uint8_t>(wanted[0]), static_cast<std::uint8_t>(wanted[1]),
           static_cast<std::uint8_t>(wanted[2])},
          palette, ColorMetric::rgb)];
      result.at(x, y) = opaque(color);
      const std::array<int, 3> chosen{color.r, color.g, color.b};
      for (const auto& [dx, dy, weight] : shares)
        for (std::size_t i = 0; i < 3; ++i)
          errors[{x + dx, y + dy}][i] += (wanted[i] - chosen[i]) * weight;
    }
  return result;
}

}  // namespace

TEST_CASE("ordered dithering equals its definition pixel by pixel") {
  const std::vector<int> bayer2{0, 2, 3, 1};
  const std::vector<int> bayer4{0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5};
  Random random(11);
  for (const Size size : {Size{1, 1}, Size{7, 9}, Size{300, 5}, Size{513, 2}}) {
    const Palette palette = random.palette(7);
    const Image image = noisy(random, size, palette);
    const int strength = dither_strength(palette);
    const PaletteMapper mapper(palette, ColorMetric::rgb);
    CHECK(mapper.lock(image, Dither::bayer2, 128) ==
          ordered_by_search(image, palette, 2, strength, bayer2));
    CHECK(mapper.lock(image, Dither::bayer4, 128) ==
          ordered_by_search(image, palette, 4, strength, bayer4));
  }
}

TEST_CASE("ordered dithering leaves the palette's own colours alone, in every metric") {
  Random random(12);
  for (const int colors : {1, 2, 30, 256}) {
    const Palette palette = random.palette(colors);
    Image image({64, 64});
    for (Rgba& pixel : image.pixels)
      pixel = opaque(palette.colors[static_cast<std::size_t>(random.below(colors))]);
    for (const ColorMetric metric :
         {ColorMetric::rgb, ColorMetric::oklab, ColorMetric::hyab, ColorMetric::ciede2000}) {
      const PaletteMapper mapper(palette, metric);
      CHECK(mapper.lock(image, Dither::bayer2, 128) == image);
      CHECK(mapper.lock(image, Dither::bayer8, 128) == image);
    }
  }
}

TEST_CASE("the strength of ordered dithering is the step between neighbouring colours") {
  CHECK(dither_strength({{{0, 0, 0}, {30, 30, 30}, {60, 60, 60}}}) == 30);
  CHECK(dither_strength({{{0, 0, 0}, {0, 0, 0}}}) == 0);
}

TEST_CASE("error diffusion equals its definition pixel by pixel") {
  Random random(12);
  for (const Size size : {Size{1, 1}, Size{1, 9}, Size{9, 1}, Size{40, 23}}) {
    const Palette palette = random.palette(5);
    const Image image = noisy(random, size, palette);
    const PaletteMapper mapper(palette, ColorMetric::rgb);
    CHECK(mapper.lock(image, Dither::floyd_steinberg, 128) ==
          diffused_by_search(image, palette, {{1, 0, 7}, {-1, 1, 3}, {0, 1, 5}, {1, 1, 1}}, 4));
    CHECK(mapper.lock(image, Dither::atkinson, 128) ==
          diffused_by_search(image, palette,
                             {{1, 0, 1}, {2, 0, 1}, {-1, 1, 1}, {0, 1, 1}, {1, 1, 1}, {0, 2, 1}},
                             3));
  }
}

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

TEST_CASE("nearest equals the search in whole cells, for palettes that make it hard") {
  Random random(2);
  std::vector<Palette> palettes(5);
  for (int i = 0; i < 24; ++i) {
    const auto v = static_cast<std::uint8_t>(i * 11);
    const auto near = [&] { return static_cast<std::uint8_t>(100 + random.below(9)); };
    palettes[0].colors.push_back({v, v, v});                                     // a ramp of grays
    palettes[1].colors.push_back({near(), near(), near()});                      // a crowd
    palettes[2].colors.push_back({random.byte(), random.byte(), 255});           // blues
    palettes[3].colors.push_back(i % 2 == 0 ? Rgb{v, 0, 128} : Rgb{128, v, 0});  // opposite hues
    palettes[4].colors.push_back({static_cast<std::uint8_t>(random.below(12)),
                                  static_cast<std::uint8_t>(random.below(12)),
                                  static_cast<std::uint8_t>(random.below(12))});  // near black
  }
  for (const ColorMetric metric : kMetrics)
    for (const Palette& palette : palettes) {
      const PaletteMapper mapper(palette, metric);
      for (int round = 0; round < 12; ++round) {
        // Half of the cells lie around an entry, where most entries compete.
        Rgb low = random.color();
        if (round % 2 == 0) low = palette.colors[static_cast<std::size_t>(random.below(24))];
        for (std::size_t place = 0; place < kCellColors; ++place) {
          const Rgb color = cell_color(
              {static_cast<std::uint8_t>(low.r & 252U), static_cast<std::uint8_t>(low.g & 252U),
               static_cast<std::uint8_t>(low.b & 252U)},
              place);
          REQUIRE(mapper.nearest(color) == nearest_by_search(color, palette, metric));
        }
      }
    }
}

TEST_CASE("nearest equals the search in whole blocks, where bounds rule entries out at once") {
  Random random(9);
  for (const ColorMetric metric :
       {ColorMetric::rgb, ColorMetric::oklab, ColorMetric::hyab, ColorMetric::ciede2000})
    for (const int count : {2, 9, metric == ColorMetric::ciede2000 ? 40 : 200}) {
      const Palette palette = random.palette(count);
      const PaletteMapper mapper(palette, metric);
      for (const Rgb low : {Rgb{0, 0, 0}, Rgb{240, 240, 240}, Rgb{0, 16, 240}, Rgb{112, 96, 0}})
        for (int i = 0; i < 4096; i += 1 + random.below(5)) {
          const Rgb color{static_cast<std::uint8_t>(low.r + i / 256),
                          static_cast<std::uint8_t>(low.g + i / 16 % 16),
                          static_cast<std::uint8_t>(low.b + i % 16)};
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

TEST_CASE("a lock into positions is the locked picture, indexed") {
  Random random(8);
  for (int round = 0; round < 60; ++round) {
    constexpr std::array<Dither, 4> kDithers{Dither::none, Dither::bayer4, Dither::floyd_steinberg,
                                             Dither::none};
    constexpr std::array<int, 6> kCounts{1, 2, 17, 32, 255, 256};
    Palette palette = random.palette(kCounts.at(static_cast<std::size_t>(round % 6)));
    if (round % 5 == 0) palette.colors.push_back(palette.colors.front());
    if (palette.colors.size() > 256) palette.colors.pop_back();
    const bool has_holes = round % 2 == 0;
    const Size size{1 + random.below(90), 1 + random.below(40)};
    Image image = random.image(size, palette, has_holes ? 4 : 1000000);
    if (round % 3 == 0) image = noisy(random, size, palette);
    if (round % 4 == 0) std::ranges::fill(image.pixels, image.pixels.front());
    const PaletteMapper mapper(palette, ColorMetric::rgb);
    const Dither dither = kDithers.at(static_cast<std::size_t>(round % 4));
    const Image locked = mapper.lock(image, dither, 128);
    const auto expected = index_colors(locked);
    const auto indexed = mapper.lock_indexed(image, dither, 128);
    REQUIRE(indexed.has_value() == expected.has_value());
    if (!indexed) continue;
    REQUIRE(indexed->size == expected->size);
    REQUIRE(indexed->indexes == expected->indexes);
    REQUIRE(indexed->palette == expected->palette);
    REQUIRE(indexed->counts == with_counts(*expected).counts);
    for (const PngEffort effort : {PngEffort::fast, PngEffort::small})
      REQUIRE(encode_png(*indexed, effort) == encode_png(locked, effort));
  }
}

TEST_CASE("256 colours and a hole have no positions in a byte") {
  Palette palette;
  Image image({257, 1});
  for (int i = 0; i < 256; ++i) {
    palette.colors.push_back({static_cast<std::uint8_t>(i), 0, 0});
    image.at(i, 0) = opaque(palette.colors.back());
  }
  const PaletteMapper mapper(palette, ColorMetric::rgb);
  CHECK(!mapper.lock_indexed(image, Dither::none, 128));
  image.at(256, 0) = image.at(0, 0);
  const auto indexed = mapper.lock_indexed(image, Dither::none, 128);
  REQUIRE(indexed.has_value());
  CHECK(indexed->palette.size() == 256);
  CHECK(indexed->indexes == index_colors(image)->indexes);
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

namespace {

constexpr std::array<Dither, 6> kDithers{Dither::none,   Dither::bayer2,          Dither::bayer4,
                                         Dither::bayer8, Dither::floyd_steinberg, Dither::atkinson};

/// Frames side by side.
Image strip_of(const std::vector<Image>& frames) {
  const Size size = frames.front().size;
  Image strip({size.width * static_cast<int>(frames.size()), size.height});
  for (std::size_t i = 0; i < frames.size(); ++i)
    paste(strip, frames[i], {.x = size.width * static_cast<int>(i), .y = 0});
  return strip;
}

Image frame_of(const Image& strip, int width, int number) {
  return crop(strip, {.x = number * width, .y = 0, .width = width, .height = strip.size.height});
}

/// A figure in shades that no palette has.
Image shaded_figure(Random& random, Size size) {
  Image image(size);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      if (random.below(9) != 0)
        image.at(x, y) = {static_cast<std::uint8_t>(40 + 5 * x + random.below(3)),
                          static_cast<std::uint8_t>(60 + 4 * y),
                          static_cast<std::uint8_t>(200 - 3 * x), 255};
  return image;
}

}  // namespace

TEST_CASE("equal frames of a strip are dithered alike, wherever they stand in it") {
  Random random(21);
  const Palette palette = random.palette(7);
  const PaletteMapper mapper(palette, ColorMetric::rgb);
  for (const Size size : {Size{13, 9}, Size{1, 3}, Size{301, 2}}) {
    const Image figure = shaded_figure(random, size);
    for (const Dither dither : kDithers) {
      const Image locked =
          mapper.lock_frames(strip_of({figure, figure, figure}), size.width, dither, 128);
      const Image alone = mapper.lock(figure, dither, 128);
      CHECK(locked == strip_of({alone, alone, alone}));
    }
  }
}

TEST_CASE("pixels that do not change between frames keep their dithered colour") {
  Random random(22);
  const Palette palette = random.palette(7);
  const PaletteMapper mapper(palette, ColorMetric::oklab);
  for (int round = 0; round < 10; ++round) {
    const Size size{19, 23};
    std::vector<Image> frames{shaded_figure(random, size)};
    for (int i = 1; i < 4; ++i) {  // a part of it changes
      Image next = frames.back();
      const Point at{.x = random.below(14), .y = random.below(18)};
      for (int y = 0; y < 5; ++y)
        for (int x = 0; x < 5; ++x) next.at(at.x + x, at.y + y) = opaque(random.color());
      frames.push_back(next);
    }
    for (const Dither dither : kDithers) {
      const Image locked = mapper.lock_frames(strip_of(frames), size.width, dither, 128);
      for (int i = 1; i < 4; ++i) {
        const Image before = frame_of(locked, size.width, i - 1);
        const Image now = frame_of(locked, size.width, i);
        for (std::size_t p = 0; p < now.pixels.size(); ++p)
          if (frames[static_cast<std::size_t>(i)].pixels[p] ==
              frames[static_cast<std::size_t>(i - 1)].pixels[p])
            REQUIRE(now.pixels[p] == before.pixels[p]);
      }
    }
  }
}

TEST_CASE("error diffusion holds its colours against noise from frame to frame, but not a fade") {
  const Palette palette{{{0, 0, 0}, {255, 255, 255}}};
  const PaletteMapper mapper(palette, ColorMetric::rgb);
  const auto gray = [](int value) {
    const auto v = static_cast<std::uint8_t>(value);
    return Image({16, 16}, {v, v, v, 255});
  };
  const Image locked =
      mapper.lock_frames(strip_of({gray(100), gray(104), gray(96), gray(99), gray(105), gray(111)}),
                         16, Dither::floyd_steinberg, 128);
  const Image first = frame_of(locked, 16, 0);
  for (int i = 1; i < 4; ++i) CHECK(frame_of(locked, 16, i) == first);
  CHECK(frame_of(locked, 16, 4) == mapper.lock(gray(105), Dither::floyd_steinberg, 128));
  CHECK(frame_of(locked, 16, 5) == mapper.lock(gray(111), Dither::floyd_steinberg, 128));
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
