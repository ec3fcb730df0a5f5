#include "core/image/unblur_cells.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

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

TEST_CASE("measure_leak is within 0.01 of what a Gaussian blur lets into a cell") {
  // Two colours in stripes of six cells; far from the other edges each is blurred alone.
  constexpr int kCell = 24;
  constexpr int kSide = 36;
  for (const double deviation : {0.1, 0.2, 0.3, 0.4}) {
    const auto behind = [&](double place) {  // share of the colour behind an edge at 0, in cells
      return 0.5 + 0.5 * std::erf(place / deviation / std::sqrt(2.0));
    };
    Image raw({kSide * kCell, kSide * kCell});
    double leak = 0;
    for (int x = 0; x < raw.size.width; ++x) {
      const double place = (x + 0.5) / kCell;
      const double edge = 6 * std::round(place / 6);
      const double share = behind(place - edge);
      const bool is_light_behind = static_cast<int>(edge / 6) % 2 == 0;
      const auto value =
          static_cast<std::uint8_t>(std::lround(40 + 160 * (is_light_behind ? share : 1 - share)));
      for (int y = 0; y < raw.size.height; ++y) raw.at(x, y) = opaque({value, value, value});
      // The middle half of the cell before the first edge inside.
      if (place > 5.25 && place < 5.75) leak += behind(place - 6) / (kCell / 2.0);
    }
    CAPTURE(deviation);
    const double found = measure_leak(samples_of(raw, kCell)).across;
    CHECK(std::abs(found - leak) < 0.01);
  }
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
