#include "core/image/recover_master.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "core/procedural/draw_procedural.hpp"
#include "tests/unit/core/image/soft_enlargement.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

using synthetic::blot;
using synthetic::Damage;
using synthetic::differences;
using synthetic::draw_raw;
using synthetic::enlarged;
using synthetic::on_backdrop;
using synthetic::palette;
using synthetic::trimmed;

RecoverSpec with_grid(double grid, std::optional<Point> offset = {}) {
  RecoverSpec spec;
  spec.grid = grid;
  spec.offset = offset;
  return spec;
}

RecoverSpec without_despeckle() {
  RecoverSpec spec;
  spec.despeckle = 0;
  return spec;
}

/// Blots side by side, each in a frame of its own.
Image strip_of(int frames, Size frame, int margin) {
  Image strip({frame.width * frames, frame.height});
  for (int i = 0; i < frames; ++i) {
    const Image part = blot(frame, margin, static_cast<std::uint32_t>(i + 3));
    for (int y = 0; y < frame.height; ++y) {
      for (int x = 0; x < frame.width; ++x) {
        strip.at(i * frame.width + x, y) = part.at(x, y);
      }
    }
  }
  return strip;
}

}  // namespace

TEST_CASE("recover_native reads real-valued cell sizes, offsets, drift, blur and noise") {
  const Image truth = blot({36, 36}, 2, 1);
  const Damage cases[] = {
      {.cell = 13.37, .offset = 9.3},
      {.cell = 14, .drift = 0.7},
      {.cell = 13.7, .stretch_y = 0.985, .offset = 6, .blur = 1, .noise = 6},
      {.cell = 13.1, .offset = 20, .drift = -0.6, .blur = 1, .noise = 8, .cell_noise = 4},
      {.cell = 7.3, .offset = 3, .noise = 5},
  };
  for (const Damage& damage : cases) {
    CAPTURE(damage.cell);
    const int side = static_cast<int>(damage.cell * 36 + 2 * damage.offset);
    const auto found = recover_native(draw_raw(truth, {side, side}, damage), {}, palette());
    REQUIRE(found);
    CHECK(differences(trimmed(found->native), trimmed(truth)) == 0);
    CHECK(found->grid.cell_width == doctest::Approx(damage.cell).epsilon(0.03));
    CHECK(found->grid.confidence > 0.5);
    CHECK(found->quality > 0.5);
  }
}

TEST_CASE("recover_native reads walls of large stones cell by cell, not in fours") {
  constexpr int kSide = 58;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Image sheet({kSide, kSide});
    for (int tile = 0; tile < 9; ++tile) {
      const Image wall = draw_native({.prompt = "stone wall tile",
                                      .frame_size = {16, 16},
                                      .seamless = true,
                                      .seed = seed * 10 + static_cast<std::uint64_t>(tile)});
      for (int y = 0; y < 16; ++y) {
        for (int x = 0; x < 16; ++x) {
          sheet.at(3 + tile % 3 * 18 + x, 3 + tile / 3 * 18 + y) = wall.at(x, y);
        }
      }
    }
    const Image raw = draw_raw(sheet, {580, 580},
                               {.cell = 10, .blur = 1, .noise = 6, .cell_noise = 6, .seed = 1});
    const auto found = recover_native(raw, without_despeckle(), {});
    REQUIRE(found);
    CHECK(found->native.size == Size{kSide, kSide});
  }
}

TEST_CASE("recover_native reads patches of two by two cells with few single ones") {
  synthetic::Dice dice(4);
  Image native({48, 48});
  for (int y = 0; y < 48; y += 2) {
    for (int x = 0; x < 48; x += 2) {
      const auto color = static_cast<std::size_t>(dice.roll(3) * 4 + 1);
      for (int cell = 0; cell < 4; ++cell) {
        native.at(x + cell % 2, y + cell / 2) = opaque(palette().colors[color]);
      }
    }
  }
  for (int single = 0; single < 36; ++single) {
    native.at(dice.roll(48), dice.roll(48)) = opaque(palette().colors[10]);
  }
  const Image raw =
      draw_raw(native, {576, 576}, {.cell = 12, .blur = 1, .noise = 8, .cell_noise = 4});
  const auto found = recover_native(raw, {.background = Background::none}, palette());
  REQUIRE(found);
  CHECK(differences(found->native, native) == 0);
}

