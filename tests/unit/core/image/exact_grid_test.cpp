#include "core/image/exact_grid.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

Image enlarged(const Image& image, int factor) {
  Image large({image.size.width * factor, image.size.height * factor});
  for (int y = 0; y < large.size.height; ++y) {
    for (int x = 0; x < large.size.width; ++x) {
      large.at(x, y) = image.at(x / factor, y / factor);
    }
  }
  return large;
}

Image cut_left(const Image& image, int columns) {
  Image part({image.size.width - columns, image.size.height});
  for (int y = 0; y < part.size.height; ++y) {
    for (int x = 0; x < part.size.width; ++x) {
      part.at(x, y) = image.at(x + columns, y);
    }
  }
  return part;
}

}  // namespace

TEST_CASE("find_exact_grid reads the factor and the offset of an enlargement") {
  const Image native = synthetic::blot({20, 16}, 1, 4);
  const auto whole = find_exact_grid(enlarged(native, 7));
  REQUIRE(whole);
  CHECK(whole->cell_width == 7);
  CHECK(whole->columns.front() == 0);
  CHECK(whole->columns.size() == 21);
  const auto cut = find_exact_grid(cut_left(enlarged(native, 7), 3));
  REQUIRE(cut);
  CHECK(cut->cell_width == 7);
  CHECK(cut->columns[0] == -3);
}

TEST_CASE("find_exact_grid refuses native, flat and damaged pictures") {
  const Image native = synthetic::blot({20, 16}, 1, 4);
  CHECK_FALSE(find_exact_grid(native));
  CHECK_FALSE(find_exact_grid(Image({64, 64}, opaque({1, 2, 3}))));
  Image damaged = enlarged(native, 7);
  damaged.at(72, 51) = opaque({255, 254, 0});
  CHECK_FALSE(find_exact_grid(damaged));
}

TEST_CASE("find_exact_grid reads cells that were stretched, but not from a few lines") {
  const Image native = synthetic::on_backdrop(synthetic::blot({24, 24}, 1, 6));
  const auto stretched = [&](const Image& source) {
    Image large({source.size.width * 10, source.size.height * 12});
    for (int y = 0; y < large.size.height; ++y) {
      for (int x = 0; x < large.size.width; ++x) {
        large.at(x, y) = source.at(x / 10, y / 12);
      }
    }
    return large;
  };
  const auto grid = find_exact_grid(stretched(native));
  REQUIRE(grid);
  CHECK(grid->columns.size() == 25);
  CHECK(grid->rows.size() == 25);
  CHECK(grid->cell_width == 10);
  CHECK(grid->cell_height == 12);
  Image bars({4, 4}, opaque({10, 20, 30}));
  bars.at(1, 1) = opaque({200, 20, 30});
  CHECK(find_exact_grid(stretched(bars))->cell_width == 2);
}

TEST_CASE("is_native tells native pictures from enlarged ones") {
  const Image native = synthetic::blot({40, 40}, 1, 4);
  CHECK(is_native(native));
  CHECK_FALSE(is_native(enlarged(native, 2)));
  CHECK_FALSE(is_native(synthetic::draw_raw(native, {430, 430}, {.cell = 10.7})));
  CHECK_FALSE(is_native(synthetic::static_noise({64, 64}, 1)));
}

TEST_CASE("is_native does not take the soft edges of an enlarged picture for details") {
  // From one column to the next in three steps, as bilinear scaling does; few colours.
  const Image native = synthetic::blot({24, 24}, 1, 4);
  Image soft({72, 72});
  for (int y = 0; y < 72; ++y) {
    for (int x = 0; x < 72; ++x) {
      const Rgba& a = native.at(x / 3, y / 3);
      const Rgba& b = native.at(std::min(23, x / 3 + 1), y / 3);
      const auto mixed = [x](int p, int q) {
        return static_cast<std::uint8_t>(p + (q - p) * (x % 3) / 3);
      };
      soft.at(x, y) = opaque({mixed(a.r, b.r), mixed(a.g, b.g), mixed(a.b, b.b)});
    }
  }
  CHECK_FALSE(is_native(soft));
}

TEST_CASE("is_native takes a picture of 256 colours for native, one of more not") {
  const auto picture = [](int colors) {
    Image image({64, 64});
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      const auto color = static_cast<int>(i) * 7 % colors;
      // Words whose hashes meet: multiples of a power of two.
      image.pixels[i] = opaque({static_cast<std::uint8_t>(color % 2 * 200),
                                static_cast<std::uint8_t>(color / 256 + 4 * (color % 64)),
                                static_cast<std::uint8_t>(color % 256 / 64)});
    }
    return image;
  };
  CHECK(is_native(picture(256)));
  CHECK_FALSE(is_native(picture(257)));
}

}  // namespace dgxp
