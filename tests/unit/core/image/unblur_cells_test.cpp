#include "core/image/unblur_cells.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include <doctest/doctest.h>

#include "core/image/choose_grid.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::Damage;
using synthetic::draw_raw;

Image soft_blot(int blur) {
  return draw_raw(blot({40, 40}, 2, 5), {640, 640}, {.cell = 16, .blur = blur, .noise = 3});
}

RecoverSpec with_grid(double grid) {
  RecoverSpec spec;
  spec.grid = grid;
  return spec;
}

CellSamples samples_of(const Image& raw, double cell) {
  return sample_cells(raw, *choose_grid(raw, with_grid(cell), {}));
}

/// Mean distance of what cells show from their true colours, in red + green + blue.
double mean_error(const CellSamples& cells, const Image& truth) {
  double sum = 0;
  for (std::size_t i = 0; i < cells.colors.size(); ++i) {
    const Rgba& p = truth.pixels[i];
    const Rgb color = p.a == 0 ? synthetic::kBackdrop : p.rgb();
    const std::array<double, 3> want{static_cast<double>(color.r), static_cast<double>(color.g),
                                     static_cast<double>(color.b)};
    for (std::size_t c = 0; c < 3; ++c) {
      sum += std::abs(static_cast<double>(cells.colors[i][c]) - want[c]);
    }
  }
  return sum / static_cast<double>(cells.colors.size());
}

}  // namespace

TEST_CASE("measure_leak tells how soft edges are") {
  const CellLeak sharp = measure_leak(samples_of(soft_blot(0), 16));
  CHECK(sharp.across == doctest::Approx(0).epsilon(0.001));
  CHECK(sharp.down == doctest::Approx(0).epsilon(0.001));
  // Boxes of seven and eleven pixels, twice: deviations of 0.18 and 0.28 cells.
  const CellLeak soft = measure_leak(samples_of(soft_blot(3), 16));
  CHECK(soft.across > 0.008);
  CHECK(soft.across < 0.03);
  const CellLeak softer = measure_leak(samples_of(soft_blot(5), 16));
  CHECK(softer.across > 0.04);
  CHECK(softer.across < 0.08);
  CHECK(softer.down == doctest::Approx(softer.across).epsilon(0.3));
}

TEST_CASE("measure_leak does not take a grid that is off in places for blur") {
  const Image raw =
      draw_raw(blot({40, 40}, 2, 5), {640, 640}, {.cell = 16, .warp = 0.3, .noise = 3});
  const CellLeak leak = measure_leak(samples_of(raw, 16));
  CHECK(leak.across < 0.008);
  CHECK(leak.down < 0.008);
}

TEST_CASE("measure_leak says nothing of pictures without edges") {
  CellSamples flat = samples_of(Image({64, 64}, opaque({9, 9, 9})), 8);
  const auto before = flat.colors;
  unblur_cells(flat);
  CHECK(flat.colors == before);
}

TEST_CASE("unblur_cells brings blurred colours back near to the true ones") {
  const Image truth = blot({40, 40}, 2, 5);
  for (const int blur : {4, 5, 6}) {
    CellSamples cells = samples_of(soft_blot(blur), 16);
    const double before = mean_error(cells, truth);
    unblur_cells(cells);
    CAPTURE(blur);
    CHECK(2.5 * mean_error(cells, truth) < before);
  }
}

}  // namespace dgxp
