#include <doctest/doctest.h>

#include <array>
#include <cstdlib>

#include "core/base/digest.hpp"
#include "core/procedural/kinds.hpp"
#include "support.hpp"

namespace dgxp {
namespace {

// One prompt for each kind: its first word.
std::string first_word(const Kind& kind) {
  return kind.words.empty() ? "qwxz" : std::string(kind.words.substr(0, kind.words.find(' ')));
}

std::string margin_problem(const Image& strip, int width) {
  for (int y = 0; y < strip.size.height; ++y) {
    for (int x = 0; x < strip.size.width; ++x) {
      const int in_frame = x % width;
      const bool edge =
          in_frame == 0 || in_frame == width - 1 || y == 0 || y == strip.size.height - 1;
      if (edge && strip.at(x, y).a != 0)
        return "opaque at " + std::to_string(x) + "," + std::to_string(y);
    }
  }
  return "";
}

TEST_CASE("every kind covers a sane part of its frame at 16, 24 and 32") {
  for (const Kind& kind : all_kinds()) {
    for (const int side : {16, 24, 32}) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Image image = draw_native(request_for(first_word(kind), side, seed));
        CAPTURE(kind.name);
        CAPTURE(side);
        CAPTURE(seed);
        if (kind.frame == Extent::full) {
          CHECK(coverage(image) == 1.0);
        } else {
          CHECK(coverage(image) > 0.10);
          CHECK(coverage(image) < 0.85);
          CHECK(margin_problem(image, side) == "");
        }
      }
    }
  }
}

TEST_CASE("every pixel is opaque in a colour of the palette or fully transparent") {
  const std::set<Rgb> palette(kDungeonPalette.begin(), kDungeonPalette.end());
  for (const Kind& kind : all_kinds()) {
    ProceduralRequest request = request_for(first_word(kind), 24);
    request.palette = kDungeonPalette;
    request.frames = 4;
    request.animation = "walk";
    const Image image = draw_native(request);
    std::string problem;
    for (const Rgba& pixel : image.pixels) {
      if (pixel.a == 0 && pixel == kTransparent) continue;
      if (pixel.a != 255 || palette.count(pixel.rgb()) == 0) problem = to_hex(pixel.rgb());
    }
    CAPTURE(kind.name);
    CHECK(problem == "");
  }
}

TEST_CASE("frames of one walk share their baseline, differ from each other and keep a margin") {
  for (const std::string prompt : {"hero", "skeleton", "slime", "bat", "mage"}) {
    for (const std::string direction : {"south", "east", "north", "west", "south-east"}) {
      for (const int side : {16, 24, 32}) {
        ProceduralRequest request = request_for(prompt, side);
        request.animation = "walk";
        request.direction = direction;
        request.frames = 4;
        const Image strip = draw_native(request);
        CAPTURE(prompt);
        CAPTURE(direction);
        CAPTURE(side);
        CHECK(margin_problem(strip, side) == "");
        for (int i = 1; i < 4; ++i) {
          const Image before = frame_of(strip, side, i - 1);
          const Image frame = frame_of(strip, side, i);
          CHECK(baseline(frame) == baseline(before));
          CHECK(frame != before);
        }
      }
    }
  }
}

TEST_CASE("frames of every kind stay on their baseline and show movement") {
  for (const Kind& kind : all_kinds()) {
    if (kind.frame == Extent::full) continue;
    for (const std::string animation : {"idle", "attack", "spin"}) {
      ProceduralRequest request = request_for(first_word(kind), 24);
      request.animation = animation;
      request.frames = 4;
      const Image strip = draw_native(request);
      const Image first = frame_of(strip, 24, 0);
      int different = 0;
      int drift = 0;
      for (int i = 1; i < 4; ++i) {
        const Image frame = frame_of(strip, 24, i);
        different += frame != first ? 1 : 0;
        drift = std::max(drift, std::abs(baseline(frame) - baseline(first)));
      }
      CAPTURE(kind.name);
      CAPTURE(animation);
      CHECK(different > 0);
      CHECK(drift <= 1);
      CHECK(margin_problem(strip, 24) == "");
    }
  }
}

TEST_CASE("a figure shows another side in each direction") {
  std::set<std::string> sides;
  for (const std::string direction :
       {"south", "east", "north", "west", "south-east", "north-west"}) {
    ProceduralRequest request = request_for("hero with a sword", 32);
    request.direction = direction;
    std::string key;
    for (const Rgba& pixel : draw_native(request).pixels) key += to_hex(pixel.rgb());
    sides.insert(key);
  }
  CHECK(sides.size() == 6);
}

TEST_CASE("rows of one sprite show the same figure whatever their seeds are") {
  ProceduralRequest request = request_for("hero", 32, 1);
  request.direction = "south";
  request.animation = "idle";
  const Image one = draw_native(request);
  request.seed = 2;
  CHECK(draw_native(request) == one);
  request.look = 99;
  CHECK(draw_native(request) != one);
}

TEST_CASE("another seed gives another still of the same kind") {
  int different = 0;
  const Image first = draw_native(request_for("hero", 32, 0));
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    different += draw_native(request_for("hero", 32, seed)) != first ? 1 : 0;
  CHECK(different >= 9);
}