TEST_CASE("recover_native reads figures of flat patches without being told their size") {
  for (const char* prompt : {"crate", "chest", "wood floor tile", "button"}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      CAPTURE(prompt);
      CAPTURE(seed);
      const Image raw = draw_procedural(
          {.prompt = prompt, .frame_size = {32, 32}, .frames = 2, .render_scale = 8, .seed = seed});
      const auto found = recover_native(raw, {.background = Background::none}, {});
      REQUIRE(found);
      CHECK(found->native.size == Size{64, 32});
      CHECK(found->quality > kDoubtfulQuality);
    }
  }
}

TEST_CASE("recover_native reads doubled pixels by how their cells differ") {
  const Image truth = enlarged(blot({18, 18}, 1, 3), 2);
  const Damage damage{.cell = 13.7, .offset = 4, .blur = 1, .noise = 3, .cell_noise = 5};
  const auto found =
      recover_native(draw_raw(truth, {500, 500}, damage), without_despeckle(), palette());
  REQUIRE(found);
  CHECK(found->grid.cell_width == doctest::Approx(13.7).epsilon(0.01));
  // Where nothing but the patches shows, these are the cells.
  const auto even = recover_native(
      draw_raw(truth, {500, 500}, {.cell = 13.7, .offset = 4, .blur = 1, .noise = 3}),
      without_despeckle(), palette());
  REQUIRE(even);
  CHECK(even->grid.cell_width == doctest::Approx(27.4).epsilon(0.01));
}

TEST_CASE("recover_native takes noise in cells for no finer ones") {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    const double cell = 12.3 + 1.7 * seed;
    const int side = static_cast<int>(26 * cell);
    const Image raw = draw_raw(blot({26, 26}, 1, seed), {side, side},
                               {.cell = cell, .noise = 4 + static_cast<int>(seed), .seed = seed});
    const auto found = recover_native(raw, without_despeckle(), palette());
    REQUIRE(found);
    CHECK(found->grid.cell_width == doctest::Approx(cell).epsilon(0.02));
  }
}

TEST_CASE("recover_native counts the cells of flat figures whose lines drift") {
  // A plate: between its corners only the cells' own shades tell how many there are.
  constexpr int kSide = 44;
  Image truth({kSide, kSide});
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const int dx = std::min(x, kSide - 1 - x);
      const int dy = std::min(y, kSide - 1 - y);
      const int depth = std::min({dx, dy, dx + dy - 5});
      truth.at(x, y) = depth < 0 ? kTransparent : opaque(palette().colors[depth < 2 ? 0 : 9]);
    }
  }
  const Image raw =
      draw_raw(truth, {760, 760},
               {.cell = 16.3, .offset = 20, .drift = 0.9, .blur = 1, .noise = 5, .cell_noise = 9});
  const auto found = recover_native(raw, without_despeckle(), palette());
  REQUIRE(found);
  CHECK(differences(trimmed(found->native), truth) == 0);
}

TEST_CASE("recover_native reads cells of more than eighty pixels") {
  const Image native = blot({12, 12}, 1, 3);
  const Image raw = draw_raw(native, {1024, 1024}, {.cell = 1024 / 12.0, .blur = 3, .noise = 6});
  const auto found = recover_native(raw, without_despeckle(), palette());
  REQUIRE(found);
  CHECK(differences(found->native, native) == 0);
}

