#include <algorithm>
#include <optional>

#include <doctest/doctest.h>

#include "core/image/recover_master.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::differences;
using synthetic::draw_raw;
using synthetic::enlarged;
using synthetic::on_backdrop;
using synthetic::palette;
using synthetic::trimmed;

RecoverSpec with_background(Background background, std::optional<Rgb> key = {}) {
  RecoverSpec spec;
  spec.background = background;
  spec.key = key;
  return spec;
}

}  // namespace

TEST_CASE("recover_native removes the background that was asked for") {
  Image truth = blot({24, 24}, 3, 6);
  truth.at(12, 12) = kTransparent;  // a hole that shows the backdrop
  Palette with_backdrop = palette();
  with_backdrop.colors.push_back(synthetic::kBackdrop);
  const Image raw = draw_raw(truth, {264, 264}, {.cell = 11, .noise = 4});
  SUBCASE("a border flood leaves enclosed cells of a palette colour") {
    const auto found = recover_native(raw, {}, with_backdrop);
    REQUIRE(found);
    Image expected = truth;
    expected.at(12, 12) = opaque(synthetic::kBackdrop);
    CHECK(trimmed(found->native) == trimmed(expected));
  }
  SUBCASE("a border flood clears holes in a colour that the palette does not have") {
    const auto found = recover_native(raw, {}, palette());
    REQUIRE(found);
    CHECK(trimmed(found->native) == trimmed(truth));
  }
  SUBCASE("a chroma key clears holes, also when the model missed the key") {
    const auto found = recover_native(
        raw, with_background(Background::chroma_key, Rgb{230, 20, 240}), with_backdrop);
    REQUIRE(found);
    CHECK(trimmed(found->native) == trimmed(truth));
  }
  SUBCASE("none keeps every cell") {
    const auto found = recover_native(raw, with_background(Background::none), with_backdrop);
    REQUIRE(found);
    CHECK(trimmed(found->native).size == found->native.size);
  }
}

TEST_CASE("recover_native opens what a figure encloses only where it is told and is sure") {
  Image truth = blot({24, 24}, 3, 6);
  for (int y = 10; y < 13; ++y) {
    for (int x = 8; x < 11; ++x) truth.at(x, y) = kTransparent;  // the inside of a ring
  }
  const Rgb near{228, 24, 228};  // an eye, to the palette of the backdrop's colour
  truth.at(15, 12) = opaque(near);
  const Image raw = draw_raw(truth, {264, 264}, {.cell = 11, .noise = 4});
  Image opened = truth;
  opened.at(15, 12) = opaque(synthetic::kBackdrop);
  Image closed = opened;
  for (int y = 10; y < 13; ++y) {
    for (int x = 8; x < 11; ++x) closed.at(x, y) = opaque(synthetic::kBackdrop);
  }
  Palette with_backdrop = palette();
  with_backdrop.colors.push_back(synthetic::kBackdrop);
  RecoverSpec spec;
  const auto found = [&] {
    const auto recovered = recover_native(raw, spec, with_backdrop);
    REQUIRE(recovered);
    return trimmed(recovered->native);
  };
  CHECK(found() == trimmed(closed));
  spec.holes = true;
  CHECK(found() == trimmed(opened));
  spec.metric = ColorMetric::oklab;
  CHECK(found() == trimmed(opened));
  SUBCASE("a chroma key opens them by itself, and all of its colour") {
    for (const bool holes : {false, true}) {
      spec = with_background(Background::chroma_key, synthetic::kBackdrop);
      spec.holes = holes;
      Image keyed = truth;
      keyed.at(15, 12) = kTransparent;
      CHECK(found() == trimmed(keyed));
    }
  }
  SUBCASE("no background, no holes") {
    spec.background = Background::none;
    const auto recovered = recover_native(raw, spec, with_backdrop);
    REQUIRE(recovered);
    CHECK(std::ranges::all_of(recovered->native.pixels, [](Rgba p) { return p.a == 255; }));
  }
}

TEST_CASE("recover_native opens holes without a palette too") {
  Image truth = blot({24, 24}, 3, 6);
  for (int y = 10; y < 13; ++y) {
    for (int x = 8; x < 11; ++x) truth.at(x, y) = kTransparent;
  }
  RecoverSpec spec;
  const Image raw = enlarged(on_backdrop(truth), 9);
  for (const bool holes : {false, true}) {
    spec.holes = holes;
    const auto found = recover_native(raw, spec, {});
    REQUIRE(found);
    CHECK(trimmed(found->native).at(6, 8).a == (holes ? 0 : 255));
  }
}

TEST_CASE("recover_native keeps the transparency of an upscale") {
  const Image truth = blot({32, 24}, 2, 2);
  const auto found = recover_native(enlarged(truth, 5), {}, {});
  REQUIRE(found);
  CHECK(found->native == truth);
}

TEST_CASE("recover_native reads a figure on a transparent background") {
  const Image truth = blot({30, 30}, 2, 4);
  Image raw = draw_raw(truth, {345, 345}, {.cell = 11.5, .noise = 5});
  for (int y = 0; y < raw.size.height; ++y) {
    for (int x = 0; x < raw.size.width; ++x) {
      const int u = static_cast<int>(x / 11.5);
      const int v = static_cast<int>(y / 11.5);
      raw.at(x, y).a = truth.contains(u, v) && truth.at(u, v).a != 0 ? 250 : 3;
    }
  }
  const auto found = recover_native(raw, {}, palette());
  REQUIRE(found);
  CHECK(differences(trimmed(found->native), trimmed(truth)) == 0);
}

TEST_CASE("a background that is no colour of a full palette is removed in every metric") {
  Palette full;
  for (int i = 0; i < 256; ++i) {
    full.colors.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i), 0});
  }
  Image raw({64, 64}, Rgba{255, 0, 255, 255});
  for (int y = 16; y < 48; ++y) {
    for (int x = 16; x < 48; ++x)
      raw.at(x, y) = x < 32 ? Rgba{40, 40, 0, 255} : Rgba{200, 200, 0, 255};
  }
  for (const ColorMetric metric : {ColorMetric::recover, ColorMetric::rgb, ColorMetric::oklab,
                                   ColorMetric::hyab, ColorMetric::ciede2000}) {
    CAPTURE(to_text(metric));
    RecoverSpec spec;
    spec.metric = metric;
    spec.grid = 8;
    const auto found = recover_native(raw, spec, full);
    REQUIRE(found);
    CHECK(found->native.at(0, 0).a == 0);
    CHECK(found->native.at(3, 3) == Rgba{40, 40, 0, 255});
    CHECK(found->native.at(5, 5) == Rgba{200, 200, 0, 255});
  }
}

}  // namespace dgxp