TEST_CASE("every kind changes with the seed") {
  for (const Kind& kind : all_kinds()) {
    std::set<std::string> looks;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      ProceduralRequest request = request_for(first_word(kind), 24, seed);
      request.palette = kDungeonPalette;
      std::string look;
      for (const Rgba& pixel : draw_native(request).pixels) look += to_hex(pixel.rgb());
      looks.insert(look);
    }
    CAPTURE(kind.name);
    CHECK(looks.size() >= 3);
  }
}

TEST_CASE("palettes of none, one and two colours draw visible figures") {
  const std::array<std::vector<Rgb>, 3> palettes{std::vector<Rgb>{}, std::vector<Rgb>{{10, 20, 30}},
                                                 std::vector<Rgb>{{0, 0, 0}, {255, 255, 255}}};
  for (const std::vector<Rgb>& palette : palettes) {
    for (const Kind& kind : all_kinds()) {
      ProceduralRequest request = request_for(first_word(kind), 24);
      request.palette = palette;
      const Image image = draw_native(request);
      CAPTURE(kind.name);
      CHECK(coverage(image) > 0.10);
      if (palette.size() == 2) CHECK(opaque_colors(image).size() == 2);
    }
  }
}

TEST_CASE("odd and extreme sizes are drawn at the size that was asked for") {
  for (const Size size : {Size{1, 1},
                          {2, 2},
                          {3, 3},
                          {5, 7},
                          {8, 8},
                          {9, 31},
                          {48, 16},
                          {17, 23},
                          {97, 65},
                          {128, 128},
                          {512, 512}}) {
    for (const Kind& kind : all_kinds()) {
      ProceduralRequest request = request_for(first_word(kind), 1);
      request.frame_size = size;
      const Image image = draw_native(request);
      CAPTURE(kind.name);
      CAPTURE(size.width);
      CAPTURE(size.height);
      CHECK(image.size == size);
      CHECK(count_opaque(image) > 0);
    }
  }
}

TEST_CASE("a request without pixels, or with too many, gives an empty picture") {
  for (const Size size : {Size{0, 4}, Size{-3, 4}, Size{1 << 20, 1 << 20}}) {
    ProceduralRequest request = request_for("hero", 1);
    request.frame_size = size;
    CHECK(draw_native(request).size == Size{});
    CHECK(draw_procedural(request).size == Size{});
  }
}

TEST_CASE(
    "a picture that faces west is the one that faces east with its light still from the left") {
  ProceduralRequest request = request_for("hero", 32);
  request.direction = "east";
  const Image east = draw_native(request);
  request.direction = "west";
  const Image west = draw_native(request);
  std::string problem;
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 32; ++x)
      if (east.at(x, y).a != west.at(31 - x, y).a) problem = "silhouettes differ";
  CHECK(problem == "");
  CHECK(east != west);
}

// How many pairs of neighbours differ between columns (or rows) a and b.
int seam(const Image& image, bool columns, int a, int b) {
  const int length = columns ? image.size.height : image.size.width;
  int count = 0;
  for (int i = 0; i < length; ++i)
    count += columns ? image.at(a, i) != image.at(b, i) : image.at(i, a) != image.at(i, b);
  return count;
}

TEST_CASE("a seamless tile joins itself as its inner columns and rows join each other") {
  for (const std::string prompt : {"short grass", "stone floor", "brick wall", "water", "dirt",
                                   "wooden planks", "sand", "something else"}) {
    for (const int side : {16, 24, 32}) {
      CAPTURE(prompt);
      CAPTURE(side);
      for (const bool columns : {true, false}) {
        int across = 0;
        int most = 0;
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
          ProceduralRequest request = request_for(prompt, side, seed);
          request.seamless = true;
          const Image tile = draw_native(request);
          REQUIRE(coverage(tile) == 1.0);
          int inner = 0;
          for (int i = 1; i < side; ++i) inner = std::max(inner, seam(tile, columns, i - 1, i));
          across += seam(tile, columns, side - 1, 0);
          most += inner;
        }
        CHECK(across <= most);
      }
    }
  }
}

// Drawings may be made better; then the digests here change with them. They must not change with
// the compiler, the machine or the day.
TEST_CASE("the same request gives the same bytes everywhere") {
  std::string digests;
  for (const std::string prompt :
       {"young smith, red scarf, leather apron", "round slime", "short sword, steel",
        "wooden panel frame", "oak tree", "nothing known"}) {
    ProceduralRequest request = request_for(prompt, 24, 4217);
    request.palette = kDungeonPalette;
    request.frames = 2;
    request.render_scale = 8;
    Bytes bytes;
    for (const Image& image : {draw_native(request), draw_procedural(request)})
      for (const Rgba& p : image.pixels) bytes.insert(bytes.end(), {p.r, p.g, p.b, p.a});
    digests += sha256(bytes).hex().substr(0, 16) + " ";
  }
  CHECK(digests ==
        "85f90e9971b42d37 13ac84d40bee3826 c8342bc358d5b30d 7ea378edf97ae1a4 b25629c84376689e "
        "f87dc50f5aaca4bb ");
}

TEST_CASE("what is made of steel is drawn in the steel ramp") {
  ProceduralRequest request = request_for("short sword, steel, centered game item", 16);
  request.palette = kDungeonPalette;
  const std::set<Rgb> colors = opaque_colors(draw_native(request));
  CHECK(colors.count({0xc7, 0xcf, 0xcc}) == 1);
  CHECK(colors.count({0x57, 0x72, 0x77}) == 1);
}

}  // namespace
}  // namespace dgxp
