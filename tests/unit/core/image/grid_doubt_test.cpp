#include "core/image/grid_doubt.hpp"

#include <doctest/doctest.h>

#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::draw_raw;

/// Trust in an even grid of `cell` pixels on a picture of cells of 12 pixels.
double trust(double cell, const GridExpectation& expectation = {}) {
  const Image raw = draw_raw(blot({40, 40}, 2, 5), {480, 480}, {.cell = 12, .blur = 1, .noise = 6});
  const Grid grid = make_even_grid(raw.size, cell, {});
  return trust_in_grid(grid, measure_purity(raw, grid), sample_cells(raw, grid, SampleTilts::no),
                       expectation);
}

}  // namespace

TEST_CASE("trust_in_grid doubts grids that are too coarse or too fine, not the right one") {
  CHECK(trust(12) == doctest::Approx(1));
  CHECK(trust(24) < 0.5);
  CHECK(trust(36) < 0.5);
  CHECK(trust(48) < 0.5);
  CHECK(trust(6) <= 0.5);
  CHECK(trust(4) <= 0.5);
}

TEST_CASE("trust_in_grid doubts cells that are not about as large as expected") {
  CHECK(trust(12, {.cell_width = 12, .cell_height = 12}) == doctest::Approx(1));
  CHECK(trust(12, {.cell_width = 14, .cell_height = 14}) == doctest::Approx(1));
  CHECK(trust(12, {.cell_width = 24, .cell_height = 24}) == doctest::Approx(0.5));
  CHECK(trust(12, {.cell_width = 6, .cell_height = 6}) == doctest::Approx(0.5));
}

TEST_CASE("trust_in_grid accepts blocks of cells where cells of this size are expected") {
  CHECK(trust(6, {.cell_width = 6, .cell_height = 6}) > 0.9);
}

TEST_CASE("trust_in_grid accepts blocks of pixels in a native picture") {
  const Image raw = draw_raw(blot({40, 40}, 2, 5), {80, 80}, {.cell = 2});
  const Grid grid = make_even_grid(raw.size, 1, {});
  CHECK(trust_in_grid(grid, measure_purity(raw, grid), sample_cells(raw, grid, SampleTilts::no),
                      {}) == doctest::Approx(1));
}

}  // namespace dgxp