TEST_CASE("recover_native keeps cells that are blurred so that finer ones explain them as well") {
  const synthetic::KernelShape blurred = [](double distance) {
    const double deviation = 0.2 * std::sqrt(2.0);
    return std::erf((distance + 0.5) / deviation) - std::erf((distance - 0.5) / deviation);
  };
  RecoverSpec spec = without_despeckle();
  spec.background = Background::none;
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    const Image native = on_backdrop(blot({24, 24}, 3, seed));
    const Image raw = synthetic::softly_enlarged(native, {144, 144}, blurred);
    const auto found = recover_native(raw, spec, palette());
    REQUIRE(found);
    CHECK(found->native.size == native.size);
    const auto master = recover_master(raw, {}, palette(), 256, {.frame_size = {24, 24}});
    REQUIRE(master);
    CHECK(master->quality > 0.9);
  }
}

TEST_CASE("recover_native takes out of soft pictures what blur lets into the cells") {
  const Image truth = blot({40, 40}, 2, 5);
  for (const int blur : {3, 4, 5}) {
    const Image raw = draw_raw(truth, {640, 640}, {.cell = 16, .blur = blur, .noise = 3});
    const auto found = recover_native(raw, {}, palette());
    CAPTURE(blur);
    REQUIRE(found);
    CHECK(differences(trimmed(found->native), trimmed(truth)) == 0);
  }
}

TEST_CASE("recover_native reads even cells through strong blur and noise") {
  const Image native = blot({40, 40}, 2, 5);
  const Image raw =
      draw_raw(native, {720, 720}, {.cell = 18, .blur = 9, .noise = 8, .cell_noise = 4});
  const auto found = recover_native(raw, without_despeckle(), palette());
  REQUIRE(found);
  CHECK(found->native.size == native.size);
  CHECK(differences(found->native, native) < 16);
  CHECK(found->quality > kDoubtfulQuality);
}

TEST_CASE("recover_native says that uneven cells seen through strong blur are in some doubt") {
  const Image native = blot({40, 40}, 2, 5);
  const Image raw =
      draw_raw(native, {740, 740}, {.cell = 18, .offset = 7, .drift = 0.7, .blur = 9, .noise = 8});
  const auto found = recover_native(raw, without_despeckle(), palette());
  REQUIRE(found);
  CHECK(differences(trimmed(found->native), trimmed(native)) < 66);  // of 1100
  CHECK(found->quality < kDoubtfulQuality);
  CHECK(found->quality > 0.85);
}

TEST_CASE("recover_native doubts a grid that is told twice too coarse or too fine") {
  const Image raw = draw_raw(blot({40, 40}, 2, 5), {480, 480}, {.cell = 12, .blur = 1, .noise = 6});
  CHECK(recover_native(raw, with_grid(12), palette())->quality > kDoubtfulQuality);
  CHECK(recover_native(raw, with_grid(24), palette())->quality < 0.5);
  CHECK(recover_native(raw, with_grid(6), palette())->quality <= 0.5);
}

TEST_CASE("recover_native says how sure it is of each line and cell") {
  const Image truth = blot({30, 30}, 2, 4);
  const Image raw = draw_raw(truth, {330, 330}, {.cell = 11, .noise = 4});
  const auto found = recover_native(raw, {}, palette());
  REQUIRE(found);
  CHECK(found->grid.column_confidence.size() == found->grid.columns.size());
  CHECK(found->grid.row_confidence.size() == found->grid.rows.size());
  CHECK(static_cast<int>(found->grid.columns.size()) == found->native.size.width + 1);
  CHECK(found->cell_confidence.size() == found->native.pixels.size());
  for (std::size_t i = 0; i + 1 < found->grid.columns.size(); ++i) {
    CHECK(found->grid.columns[i] < found->grid.columns[i + 1]);
  }
}

TEST_CASE("recover_native returns what an exact integer upscale was made from") {
  const Image truth = blot({32, 24}, 2, 2);
  for (const int factor : {2, 3, 8, 16}) {
    CAPTURE(factor);
    const auto found = recover_native(enlarged(on_backdrop(truth), factor), {}, palette());
    REQUIRE(found);
    CHECK(found->native == truth);
  }
}

