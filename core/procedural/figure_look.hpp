#pragma once

#include <cstdint>

#include "core/procedural/scene.hpp"

namespace dgxp {

enum class Hair : std::uint8_t { none, crop, fringe, long_hair, spiky, tail, bald_top };
enum class Hat : std::uint8_t { none, helmet, horned, pointed, hood, crown, bandana, brim, cap };
enum class Weapon : std::uint8_t {
  none,
  sword,
  dagger,
  axe,
  hammer,
  staff,
  bow,
  spear,
  pick,
  club
};

/// Who a figure is: the same in every frame, animation and direction.
struct FigureLook {
  Material skin = Material::skin_light;
  Material hair_color = Material::hair_brown;
  Hair hair = Hair::crop;
  Hat hat = Hat::none;
  Material hat_color = Material::steel;
  Material top = Material::blue;
  Material legs = Material::brown;
  Material boots = Material::leather;
  Material accent = Material::red;  ///< scarf, plume, belt buckle, bandana
  Material cape_color = Material::red;
  Material apron_color = Material::leather;
  bool scarf = false;
  bool cape = false;
  bool apron = false;
  bool robe = false;
  bool beard = false;
  bool skeleton = false;
  bool long_ears = false;
  bool horns = false;
  bool belt = true;
  bool shield = false;
  bool full_visor = false;
  int stout = 0;  ///< pixels wider (+) or slimmer (-), at 32 pixels
  int small = 0;  ///< per cent of the height a figure lacks (dwarf, goblin, child)
  Weapon weapon = Weapon::sword;
  bool holds_weapon = false;  ///< outside of attacks, too
  Material weapon_metal = Material::steel;
};

FigureLook read_figure_look(const Scene& scene);

}  // namespace dgxp
