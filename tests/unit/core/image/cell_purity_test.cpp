#include "core/image/cell_purity.hpp"

#include <doctest/doctest.h>

#include "core/image/find_grid.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::draw_raw;

}  // namespace

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