TEST_CASE("recover_native returns a native picture as it is") {
  const Image truth = blot({48, 40}, 2, 7);
  const auto found = recover_native(truth, without_despeckle(), {});
  REQUIRE(found);
  CHECK(found->native == truth);
}

TEST_CASE("recover_native works without a palette") {
  const Image truth = blot({36, 36}, 2, 1);
  const Image raw = draw_raw(truth, {500, 500}, {.cell = 13.37, .offset = 9, .blur = 1});
  const auto found = recover_native(raw, {}, {});
  REQUIRE(found);
  const Image part = trimmed(found->native);
  const Image expected = trimmed(truth);
  REQUIRE(part.size == expected.size);
  int far = 0;
  for (std::size_t i = 0; i < part.pixels.size(); ++i) {
    far += std::abs(part.pixels[i].g - expected.pixels[i].g) > 12 ? 1 : 0;
  }
  CHECK(far == 0);
}

TEST_CASE("recover_native follows a grid and an offset given by hand") {
  const Image truth = blot({20, 20}, 2, 5);
  const Image raw = draw_raw(truth, {220, 220}, {.cell = 10.5, .offset = 4, .noise = 3});
  const auto found = recover_native(raw, with_grid(10.5, Point{4, 4}), palette());
  REQUIRE(found);
  CHECK(trimmed(found->native) == trimmed(truth));
  CHECK(found->grid.columns.front() == 4.0);
  CHECK(found->grid.cell_width == 10.5);
  CHECK_FALSE(recover_native(raw, with_grid(0.25), palette()));
  CHECK_FALSE(recover_native(raw, with_grid(1000), palette()));
}

TEST_CASE("recover_native follows a number of cells given by hand") {
  const Image truth = blot({20, 20}, 2, 5);
  const Image raw = draw_raw(truth, {214, 214}, {.cell = 10.5, .offset = 4, .noise = 3});
  RecoverSpec spec = with_grid(10.5, Point{4, 4});
  spec.size = Size{20, 20};
  const auto found = recover_native(raw, spec, palette());
  REQUIRE(found);
  CHECK(found->native == truth);
  RecoverSpec filled;
  filled.size = Size{32, 24};
  const Image even = blot({32, 24}, 2, 2);
  const auto whole = recover_native(
      draw_raw(even, {330, 250}, {.cell = 330.0 / 32, .stretch_y = 250.0 / 24 / (330.0 / 32)}),
      filled, palette());
  REQUIRE(whole);
  CHECK(whole->native == even);
  filled.size = Size{400, 24};
  const auto refused = recover_native(raw, filled, palette());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "a grid of 400x24 cells does not fit a picture of 214x214");
}

TEST_CASE("recover_native keeps a clear single pixel that despeckle would take") {
  Image truth = blot({24, 24}, 6, 6);
  truth.at(2, 3) = opaque(palette().colors[5]);
  const auto found =
      recover_native(draw_raw(truth, {264, 264}, {.cell = 11, .noise = 4}), {}, palette());
  REQUIRE(found);
  CHECK(trimmed(found->native) == trimmed(truth));
}

TEST_CASE("recover_native is less sure of a picture in more noise") {
  const Image truth = blot({36, 36}, 2, 9);
  const Damage calm{.cell = 13.9, .noise = 6};
  const Damage wild{.cell = 13.9, .blur = 1, .noise = 12, .cell_noise = 60};
  const auto clear = recover_native(draw_raw(truth, {512, 512}, calm), {}, palette());
  const auto foggy = recover_native(draw_raw(truth, {512, 512}, wild), {}, palette());
  REQUIRE(clear);
  REQUIRE(foggy);
  CHECK(clear->quality > 0.99);
  CHECK(foggy->quality < kDoubtfulQuality);
}

