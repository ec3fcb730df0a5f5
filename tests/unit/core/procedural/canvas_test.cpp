#include "core/procedural/canvas.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace dgxp {
namespace {

// Black and the exact ramp of Material::grey.
const std::vector<Rgb> kGreys{
    {0, 0, 0}, {0x33, 0x35, 0x3e}, {0x56, 0x5a, 0x64}, {0x82, 0x86, 0x8e}, {0xb5, 0xb9, 0xbd}};

// '.' empty, '#' outline, digits from shadow to light.
std::string show(const Canvas& canvas) {
  const Image image = canvas.finish(RampSet(kGreys));
  std::string text;
  for (int y = 0; y < image.size.height; ++y) {
    for (int x = 0; x < image.size.width; ++x) {
      const Rgba pixel = image.at(x, y);
      int level = 0;
      for (std::size_t i = 0; i < kGreys.size(); ++i)
        if (kGreys[i] == pixel.rgb()) level = static_cast<int>(i);
      text += pixel.a == 0 ? '.' : (level == 0 ? '#' : static_cast<char>('0' + level));
    }
    text += '\n';
  }
  return text;
}

TEST_CASE("a shape gets an outline and the margin stays empty") {
  Canvas canvas({12, 12}, Extent::free);
  canvas.box(-5, -5, 50, 50, flat(Material::grey));
  const std::string expected =
      "............\n"
      "..########..\n"
      ".#33333333#.\n"
      ".#33333333#.\n"
      ".#33333333#.\n"
      ".#33333333#.\n"
      ".#33333333#.\n"
      ".#33333333#.\n"
      ".#33333333#.\n"
      ".#33333333#.\n"
      "..########..\n"
      "............\n";
  CHECK(show(canvas) == expected);
}

TEST_CASE("light comes from the upper left, also after mirroring") {
  Canvas canvas({16, 16}, Extent::free);
  canvas.ellipse({7, 8}, 5, 5, {.material = Material::grey});
  const std::string before = show(canvas);
  canvas.mirror();
  const std::string after = show(canvas);
  CHECK(before.find('4') < before.find('2'));
  CHECK(after.find('4') < after.find('2'));
  CHECK(before != after);
}

TEST_CASE("small holes become outline and large ones stay open") {
  Canvas canvas({20, 20}, Extent::free);
  canvas.box(3, 3, 17, 17, flat(Material::grey));
  canvas.box(4, 4, 7, 7, {});
  canvas.box(9, 9, 15, 15, {});
  const Image image = canvas.finish(RampSet(kGreys));
  CHECK(image.at(5, 5).a == 255);
  CHECK(image.at(11, 11).a == 0);
}

TEST_CASE("a lone shade is smoothed away, a detail of another material stays") {
  Canvas canvas({16, 16}, Extent::free);
  canvas.box(3, 3, 13, 13, flat(Material::grey));
  canvas.dot(7, 7, decal(Material::grey, 1));
  canvas.dot(10, 10, decal(Material::outline));
  const Image image = canvas.finish(RampSet(kGreys));
  CHECK(image.at(7, 7) == image.at(6, 6));
  CHECK(image.at(10, 10).rgb() == Rgb{0, 0, 0});
}

TEST_CASE("lying down puts the head to the left and the lowest pixel on the ground") {
  Canvas canvas({16, 16}, Extent::free);
  canvas.box(7, 3, 9, 13, flat(Material::grey));
  canvas.box(6, 3, 10, 5, flat(Material::red));  // the head
  canvas.lay_down(14);
  int lowest = 0;
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 16; ++x)
      if (canvas.is_filled(x, y)) lowest = y;
  CHECK(lowest == 13);
  CHECK(canvas.material_at(4, 11) == Material::red);
  CHECK(canvas.material_at(11, 11) == Material::grey);
}

TEST_CASE("sines are those of the library to five digits") {
  double worst = 0;
  for (int i = -2000; i <= 2000; ++i) {
    const double turns = i / 777.0;
    worst = std::max(worst, std::abs(sin_turns(turns) - std::sin(turns * 6.283185307179586)));
  }
  CHECK(worst < 1e-5);
}

TEST_CASE("the random sequence is SplitMix64's") {
  SplitMix random(1234567);  // reference values of the published generator
  CHECK(random.next() == 6457827717110365317U);
  CHECK(random.next() == 3203168211198807973U);
  SplitMix dice(5);
  int seen = 0;
  for (int i = 0; i < 200; ++i) seen |= 1 << dice.below(6);
  CHECK(seen == 63);
}

}  // namespace
}  // namespace dgxp
