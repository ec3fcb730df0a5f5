#include "core/image/sample_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include "core/image/find_grid.hpp"
#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp {
namespace {

/// Of the pixels of one cell along an axis: the middle, and the edges of four parts.
struct SlowSpan {
  int first;
  int end;
  std::array<int, 5> bins;
  bool fine;
};

SlowSpan slow_span(double begin, double end, int length) {
  const double width = end - begin;
  const auto pixel = [&](double share) {
    return static_cast<int>(std::floor(begin + share * width + 0.5));
  };
  SlowSpan span{};
  span.first = std::clamp(pixel(width < 2.5 ? 0.0 : 0.25), 0, length - 1);
  span.end = std::clamp(pixel(width < 2.5 ? 1.0 : 0.75), span.first + 1, length);
  for (std::size_t i = 0; i < 5; ++i) {
    span.bins[i] = pixel((1.0 + static_cast<double>(i)) / 6);
  }
  span.fine =
      span.bins[0] >= 0 && span.bins[4] <= length &&
      std::ranges::adjacent_find(span.bins, std::ranges::greater_equal{}) == span.bins.end();
  return span;
}

/// Means of red + green + blue over boxes tell the tilts towards the border before and behind.
std::array<float, 2> slow_tilts(const std::array<double, 4>& means, double middle) {
  constexpr std::array<double, 4> kWeights{-0.52, -0.24, 0.42, 1.08};
  double before = 0;
  double behind = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    behind += kWeights[i] * (means[i] - middle);
    before += kWeights[3 - i] * (means[i] - middle);
  }
  return {static_cast<float>(before), static_cast<float>(behind)};
}

/// Every cell box by box.
CellSamples sample_slowly(const Image& image, const Grid& grid) {
  CellSamples cells;
  cells.size = {static_cast<int>(grid.columns.size()) - 1, static_cast<int>(grid.rows.size()) - 1};
  for (std::size_t i = 0; i < static_cast<std::size_t>(cells.size.area()); ++i) {
    const std::size_t c = i % static_cast<std::size_t>(cells.size.width);
    const std::size_t r = i / static_cast<std::size_t>(cells.size.width);
    const GridWarp::Shift shift = grid.warp.at((grid.columns[c] + grid.columns[c + 1]) / 2,
                                               (grid.rows[r] + grid.rows[r + 1]) / 2);
    const SlowSpan x =
        slow_span(grid.columns[c] + shift.x, grid.columns[c + 1] + shift.x, image.size.width);
    const SlowSpan y =
        slow_span(grid.rows[r] + shift.y, grid.rows[r + 1] + shift.y, image.size.height);
    std::array<std::int64_t, 5> sum{};  // red, green, blue, squares of all, pixels
    const auto add_box = [&](int left, int right, int top, int bottom) {
      sum = {};
      for (int py = top; py < bottom; ++py) {
        for (int px = left; px < right; ++px) {
          const Rgba& p = image.at(px, py);
          const int all = p.r + p.g + p.b;
          sum = {sum[0] + p.r, sum[1] + p.g, sum[2] + p.b, sum[3] + all * all, sum[4] + 1};
        }
      }
      return static_cast<double>(sum[0] + sum[1] + sum[2]) / static_cast<double>(sum[4]);
    };
    const double all = add_box(x.first, x.end, y.first, y.end);
    const auto count = static_cast<double>(sum[4]);
    cells.colors.push_back({static_cast<float>(static_cast<double>(sum[0]) / count),
                            static_cast<float>(static_cast<double>(sum[1]) / count),
                            static_cast<float>(static_cast<double>(sum[2]) / count)});
    const double variance = static_cast<double>(sum[3]) / count - all * all;
    cells.spread.push_back(static_cast<float>(std::sqrt(std::max(0.0, variance))));
    std::array<std::array<float, 2>, 2> tilts{};
    std::array<double, 4> means{};
    for (std::size_t i4 = 0; i4 < 4 && x.fine; ++i4) {
      means[i4] = add_box(x.bins[i4], x.bins[i4 + 1], y.first, y.end);
    }
    tilts[0] = x.fine ? slow_tilts(means, all) : tilts[0];
    for (std::size_t i4 = 0; i4 < 4 && y.fine; ++i4) {
      means[i4] = add_box(x.first, x.end, y.bins[i4], y.bins[i4 + 1]);
    }
    tilts[1] = y.fine ? slow_tilts(means, all) : tilts[1];
    cells.tilts.push_back({tilts[0][0], tilts[0][1], tilts[1][0], tilts[1][1]});
  }
  return cells;
}

}  // namespace

TEST_CASE("sample_cells says what looking at boxes of pixels one by one says") {
  testing::Random random(11);
  for (const Size size : {Size{40, 37}, {4, 5}, {131, 64}, {1, 1}}) {
    for (const double cell : {1.0, 2.4, 2.6, 5.5, 6.0, 9.3, 16.2, 70.0}) {
      Image image = random.noise(size);
      std::ranges::fill(image.pixels.begin(), image.pixels.begin() + size.width / 2,
                        opaque({255, 255, 255}));
      Grid grid = make_even_grid(size, cell, {random.below(5), random.below(5)});
      if (size.width > 9 && cell > 2) {
        const std::vector<WarpClue> clues{{.x = 10, .y = 20, .away = 0.2 * cell, .weight = 9},
                                          {.x = 30, .y = 10, .away = -0.3 * cell, .weight = 9}};
        grid.warp = GridWarp(size, clues, clues);
      }
      const CellSamples expected = sample_slowly(image, grid);
      const CellSamples found = sample_cells(image, grid);
      REQUIRE(found.size == expected.size);
      REQUIRE(found.colors == expected.colors);
      REQUIRE(found.spread == expected.spread);
      REQUIRE(found.tilts == expected.tilts);
    }
  }
}

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