TEST_CASE("recover_native is not sure of a palette that is not the picture's") {
  const Image truth = blot({36, 36}, 2, 9);
  Palette other;
  for (const Rgb color : palette().colors)
    other.colors.push_back({color.b, static_cast<std::uint8_t>(255 - color.g), color.r});
  for (const int noise : {0, 6, 12}) {
    const Image raw = draw_raw(truth, {512, 512}, {.cell = 13.9, .noise = noise});
    const auto right = recover_native(raw, {}, palette());
    const auto wrong = recover_native(raw, {}, other);
    REQUIRE(right);
    REQUIRE(wrong);
    CHECK(right->quality > 0.99);
    CHECK(wrong->quality < kDoubtfulQuality);
    CHECK(wrong->palette_fit < right->palette_fit);
    // A model has colours of its own: a master in a palette is no worse for that.
    const MasterShape shape{.frame_size = {36, 36}, .frames = 1};
    const auto master = recover_master(raw, {}, other, 0, shape);
    REQUIRE(master);
    CHECK(master->quality > kDoubtfulQuality);
  }
}

TEST_CASE("recover_native recovers every sprite of a sheet on one grid") {
  const Image truth = strip_of(3, {24, 30}, 2);
  const auto found =
      recover_native(draw_raw(truth, {72 * 9, 30 * 9}, {.cell = 9, .noise = 6}), {}, palette());
  REQUIRE(found);
  CHECK(differences(trimmed(found->native), trimmed(truth)) == 0);
}

TEST_CASE("recover_native refuses a picture that shows nothing") {
  const auto noise = recover_native(synthetic::static_noise({512, 512}, 3), {}, palette());
  REQUIRE_FALSE(noise);
  CHECK(noise.error().kind == ErrorKind::input);
  CHECK(noise.error().message == "no pixel grid can be read in this 512x512 picture");
  CHECK_FALSE(recover_native(Image(), {}, palette()));
  CHECK_FALSE(recover_native(Image({300, 200}, opaque({9, 9, 9})), {}, palette()));
}

TEST_CASE("recover_native gives the same result again") {
  const Image raw = draw_raw(blot({36, 36}, 2, 9), {512, 512},
                             {.cell = 13.9, .drift = 0.5, .blur = 1, .noise = 9, .cell_noise = 6});
  const auto first = recover_native(raw, {}, palette());
  const auto second = recover_native(raw, {}, palette());
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->native == second->native);
  CHECK(first->grid.columns == second->grid.columns);
  CHECK(first->cell_confidence == second->cell_confidence);
}

TEST_CASE("recover_master returns a strip of the asked size with every figure in its frame") {
  const Image truth = strip_of(4, {24, 32}, 2);
  const MasterShape shape{.frame_size = {24, 32}, .frames = 4};
  const Image raw = draw_raw(truth, {960, 320}, {.cell = 10, .drift = 0.3, .noise = 6});
  const auto master = recover_master(raw, {}, palette(), 0, shape);
  REQUIRE(master);
  CHECK(master->image.size == Size{96, 32});
  CHECK(differences(master->image, truth) == 0);
}

TEST_CASE("recover_master keeps the distance of the feet from the bottom edge") {
  const Image figure = trimmed(blot({20, 24}, 2, 3));
  Image truth({40, 40});
  for (int y = 0; y < figure.size.height; ++y) {
    for (int x = 0; x < figure.size.width; ++x) {
      truth.at(x + 12, 40 - 4 - figure.size.height + y) = figure.at(x, y);
    }
  }
  const auto master = recover_master(enlarged(on_backdrop(truth), 9), {}, palette(), 0,
                                     {.frame_size = {32, 32}, .frames = 1});
  REQUIRE(master);
  const Image found = master->image;
  CHECK(trimmed(found) == figure);
  CHECK(found.at(16, 27).a == 255);
  CHECK(found.at(16, 28).a == 0);
}

TEST_CASE("recover_master names the figure that is larger than its frame") {
  const Image raw = enlarged(on_backdrop(blot({40, 40}, 2, 1)), 8);
  const auto master = recover_master(raw, {}, palette(), 0, {.frame_size = {24, 24}, .frames = 1});
  REQUIRE_FALSE(master);
  CHECK(master.error().kind == ErrorKind::input);
  CHECK(master.error().message ==
        "the figure in frame 1 is 36x36 pixels, larger than its frame of 24x24");
}

