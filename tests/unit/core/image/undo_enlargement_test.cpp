#include "core/image/undo_enlargement.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "core/image/even_cells.hpp"
#include "tests/unit/core/image/soft_enlargement.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::differences;
using synthetic::KernelShape;
using synthetic::on_backdrop;
using synthetic::softly_enlarged;

/// The most that a channel is off.
int most_off(const Image& a, const Image& b) {
  int most = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    most = std::max({most, std::abs(a.pixels[i].r - b.pixels[i].r),
                     std::abs(a.pixels[i].g - b.pixels[i].g),
                     std::abs(a.pixels[i].b - b.pixels[i].b)});
  }
  return most;
}

/// On a ground from which little is cut off at 0 and 255.
Image on_slate(Image image) {
  for (Rgba& p : image.pixels) {
    p = p.a == 0 ? opaque({70, 74, 92}) : p;
  }
  return image;
}

std::optional<Image> undo(const Image& raw) {
  const auto source = undo_enlargement(raw, find_side_choices(raw), EnlargementProof::exact);
  return source ? std::optional(source->image) : std::nullopt;
}

}  // namespace

TEST_CASE("undo_enlargement gives back every pixel, for whole and other factors") {
  const Image native = on_slate(blot({24, 20}, 2, 5));
  for (const double factor : {2.0, 2.5, 3.0, 4.0, 6.7, 8.0, 13.37}) {
    CAPTURE(factor);
    const Size size{static_cast<int>(24 * factor + 0.5), static_cast<int>(20 * factor + 0.5)};
    for (const KernelShape& shape : {KernelShape(synthetic::tent), KernelShape(synthetic::cubic)}) {
      const auto source = undo(softly_enlarged(native, size, shape));
      REQUIRE(source);
      CHECK(differences(*source, native) == 0);
    }
    // What rings beyond 0 and 255 is lost.
    const auto source = undo(softly_enlarged(native, size, synthetic::lanczos));
    REQUIRE(source);
    CHECK(most_off(*source, native) <= 10);
  }
}

TEST_CASE("undo_enlargement gives back pictures that were stretched") {
  const Image native = on_slate(blot({24, 20}, 2, 6));
  const auto source = undo(softly_enlarged(native, {240, 130}, synthetic::cubic));
  REQUIRE(source);
  CHECK(differences(*source, native) == 0);
}

TEST_CASE("undo_enlargement gives back transparency") {
  const Image native = blot({24, 24}, 2, 7);
  const auto source = undo(softly_enlarged(native, {168, 168}, synthetic::tent));
  REQUIRE(source);
  CHECK(differences(*source, native) == 0);
}

TEST_CASE("undo_enlargement leaves alone what was not enlarged by interpolation") {
  const Image native = on_backdrop(blot({36, 36}, 2, 8));
  CHECK_FALSE(undo(native));
  CHECK_FALSE(undo(synthetic::enlarged(native, 8)));
  CHECK_FALSE(undo(synthetic::static_noise({128, 128}, 3)));
  CHECK_FALSE(undo(Image({128, 128}, opaque({40, 80, 120}))));
  CHECK_FALSE(undo(Image({3, 3}, opaque({40, 80, 120}))));
  CHECK_FALSE(undo(Image{}));
  Image slope({160, 160});
  for (int y = 0; y < 160; ++y) {
    for (int x = 0; x < 160; ++x) {
      slope.at(x, y) = opaque({static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 90});
    }
  }
  CHECK_FALSE(undo(slope));
  for (const double cell : {8.0, 9.3}) {
    CHECK_FALSE(
        undo(synthetic::draw_raw(native, {static_cast<int>(36 * cell), static_cast<int>(36 * cell)},
                                 {.cell = cell, .blur = 2, .noise = 2})));
  }
}

TEST_CASE("undo_enlargement leaves alone an enlargement with something drawn upon it") {
  Image raw = softly_enlarged(on_backdrop(blot({24, 24}, 2, 9)), {192, 192}, synthetic::tent);
  for (int y = 40; y < 70; ++y) {
    for (int x = 30; x < 100; ++x) {
      raw.at(x, y) = opaque({static_cast<std::uint8_t>((x * 7 + y * 13) % 200), 30, 60});
    }
  }
  CHECK_FALSE(undo(raw));
}

TEST_CASE("find_even_cells counts cells through blur and noise") {
  const Image native = on_backdrop(blot({32, 32}, 2, 10));
  const Image raw = synthetic::draw_raw(native, {384, 384}, {.cell = 12, .blur = 3, .noise = 8});
  for (const CellAxis axis : {CellAxis::across, CellAxis::down}) {
    const std::vector<EvenCells> cells = find_even_cells(raw, axis);
    REQUIRE_FALSE(cells.empty());
    CHECK(cells.front().count == 32);
    CHECK(cells.front().agreement > 0.5);
  }
}

TEST_CASE("find_even_cells finds nothing in noise") {
  CHECK(find_even_cells(synthetic::static_noise({300, 300}, 5), CellAxis::across).empty());
}

TEST_CASE("undo_enlargement tells likely sources through noise and blur") {
  const Image native = on_slate(blot({32, 32}, 2, 16));
  const auto likely = [](const Image& raw) {
    return undo_enlargement(raw, find_side_choices(raw), EnlargementProof::likely);
  };
  const Image smooth = softly_enlarged(native, {320, 320}, synthetic::cubic);
  const auto noisy = likely(synthetic::draw_raw(smooth, smooth.size, {.cell = 1, .noise = 5}));
  REQUIRE(noisy);
  CHECK(noisy->interpolation.kernel == Kernel::catmull_rom);
  CHECK(most_off(noisy->image, native) <= 12);
  const auto blurred =
      likely(synthetic::draw_raw(native, {512, 512}, {.cell = 16, .blur = 6, .noise = 3}));
  REQUIRE(blurred);
  CHECK(blurred->interpolation.kernel == Kernel::blurred);
  CHECK(blurred->interpolation.blur == doctest::Approx(0.33).epsilon(0.1));  // two boxes of 13
  CHECK(most_off(blurred->image, native) <= 20);
  // Uneven cells are no enlargement, nor is noise.
  CHECK_FALSE(likely(synthetic::draw_raw(
      native, {560, 560}, {.cell = 16, .offset = 24, .drift = 0.7, .blur = 3, .noise = 3})));
  CHECK_FALSE(likely(synthetic::static_noise({256, 256}, 9)));
}

}  // namespace dgxp
