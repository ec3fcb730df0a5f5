#include "core/image/refine_grid.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/image/find_grid.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {

TEST_CASE("refine_grid moves displaced lines to the edges, to parts of a pixel") {
  const Image truth = synthetic::blot({24, 24}, 1, 3);
  const Image raw = synthetic::draw_raw(truth, {264, 264}, {.cell = 11, .blur = 1, .noise = 6});
  const Grid even = make_even_grid(raw.size, 11, {0, 0});
  Grid displaced = even;
  for (std::size_t i = 0; i < displaced.columns.size(); ++i) {
    displaced.columns[i] += i % 2 == 0 ? 1.5 : -1.2;
    displaced.rows[i] += i % 3 == 0 ? -1.5 : 0.8;
  }
  const Grid refined = refine_grid(raw, displaced, sample_cells(raw, displaced));
  for (std::size_t i = 3; i + 3 < even.columns.size(); ++i) {
    CHECK(std::abs(refined.columns[i] - even.columns[i]) < 0.35);
    CHECK(std::abs(refined.rows[i] - even.rows[i]) < 0.35);
  }
}

TEST_CASE("refine_grid bends lines that sway along their length") {
  const Image truth = synthetic::blot({32, 32}, 2, 3);
  const Image raw =
      synthetic::draw_raw(truth, {384, 384}, {.cell = 12, .warp = 0.35, .blur = 1, .noise = 6});
  const Grid even = make_even_grid(raw.size, 12, {0, 0});
  Grid refined = refine_grid(raw, even, sample_cells(raw, even));
  const auto wrong_cells = [&](const Grid& grid) {
    const CellSamples cells = sample_cells(raw, grid);
    int wrong = 0;
    for (std::size_t i = 0; i < truth.pixels.size(); ++i) {
      const Rgba& p = truth.pixels[i];
      const Rgb want = p.a == 0 ? synthetic::kBackdrop : p.rgb();
      const auto off = [&](std::size_t c, int v) {
        return std::abs(cells.colors[i][c] - static_cast<float>(v));
      };
      wrong += off(0, want.r) + off(1, want.g) + off(2, want.b) > 24 ? 1 : 0;
    }
    return wrong;
  };
  const int bent = wrong_cells(refined);
  refined.warp = {};
  const int straight = wrong_cells(refined);
  CHECK(straight > 40);
  CHECK(bent * 5 < straight);
}

TEST_CASE("refine_grid keeps the lines of a picture without edges in order") {
  const Image raw({120, 120}, opaque({70, 80, 90}));
  const Grid even = make_even_grid(raw.size, 10, {0, 0});
  const Grid refined = refine_grid(raw, even, sample_cells(raw, even));
  CHECK(std::ranges::is_sorted(refined.columns));
  CHECK(refined.columns.front() == doctest::Approx(0.0));
  CHECK(refined.columns.back() == doctest::Approx(120.0));
  CHECK(refined.warp.at(60, 60).x == 0);
}

}  // namespace dgxp