TEST_CASE("recover_master keeps only the most used colours") {
  const Image raw = enlarged(on_backdrop(blot({32, 32}, 2, 1)), 8);
  const auto master = recover_master(raw, {}, palette(), 4, {.frame_size = {32, 32}, .frames = 1});
  REQUIRE(master);
  std::vector<Rgb> colors;
  for (const Rgba& p : master->image.pixels) {
    if (p.a != 0 && std::ranges::find(colors, p.rgb()) == colors.end()) {
      colors.push_back(p.rgb());
    }
  }
  CHECK(colors.size() == 4);
}

TEST_CASE("recover_master takes cells of two and three pixels as drawn") {
  const Image truth = strip_of(2, {32, 32}, 2);
  for (const int cell : {2, 3}) {
    CAPTURE(cell);
    const Image raw =
        draw_raw(truth, {64 * cell, 32 * cell}, {.cell = static_cast<double>(cell), .noise = 6});
    const auto master =
        recover_master(raw, {}, palette(), 0, {.frame_size = {32, 32}, .frames = 2});
    REQUIRE(master);
    CHECK(differences(master->image, truth) == 0);
    CHECK(master->quality > kDoubtfulQuality);
  }
  CHECK_FALSE(recover_master(synthetic::static_noise({96, 96}, 3), {}, palette(), 0,
                             {.frame_size = {32, 32}, .frames = 1}));
}

TEST_CASE("recover_native is right from 512 to 2048 pixels a side") {
  const Image truth = blot({64, 64}, 3, 12);
  for (const int side : {512, 768, 2048}) {
    CAPTURE(side);
    const Damage damage{.cell = side / 64.6, .drift = 0.3, .noise = 6};
    const auto found = recover_native(draw_raw(truth, {side, side}, damage), {}, palette());
    REQUIRE(found);
    CHECK(differences(trimmed(found->native), trimmed(truth)) == 0);
  }
}

TEST_CASE("recover_master takes a raw image of the asked size as native") {
  const Image truth = blot({32, 32}, 1, 8);
  const auto master =
      recover_master(truth, {}, palette(), 0, {.frame_size = {32, 32}, .frames = 1});
  REQUIRE(master);
  CHECK(master->image == truth);
}

TEST_CASE("frames of a master are dithered where they stand, so that equal ones stay equal") {
  // Three frames in slots of 13 cells, each moved to a canvas of 12: no multiple of the matrix.
  const Palette palette{{{0, 0, 0}, {255, 255, 255}, {255, 0, 0}}};
  Image raw({39 * 8, 12 * 8}, {255, 0, 255, 255});
  for (int frame = 0; frame < 3; ++frame)
    for (int y = 2 * 8; y < 11 * 8; ++y)
      for (int x = (13 * frame + 3) * 8; x < (13 * frame + 10) * 8; ++x) {
        const auto v = static_cast<std::uint8_t>(60 + 20 * (x / 8 % 13) - 3 * (y / 8));
        raw.at(x, y) = {v, v, v, 255};
      }
  for (const Dither dither : {Dither::bayer4, Dither::bayer8, Dither::floyd_steinberg}) {
    RecoverSpec spec;
    spec.grid = 8.0;
    spec.dither = dither;
    spec.background = Background::chroma_key;
    spec.key = Rgb{255, 0, 255};
    const auto master =
        recover_master(raw, spec, palette, 0, {.frame_size = {12, 12}, .frames = 3});
    REQUIRE(master);
    const auto frame = [&](int i) {
      return crop(master->image, {.x = 12 * i, .y = 0, .width = 12, .height = 12});
    };
    CHECK(frame(0) == frame(1));
    CHECK(frame(1) == frame(2));
    int opaque_pixels = 0;
    for (const Rgba& p : master->image.pixels) opaque_pixels += p.a != 0 ? 1 : 0;
    CHECK(opaque_pixels == 3 * 7 * 9);
  }
}

}  // namespace dgxp
