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

TEST_CASE("is_native knows large cells whose colours a JPEG let run over their borders") {
  // Brightness is sharp; what is left of the colour was kept for every other pixel and is mixed of
  // the two that are nearest. Rounding differs from column to column.
  constexpr int kCell = 16;
  const Image native = synthetic::on_backdrop(synthetic::blot({11, 11}, 1, 4));
  Image stored({11 * kCell, 11 * kCell});
  const auto brightness = [](const Rgba& p) { return 0.299 * p.r + 0.587 * p.g + 0.114 * p.b; };
  for (int y = 0; y < stored.size.height; ++y) {
    for (int x = 0; x < stored.size.width; ++x) {
      const auto cell = [&](int dx, int dy) -> const Rgba& {
        return native.at(std::clamp(x + dx, 0, stored.size.width - 1) / kCell,
                         std::clamp(y + dy, 0, stored.size.height - 1) / kCell);
      };
      const int dx = x % 2 == 0 ? -2 : 2;
      const int dy = y % 2 == 0 ? -2 : 2;
      const double own = brightness(cell(0, 0));
      const auto mixed = [&](std::uint8_t Rgba::* channel) {
        const auto rest = [&](const Rgba& p) { return p.*channel - brightness(p); };
        const double value = own + 0.5625 * rest(cell(0, 0)) + 0.1875 * rest(cell(dx, 0)) +
                             0.1875 * rest(cell(0, dy)) + 0.0625 * rest(cell(dx, dy));
        return static_cast<std::uint8_t>(std::clamp(value + 0.4 + 0.2 * (x % 2), 0.0, 255.0));
      };
      stored.at(x, y) = opaque({mixed(&Rgba::r), mixed(&Rgba::g), mixed(&Rgba::b)});
    }
  }
  CHECK(has_few_colors(stored));
  CHECK_FALSE(is_native(stored));
}

TEST_CASE("is_native knows sheets of large patches with lines around them") {
  constexpr int kPatch = 16;
  Image sheet({8 * kPatch, 8 * kPatch});
  for (int y = 0; y < sheet.size.height; ++y) {
    for (int x = 0; x < sheet.size.width; ++x) {
      const bool is_line = x % kPatch == 0 || y % kPatch == 0;
      const int patch = y / kPatch * 8 + x / kPatch;
      const auto value = [&](int factor) {
        return static_cast<std::uint8_t>(80 + patch * factor % 160);
      };
      sheet.at(x, y) = is_line ? opaque({20, 20, 30}) : opaque({value(37), value(53), value(71)});
    }
  }
  CHECK(is_native(sheet));
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
