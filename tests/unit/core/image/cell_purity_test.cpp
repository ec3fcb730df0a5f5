#include "core/image/cell_purity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <doctest/doctest.h>

#include "core/image/find_grid.hpp"
#include "tests/unit/core/image/image_makers.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::draw_raw;

using Sum = std::array<int, 3>;

int difference(const Sum& a, const Sum& b) {
  return (std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2])) / 9;
}

/// The middles (in cells) of the parts, the cell's own first, and the half width of each.
std::pair<std::vector<std::array<double, 2>>, double> parts_of(double cell) {
  std::vector<std::array<double, 2>> centres{{0.5, 0.5}};
  const bool is_small = cell < 20;
  const double first = is_small ? std::clamp(1.4 / cell, 0.3, 0.5) : 0.2;
  const double span = 1 - 2 * first;
  const int steps =
      is_small ? 1 : std::clamp(static_cast<int>(std::ceil((1 - 2 * 0.2) * cell / 5)), 2, 12);
  for (int y = 0; y <= steps; ++y) {
    for (int x = 0; x <= steps; ++x) {
      centres.push_back(is_small
                            ? std::array{x == 0 ? first : 1 - first, y == 0 ? first : 1 - first}
                            : std::array{first + span * x / steps, first + span * y / steps});
    }
  }
  return {centres, is_small ? std::clamp(first - 1.2 / cell, 0.0, 0.11) : span / steps / 3};
}

/// Pixel by pixel and cell by cell.
CellPurity measure_slowly(const Image& image, const Grid& grid) {
  const int width = static_cast<int>(grid.columns.size()) - 1;
  const int height = static_cast<int>(grid.rows.size()) - 1;
  const double cell = (grid.columns.back() - grid.columns.front()) / width;
  const auto [centres, half_width] = parts_of(cell);
  const auto tap = [&](const std::vector<double>& lines, int i, double centre, int part,
                       int length) {
    const double from = lines[static_cast<std::size_t>(i)];
    const double to = lines[static_cast<std::size_t>(i) + 1];
    const double place = std::floor(from + (centre + half_width * (part - 1)) * (to - from));
    return std::clamp(static_cast<int>(place), 0, length - 1);
  };
  const auto color = [&](int x, int y, const std::array<double, 2>& centre) {
    Sum sum{};
    for (int i = 0; i < 9; ++i) {
      const Rgba& p = image.at(tap(grid.columns, x, centre[0], i % 3, image.size.width),
                               tap(grid.rows, y, centre[1], i / 3, image.size.height));
      sum = {sum[0] + p.r, sum[1] + p.g, sum[2] + p.b};
    }
    return sum;
  };
  CellPurity purity;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Sum middle = color(x, y, {0.5, 0.5});
      int inside = 0;
      for (const auto& centre : centres) {
        inside = std::max(inside, difference(middle, color(x, y, centre)));
      }
      int outside = 0;
      for (const Point to : {Point{-1, 0}, {1, 0}, {0, -1}, {0, 1}}) {
        if (x + to.x >= 0 && x + to.x < width && y + to.y >= 0 && y + to.y < height) {
          outside = std::max(outside, difference(middle, color(x + to.x, y + to.y, {0.5, 0.5})));
        }
      }
      const bool is_broken = inside >= 40 && inside >= 0.4 * outside;
      purity.is_broken.push_back(is_broken ? 1 : 0);
      purity.broken += is_broken ? 1 : 0;
      purity.edged += !is_broken && outside >= 40 ? 1 : 0;
    }
  }
  return purity;
}

}  // namespace

TEST_CASE("measure_purity says what looking at every cell on its own says") {
  testing::Random random(5);
  for (const double cell : {2.5, 3.7, 6.0, 11.3, 19.9, 20.0, 33.4}) {
    for (const Size cells : {Size{1, 1}, {1, 9}, {7, 1}, {2, 3}, {9, 8}, {21, 13}}) {
      const Image native = random.image(cells, random.palette(3));
      const auto along = [&](int count) { return static_cast<int>(count * cell) + 1; };
      Image raw = synthetic::draw_raw(native, {along(cells.width), along(cells.height)},
                                      {.cell = cell, .blur = 1, .noise = 30});
      const Grid grid = make_even_grid(raw.size, cell, {random.below(4), random.below(4)});
      const CellPurity expected = measure_slowly(raw, grid);
      const CellPurity found = measure_purity(raw, grid);
      REQUIRE(found.is_broken == expected.is_broken);
      REQUIRE(found.broken == expected.broken);
      REQUIRE(found.edged == expected.edged);
    }
  }
}

TEST_CASE("measure_purity finds no broken cell on the true grid, and many on others") {
  const Image raw = draw_raw(blot({40, 40}, 2, 5), {480, 480}, {.cell = 12, .blur = 1, .noise = 6});
  CHECK(measure_purity(raw, make_even_grid(raw.size, 12, {})).broken == 0);
  CHECK(measure_purity(raw, make_even_grid(raw.size, 24, {})).broken_share() > 0.2);
  CHECK(measure_purity(raw, make_even_grid(raw.size, 36, {})).broken_share() > 0.2);
  CHECK(measure_purity(raw, make_even_grid(raw.size, 13.1, {})).broken_share() > 0.05);
}

TEST_CASE("measure_purity names the cell that is not of one colour") {
  Image raw({40, 40});
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) {
      raw.at(x, y) =
          x / 10 == 2 && y / 10 == 1 && x % 10 < 5 ? Rgba{255, 255, 255, 255} : Rgba{0, 0, 0, 255};
    }
  }
  const CellPurity purity = measure_purity(raw, make_even_grid(raw.size, 10, {}));
  CHECK(purity.broken == 1);
  REQUIRE(purity.is_broken.size() == 16);
  CHECK(purity.is_broken[6] == 1);
}

TEST_CASE("measure_purity says nothing of a flat picture or of a grid without cells") {
  Image raw({40, 40});
  CHECK(measure_purity(raw, make_even_grid(raw.size, 10, {})).broken_share() == 0);
  CHECK(measure_purity(raw, Grid{}).broken_share() == 0);
}

}  // namespace dgxp
