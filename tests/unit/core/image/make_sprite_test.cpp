#include "core/image/make_sprite.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace dgxp;

namespace {

constexpr Rgb kRed{200, 0, 0};
constexpr Rgb kGreen{0, 200, 0};
constexpr Rgb kBlue{0, 0, 200};
constexpr Rgb kBlack{0, 0, 0};
const Palette kPalette{{kRed, kGreen, kBlue, kBlack}};

/// Letters to colours: r g b k, capital letters for those of the `cold` palette, '.' transparent.
Rgba letter_color(char letter) {
  switch (letter) {
    case 'r':
      return opaque(kRed);
    case 'g':
      return opaque(kGreen);
    case 'b':
      return opaque(kBlue);
    case 'k':
      return opaque(kBlack);
    case 'R':
      return opaque({100, 100, 255});
    case 'G':
      return opaque({100, 255, 255});
    case 'B':
      return opaque({0, 0, 100});
    case 'K':
      return opaque({10, 10, 30});
    case 'x':
      return opaque({190, 10, 10});
    default:
      return kTransparent;
  }
}
const Palette kCold{{letter_color('R').rgb(), letter_color('G').rgb(), letter_color('B').rgb(),
                     letter_color('K').rgb()}};

Image draw(std::initializer_list<std::string_view> rows) {
  Image image({static_cast<int>(rows.begin()->size()), static_cast<int>(rows.size())});
  std::size_t i = 0;
  for (const std::string_view row : rows)
    for (const char letter : row) image.pixels[i++] = letter_color(letter);
  return image;
}

std::string show(const Image& image) {
  std::string text;
  for (int y = 0; y < image.size.height; ++y, text += '/')
    for (int x = 0; x < image.size.width; ++x) {
      char found = '?';
      for (const char letter : std::string_view("rgbkRGBKx."))
        if (letter_color(letter) == image.at(x, y)) found = letter;
      text += found;
    }
  return text;
}

std::string show(const Result<MadeRow>& made) {
  if (!made) return made.error().message;
  std::string text;
  for (const Image& frame : made->row.frames) text += show(frame) + " ";
  return text;
}

SpriteSpec sprite(Size size) {
  SpriteSpec spec;
  spec.id = "hero";
  spec.size = size;
  spec.palette = "ember";
  return spec;
}

RowSpec row(int frames) {
  RowSpec spec;
  spec.name = "walk/east";
  spec.master = "hero/walk/east";
  spec.durations.assign(static_cast<std::size_t>(frames), 100);
  return spec;
}

}  // namespace

TEST_CASE("a strip is cut into its frames") {
  const Image master = draw({"rg.b", "..k."});
  CHECK(show(make_sprite_row(master, sprite({2, 2}), row(2), {.base = &kPalette})) ==
        "rg/../ .b/k./ ");
}

TEST_CASE("a mirrored row flips each frame and keeps their order") {
  RowSpec mirrored = row(2);
  mirrored.mirrored = true;
  CHECK(show(make_sprite_row(draw({"rg.b"}), sprite({2, 1}), mirrored, {.base = &kPalette})) ==
        "gr/ b./ ");
}

TEST_CASE("a master of another size is an error that names sprite, row and sizes") {
  CHECK(show(make_sprite_row(draw({"rrr"}), sprite({2, 1}), row(2), {.base = &kPalette})) ==
        "sprite 'hero', row 'walk/east': its master 'hero/walk/east' is 3x1, not 4x1 "
        "(2 frames of 2x1)");
  RowSpec still = row(1);
  still.name = "";
  CHECK(show(make_sprite_row(draw({"rrr"}), sprite({2, 2}), still, {.base = &kPalette})) ==
        "sprite 'hero': its master 'hero/walk/east' is 3x1, not 2x2 (1 frame of 2x2)");
}

TEST_CASE("pixels follow an edit of the palette by position") {
  Palette today = kPalette;
  today.colors[1] = kCold.colors[1];
  const LockedPalette locked{.colors = kPalette.colors, .former = {}};
  const auto made =
      make_sprite_row(draw({"rgb"}), sprite({3, 1}), row(1), {.base = &today, .locked = &locked});
  CHECK(show(made) == "rGb/ ");
  CHECK(made->guessed.empty());
}

