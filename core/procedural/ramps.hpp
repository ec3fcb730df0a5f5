#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/color.hpp"

namespace dgxp {

/// What a surface is made of. Each material has four target colours from shadow to light.
enum class Material : std::uint8_t {
  none,  // an empty place
  outline,
  steel,
  iron,
  silver,
  gold,
  copper,
  wood,
  leather,
  stone,
  bone,
  parchment,
  glass,
  jade,
  ruby,
  sapphire,
  emerald,
  amethyst,
  diamond,
  skin_light,
  skin_tan,
  skin_dark,
  skin_green,
  skin_grey,
  hair_black,
  hair_brown,
  hair_blond,
  hair_red,
  hair_white,
  red,
  orange,
  yellow,
  green,
  teal,
  blue,
  purple,
  pink,
  brown,
  black,
  white,
  grey,
  grass,
  leaf,
  dirt,
  sand,
  snow,
  water,
  lava,
  fire,
  brick,
  meat,
  bread,
  slime,
};
inline constexpr std::size_t kMaterialCount = static_cast<std::size_t>(Material::slime) + 1;

/// From shadow to light; steps may repeat when the palette is small.
using Ramp = std::array<Rgb, 4>;

/// The material that a word of a prompt names: "steel", "wooden", "red", "golden" ...;
/// Material::none for any other word.
Material find_material(std::string_view word);

/// Every ramp that one palette gives.
class RampSet {
 public:
  /// An empty palette stands for the built-in one.
  explicit RampSet(std::span<const Rgb> palette);

  /// Four colours of the palette, not getting darker, that together lie nearest to the targets of
  /// `material`. A palette that holds the targets gives exactly them.
  const Ramp& ramp(Material material) const { return ramps_[static_cast<std::size_t>(material)]; }
  /// How far the ramp is from the material's own colours: 0 is exact, above 0.1 another hue.
  double misfit(Material material) const { return misfits_[static_cast<std::size_t>(material)]; }
  /// The darkest colour.
  Rgb outline() const { return outline_; }
  /// What is drawn with, never empty.
  const std::vector<Rgb>& colors() const { return colors_; }

 private:
  std::vector<Rgb> colors_;
  Rgb outline_;
  std::array<Ramp, kMaterialCount> ramps_{};
  std::array<double, kMaterialCount> misfits_{};
};

}  // namespace dgxp
