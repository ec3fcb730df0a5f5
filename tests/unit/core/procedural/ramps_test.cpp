#include "core/procedural/ramps.hpp"

#include <doctest/doctest.h>

#include "support.hpp"

namespace dgxp {
namespace {

std::string text(const Ramp& ramp) {
  std::string result;
  for (const Rgb color : ramp) result += to_hex(color) + " ";
  return result;
}

TEST_CASE("a palette that holds a material's ramp gives exactly that ramp") {
  const RampSet ramps(kDungeonPalette);
  CHECK(text(ramps.ramp(Material::steel)) == "#394a50 #577277 #819796 #c7cfcc ");
  CHECK(text(ramps.ramp(Material::gold)) == "#7a4841 #be772b #de9e41 #e8c170 ");
  CHECK(text(ramps.ramp(Material::jade)) == "#19332d #25562e #468232 #75a743 ");
  CHECK(text(ramps.ramp(Material::outline)) == "#090a14 #090a14 #090a14 #090a14 ");
  CHECK(ramps.misfit(Material::steel) == 0.0);
}

TEST_CASE("every ramp of every palette is in the palette and never gets darker") {
  std::vector<std::vector<Rgb>> palettes{{},
                                         {{1, 2, 3}},
                                         {{0, 0, 0}, {255, 255, 255}},
                                         {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}},
                                         kDungeonPalette};
  std::vector<Rgb> wide;
  for (int i = 0; i < 256; ++i)
    wide.push_back({static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(i * 91),
                    static_cast<std::uint8_t>(i * 151)});
  palettes.push_back(wide);
  for (const std::vector<Rgb>& palette : palettes) {
    const RampSet ramps(palette);
    const std::set<Rgb> colors(ramps.colors().begin(), ramps.colors().end());
    std::string problem;
    for (std::size_t m = 0; m < kMaterialCount; ++m) {
      const Ramp& ramp = ramps.ramp(static_cast<Material>(m));
      for (std::size_t i = 0; i < ramp.size(); ++i) {
        if (colors.count(ramp.at(i)) == 0) problem = "a foreign colour in " + text(ramp);
        if (i > 0 && to_oklab(ramp.at(i)).l < to_oklab(ramp.at(i - 1)).l - 1e-6)
          problem = "darker in " + text(ramp);
      }
    }
    CAPTURE(palette.size());
    CHECK(problem == "");
  }
}

TEST_CASE("with two colours a lit surface is not drawn in the outline's colour") {
  const RampSet ramps(std::vector<Rgb>{{255, 255, 255}, {0, 0, 0}});
  for (const Material material : {Material::black, Material::steel, Material::skin_dark})
    CHECK(ramps.ramp(material).at(2) == Rgb{255, 255, 255});
  CHECK(ramps.outline() == Rgb{0, 0, 0});
}

TEST_CASE("materials are found by their words") {
  CHECK(find_material("steel") == Material::steel);
  CHECK(find_material("wooden") == Material::wood);
  CHECK(find_material("steely") == Material::none);
}

}  // namespace
}  // namespace dgxp
