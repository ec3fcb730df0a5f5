#include "core/image/source_grid.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "core/image/exact_grid.hpp"
#include "tests/unit/core/image/soft_enlargement.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::differences;
using synthetic::on_backdrop;
using synthetic::palette;
using synthetic::softly_enlarged;
using synthetic::trimmed;

}  // namespace

TEST_CASE("recover_native reads what was enlarged by interpolation, and is sure of it") {
  const Image native = blot({36, 36}, 2, 11);
  for (const auto& shape :
       {synthetic::KernelShape(synthetic::tent), synthetic::KernelShape(synthetic::cubic),
        synthetic::KernelShape(synthetic::lanczos)}) {
    for (const int side : {108, 481}) {
      CAPTURE(side);
      const auto found =
          recover_native(softly_enlarged(on_backdrop(native), {side, side}, shape), {}, palette());
      REQUIRE(found);
      CHECK(found->native.size == native.size);
      CHECK(differences(trimmed(found->native), trimmed(native)) == 0);
      CHECK(found->quality > 0.95);
      CHECK(found->grid.cell_width == doctest::Approx(side / 36.0));
      CHECK(found->grid.columns.back() == doctest::Approx(side));
    }
  }
}

TEST_CASE("recover_native reads soft enlargements with transparency, without a palette") {
  const Image native = blot({24, 24}, 2, 12);
  const auto found =
      recover_native(softly_enlarged(native, {240, 240}, synthetic::cubic), {}, Palette{});
  REQUIRE(found);
  CHECK(differences(found->native, native) == 0);
}

TEST_CASE("recover_native reads pixels that were repeated first and interpolated then") {
  const Image native = on_backdrop(blot({28, 28}, 2, 13));
  const Image raw = softly_enlarged(synthetic::enlarged(native, 4), {448, 448}, synthetic::tent);
  const auto found = recover_native(raw, {.background = Background::none}, Palette{});
  REQUIRE(found);
  CHECK(differences(found->native, native) == 0);
  CHECK(found->grid.cell_width == doctest::Approx(16));
}

TEST_CASE("recover_master takes a soft enlargement of the strip that was asked for") {
  const Image native = blot({32, 32}, 2, 14);
  const Image raw = softly_enlarged(on_backdrop(native), {512, 512}, synthetic::cubic);
  const auto master = recover_master(raw, {}, palette(), 0, {.frame_size = {32, 32}});
  REQUIRE(master);
  CHECK(differences(master->image, native) == 0);
  CHECK(master->quality > kDoubtfulQuality);
}

TEST_CASE("a told grid is kept, whatever the picture was enlarged from") {
  const Image raw =
      softly_enlarged(on_backdrop(blot({24, 24}, 2, 15)), {192, 192}, synthetic::tent);
  RecoverSpec spec;
  spec.grid = 16;
  const auto found = recover_native(raw, spec, palette());
  REQUIRE(found);
  CHECK(found->native.size == Size{12, 12});
}

TEST_CASE("choose_source_grid takes pixels of many colours for cells where so many are asked for") {
  const Image source = synthetic::static_noise({40, 40}, 3);
  CHECK_FALSE(choose_source_grid(source, {}, {}));
  const auto grid = choose_source_grid(source, {}, {.cell_width = 1.0, .cell_height = 1.0});
  REQUIRE(grid);
  CHECK(grid->columns == make_pixel_grid(source.size).columns);
}

TEST_CASE("recover_native reads even cells through blur and noise, and is sure of them") {
  const Image native = blot({36, 36}, 2, 17);
  for (const int blur : {3, 4, 5}) {
    CAPTURE(blur);
    const Image raw =
        synthetic::draw_raw(native, {432, 432}, {.cell = 12, .blur = blur, .noise = 4});
    const auto found = recover_native(raw, {}, palette());
    REQUIRE(found);
    CHECK(differences(found->native, native) == 0);
    CHECK(found->quality > kDoubtfulQuality);
  }
}

TEST_CASE("divide_evenly fills a picture with cells") {
  const Grid even = divide_evenly({12, 10}, {4, 5});
  CHECK(even.columns == std::vector<double>{0, 3, 6, 9, 12});
  CHECK(even.rows == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(even.cell_width == 3);
  CHECK(even.cell_height == 2);
}

TEST_CASE("is_even_grid asks for the same lines, but for the outer ones") {
  Grid grid = divide_evenly({120, 100}, {10, 10});
  CHECK(is_even_grid(grid, {120, 100}, {10, 10}));
  CHECK_FALSE(is_even_grid(grid, {120, 100}, {20, 20}));
  grid.columns.pop_back();
  CHECK(is_even_grid(grid, {120, 100}, {10, 10}));
  for (double& line : grid.rows) {
    line += 3;
  }
  CHECK_FALSE(is_even_grid(grid, {120, 100}, {10, 10}));
}

TEST_CASE("recover_native does not fit even cells to soft ones that begin elsewhere") {
  const Image native = blot({36, 36}, 2, 18);
  const Image raw =
      synthetic::draw_raw(native, {448, 448}, {.cell = 12, .offset = 4, .blur = 4, .noise = 3});
  const auto found = recover_native(raw, {}, palette());
  REQUIRE(found);
  CHECK(differences(trimmed(found->native), trimmed(native)) == 0);
}

}  // namespace dgxp
