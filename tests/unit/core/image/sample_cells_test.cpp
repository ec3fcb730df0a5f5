#include "core/image/sample_cells.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/image/find_grid.hpp"

namespace dgxp {

TEST_CASE("sample_cells tells the mean, the tilts and the spread of a cell's middle") {
  // Two cells of 8x8: one even, one that rises by 2 a pixel in red to the right.
  Image image({16, 8});
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 16; ++x) {
      const int red = x < 8 ? 50 : 100 + 2 * (x - 8);
      image.at(x, y) = {static_cast<std::uint8_t>(red), 20, 30, 255};
    }
  }
  const CellSamples cells = sample_cells(image, make_even_grid(image.size, 8, {0, 0}));
  REQUIRE(cells.size == Size{2, 1});
  CHECK(cells.colors[0] == std::array<float, 3>{50, 20, 30});
  CHECK(cells.colors[1] == std::array<float, 3>{107, 20, 30});
  CHECK(cells.tilts[0] == std::array<float, 4>{0, 0, 0, 0});
  // About 8 to the border that is half a cell away.
  CHECK(cells.tilts[1][0] == doctest::Approx(-8).epsilon(0.15));
  CHECK(cells.tilts[1][1] == doctest::Approx(8).epsilon(0.15));
  CHECK(std::abs(cells.tilts[1][2]) < 0.01F);
  CHECK(std::abs(cells.tilts[1][3]) < 0.01F);
  const CellSamples plain =
      sample_cells(image, make_even_grid(image.size, 8, {0, 0}), SampleTilts::no);
  CHECK(plain.colors == cells.colors);
  CHECK(plain.tilts[1] == std::array<float, 4>{0, 0, 0, 0});
  CHECK(cells.spread[0] == 0.0F);
  CHECK(cells.spread[1] == doctest::Approx(2.236).epsilon(0.001));
}

TEST_CASE("sample_cells lets the border pixels speak for cells outside of the image") {
  const Image image({4, 4}, opaque({7, 8, 9}));
  Grid grid;
  grid.columns = {-20, -10, 0, 4, 40};
  grid.rows = {0, 4};
  const CellSamples cells = sample_cells(image, grid);
  REQUIRE(cells.colors.size() == 4);
  for (const auto& color : cells.colors) {
    CHECK(color == std::array<float, 3>{7, 8, 9});
  }
}

TEST_CASE("transparent_cells follows the greater part of the middle") {
  Image image({8, 4}, opaque({1, 2, 3}));
  for (int y = 0; y < 4; ++y) {
    image.at(1, y).a = 10;
    image.at(2, y).a = 10;
    image.at(5, y).a = 200;
  }
  const auto clear = transparent_cells(image, make_even_grid(image.size, 4, {0, 0}), 128);
  CHECK(clear == std::vector<std::uint8_t>{1, 0});
}

}  // namespace dgxp