TEST_CASE("a colour that nobody knows is mapped to its nearest and reported") {
  const auto made = make_sprite_row(draw({"xg"}), sprite({2, 1}), row(1), {.base = &kPalette});
  CHECK(show(made) == "rg/ ");
  CHECK(made->guessed == std::vector<Rgb>{{190, 10, 10}});
}

TEST_CASE("a variant palette recolours position by position") {
  CHECK(show(make_sprite_row(draw({"r.gbk"}), sprite({5, 1}), row(1),
                             {.base = &kPalette, .variant = &kCold})) == "R.GBK/ ");
}

TEST_CASE("a variant palette of another length is an error") {
  const Palette small{{kRed}};
  SpriteSpec spec = sprite({1, 1});
  spec.variant_palette = "cold";
  CHECK(show(make_sprite_row(draw({"r"}), spec, row(1), {.base = &kPalette, .variant = &small})) ==
        "sprite 'hero': palette 'ember' has 4 colours, its variant 'cold' has 1");
}

TEST_CASE("recolor pairs swap by position, all at once") {
  SpriteSpec spec = sprite({4, 1});
  spec.recolor = {{kRed, kGreen}, {kGreen, kRed}};
  CHECK(show(make_sprite_row(draw({"rgbk"}), spec, row(1), {.base = &kPalette})) == "grbk/ ");
  CHECK(show(make_sprite_row(draw({"rgbk"}), spec, row(1),
                             {.base = &kPalette, .variant = &kCold})) == "GRBK/ ");
}

TEST_CASE("a recolor colour that the palette lost is looked up in the lock") {
  Palette today = kPalette;
  today.colors[0] = kCold.colors[0];
  const LockedPalette locked{.colors = today.colors, .former = {{0, {kRed}}}};
  SpriteSpec spec = sprite({2, 1});
  spec.recolor = {{kRed, kBlue}};
  CHECK(show(make_sprite_row(draw({"rR"}), spec, row(1), {.base = &today, .locked = &locked})) ==
        "bb/ ");
}

TEST_CASE("colours of recolor and outline that nobody knows are errors") {
  SpriteSpec spec = sprite({1, 1});
  spec.recolor = {{{1, 2, 3}, kRed}};
  CHECK(show(make_sprite_row(draw({"r"}), spec, row(1), {.base = &kPalette})) ==
        "sprite 'hero': the recolor colour #010203 is not in palette 'ember'");
  spec.recolor = {{kRed, {1, 2, 4}}};
  CHECK(show(make_sprite_row(draw({"r"}), spec, row(1), {.base = &kPalette})) ==
        "sprite 'hero': the recolor colour #010204 is not in palette 'ember'");
  spec.recolor.clear();
  spec.finish.outline = Rgb{1, 2, 5};
  CHECK(show(make_sprite_row(draw({"r"}), spec, row(1), {.base = &kPalette})) ==
        "sprite 'hero': the outline colour #010205 is not in palette 'ember'");
}

TEST_CASE("an outline surrounds the figure on its four sides, inside the frame") {
  SpriteSpec spec = sprite({4, 4});
  spec.finish.outline = kBlack;
  CHECK(show(make_sprite_row(draw({"....", ".r..", ".rg.", "...."}), spec, row(1),
                             {.base = &kPalette})) == ".k../krk./krgk/.kk./ ");
}

TEST_CASE("an outline does not bleed into the next frame") {
  SpriteSpec spec = sprite({2, 1});
  spec.finish.outline = kBlack;
  CHECK(show(make_sprite_row(draw({".r.."}), spec, row(2), {.base = &kPalette})) == "kr/ ../ ");
}

TEST_CASE("an outline is recoloured with the variant palette") {
  SpriteSpec spec = sprite({2, 1});
  spec.finish.outline = kBlack;
  CHECK(show(make_sprite_row(draw({".r"}), spec, row(1), {.base = &kPalette, .variant = &kCold})) ==
        "KR/ ");
}

TEST_CASE("without a palette colours and alpha pass through and recolor names plain colours") {
  SpriteSpec spec = sprite({3, 1});
  spec.recolor = {{kRed, kBlue}};
  Image master({3, 1});
  master.pixels = {{1, 2, 3, 77}, {200, 0, 0, 90}, {5, 5, 5, 0}};
  const auto made = make_sprite_row(master, spec, row(1), {});
  REQUIRE(made);
  CHECK(made->row.frames[0].pixels ==
        std::vector<Rgba>{{1, 2, 3, 77}, {0, 0, 200, 90}, kTransparent});
}
