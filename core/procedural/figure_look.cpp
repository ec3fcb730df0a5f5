#include "core/procedural/figure_look.hpp"

#include <algorithm>

#include "core/procedural/shape_math.hpp"

namespace dgxp {
namespace {

struct Role {
  std::string_view words;
  void (*dress)(FigureLook&);
};

// What everybody expects of a role; the words of the prompt come on top. The first match is taken.
constexpr Role kRoles[] = {
    {"skeleton",
     [](FigureLook& look) {
       look.skeleton = true;
       look.skin = look.top = look.legs = look.boots = Material::bone;
       look.hair = Hair::none;
       look.hat = Hat::none;
       look.belt = false;
     }},
    {"goblin orc",
     [](FigureLook& look) {
       look.skin = Material::skin_green;
       look.hair = Hair::none;
       look.long_ears = true;
       look.top = look.legs = Material::leather;
       look.weapon = Weapon::club;
       look.small = 12;
     }},
    {"troll ogre",
     [](FigureLook& look) {
       look.skin = Material::skin_green;
       look.hair = Hair::bald_top;
       look.hair_color = Material::hair_black;
       look.top = Material::leather;
       look.weapon = Weapon::club;
       look.stout = 3;
     }},
    {"golem robot",
     [](FigureLook& look) {
       look.skin = look.top = look.legs = look.boots = Material::stone;
       look.hair = Hair::none;
       look.belt = false;
       look.weapon = Weapon::none;
       look.stout = 3;
     }},
    {"demon devil imp",
     [](FigureLook& look) {
       look.skin = Material::red;
       look.hair = Hair::none;
       look.horns = true;
       look.top = Material::black;
       look.weapon = Weapon::spear;
     }},
    {"zombie undead mummy",
     [](FigureLook& look) {
       look.skin = Material::skin_grey;
       look.hair = Hair::bald_top;
       look.weapon = Weapon::none;
     }},
    {"knight paladin guard soldier gladiator",
     [](FigureLook& look) {
       look.hat = Hat::helmet;
       look.hat_color = look.top = Material::steel;
       look.legs = Material::iron;
       look.boots = Material::steel;
       look.shield = true;
     }},
    {"smith blacksmith",
     [](FigureLook& look) {
       look.apron = true;
       look.weapon = Weapon::hammer;
       look.stout = 1;
     }},
    {"mage wizard witch sorcerer warlock druid necromancer",
     [](FigureLook& look) {
       look.hat = Hat::pointed;
       look.robe = true;
       look.hat_color = look.top;
       look.weapon = Weapon::staff;
       look.holds_weapon = true;
     }},
    {"elder sage monk priest cleric",
     [](FigureLook& look) {
       look.hair = Hair::bald_top;
       look.hair_color = Material::hair_white;
       look.beard = true;
       look.robe = true;
       look.weapon = Weapon::staff;
       look.holds_weapon = true;
     }},
    {"barbarian viking",
     [](FigureLook& look) {
       look.hat = Hat::horned;
       look.hat_color = Material::iron;
       look.beard = true;
       look.top = Material::leather;
       look.weapon = Weapon::axe;
       look.stout = 2;
     }},
    {"dwarf",
     [](FigureLook& look) {
       look.beard = true;
       look.hat = Hat::helmet;
       look.weapon = Weapon::axe;
       look.stout = 2;
       look.small = 14;
     }},
    {"archer ranger hunter elf",
     [](FigureLook& look) {
       look.top = Material::green;
       look.hat = Hat::hood;
       look.hat_color = Material::green;
       look.weapon = Weapon::bow;
     }},
    {"rogue thief assassin ninja bandit",
     [](FigureLook& look) {
       look.hat = Hat::hood;
       look.top = look.hat_color = Material::black;
       look.scarf = true;
       look.weapon = Weapon::dagger;
     }},
    {"pirate",
     [](FigureLook& look) {
       look.hat = Hat::bandana;
       look.hat_color = Material::red;
       look.beard = true;
     }},
    {"king prince emperor",
     [](FigureLook& look) {
       look.hat = Hat::crown;
       look.hat_color = Material::gold;
       look.cape = true;
       look.robe = true;
     }},
    {"farmer miner villager peasant baker cook",
     [](FigureLook& look) {
       look.hat = Hat::brim;
       look.hat_color = Material::bread;
       look.weapon = Weapon::pick;
     }},
    {"vampire",
     [](FigureLook& look) {
       look.skin = Material::skin_grey;
       look.hair_color = Material::hair_black;
       look.cape = true;
       look.top = Material::black;
       look.weapon = Weapon::none;
     }},
    {"queen princess",
     [](FigureLook& look) {
       look.hair = Hair::long_hair;
       look.hat = Hat::crown;
       look.hat_color = Material::gold;
       look.robe = true;
       look.belt = false;
     }},
    {"woman women heroine priestess sorceress girl",
     [](FigureLook& look) {
       const bool tied = look.hair == Hair::tail || look.hair == Hair::fringe;
       look.hair = tied ? Hair::tail : Hair::long_hair;
     }},
    {"boy child children", [](FigureLook& look) { look.small = 18; }},
};

FigureLook by_seed(const Scene& scene, SplitMix& random) {
  FigureLook look;
  look.skin = scene.pick(random, {Material::skin_light, Material::skin_light, Material::skin_tan,
                                  Material::skin_dark});
  look.hair_color = scene.pick(random, {Material::hair_brown, Material::hair_black,
                                        Material::hair_blond, Material::hair_red});
  look.hair = static_cast<Hair>(1 + random.below(5));
  look.top = scene.pick(random, {Material::blue, Material::green, Material::red, Material::purple,
                                 Material::teal, Material::orange});
  look.hat_color = look.top;
  look.legs = scene.pick(random, {Material::brown, Material::grey, Material::black});
  look.accent = scene.pick(
      random, {Material::red, Material::yellow, Material::orange, Material::teal, Material::pink});
  look.cape_color = look.accent;
  look.full_visor = random.chance(50);
  look.stout = random.below(3) - 1;
  return look;
}

// Neighbouring garments of one colour would run into each other.
void tell_garments_apart(FigureLook& look, const Scene& scene, bool top_is_said) {
  const bool clashes =
      (look.scarf && look.top == look.accent) || (look.cape && look.top == look.cape_color) ||
      (look.apron && look.top == look.apron_color) || (look.top == look.skin && look.belt);
  if (!clashes || top_is_said) return;
  const auto free = [&](Material material) {
    return material != look.accent && material != look.cape_color && material != look.apron_color;
  };
  for (const Material material :
       {Material::blue, Material::white, Material::green, Material::grey, Material::purple}) {
    if (!free(material) || scene.ramps->misfit(material) > 0.12) continue;
    look.top = material;
    return;
  }
}

// "dark" and "white" mean another thing of skin than of cloth.
Material skin_said(const Prompt& prompt, Material otherwise) {
  const Material said = prompt.material_of({"skin"}, otherwise);
  if (said == Material::black) return Material::skin_dark;
  if (said == Material::brown) return Material::skin_tan;
  if (said == Material::white) return Material::skin_light;
  if (said == Material::green) return Material::skin_green;
  return said == Material::grey ? Material::skin_grey : said;
}

void wear_what_is_said(FigureLook& look, const Prompt& prompt) {
  look.skin = skin_said(prompt, look.skin);
  look.hair_color = prompt.material_of({"hair", "beard"}, look.hair_color);
  if (prompt.has("long") && prompt.has("hair")) look.hair = Hair::long_hair;
  if (prompt.has("bald")) look.hair = Hair::bald_top;
  if (prompt.has("beard") || prompt.has("bearded")) look.beard = true;
  if (prompt.has_any({"scarf", "bandana"})) look.scarf = true;
  look.accent = prompt.material_of({"scarf", "plume", "belt", "bandana"}, look.accent);
  if (prompt.has_any({"cape", "cloak"})) look.cape = true;
  look.cape_color = prompt.material_of({"cape", "cloak"}, look.cape_color);
  if (prompt.has("apron")) look.apron = true;
  look.apron_color = prompt.material_of({"apron"}, look.apron_color);
  if (prompt.has_any({"robe", "dress"})) look.robe = true;
  look.legs = prompt.material_of({"trousers", "pants"}, look.legs);
  look.boots = prompt.material_of({"boots"}, look.boots);
  if (prompt.has_any({"armor", "armour", "armored", "armoured"}) && !look.skeleton)
    look.top = Material::steel;
  const Material said = prompt.color(Material::none);
  if (said != Material::none && !look.skeleton) {
    if (look.skin == look.top) look.skin = look.legs = look.boots = said;  // a golem
    look.top = said;
  }
  look.top = prompt.material_of(
      {"tunic", "shirt", "coat", "robe", "dress", "armor", "armour", "clothes", "jacket"},
      look.top);
  if (look.hat == Hat::pointed || look.hat == Hat::hood) look.hat_color = look.top;
}

void wear_hat_that_is_said(FigureLook& look, const Prompt& prompt) {
  if (prompt.has("helmet")) look.hat = Hat::helmet;
  if (prompt.has("hood") || prompt.has("hooded")) look.hat = Hat::hood;
  if (prompt.has("crown")) {
    look.hat = Hat::crown;
    look.hat_color = Material::gold;
  }
  if (prompt.has("cap")) look.hat = Hat::cap;
  if (prompt.has("hat") && look.hat == Hat::none) look.hat = Hat::brim;
  if (prompt.has("straw")) look.hat_color = Material::bread;
  if (look.hat == Hat::helmet && look.hat_color == look.top && look.top < Material::steel)
    look.hat_color = Material::steel;
  look.hat_color =
      prompt.material_of({"helmet", "hat", "hood", "crown", "cap", "bandana"}, look.hat_color);
}

void take_weapon_that_is_said(FigureLook& look, const Prompt& prompt) {
  struct Named {
    std::string_view words;
    Weapon weapon;
  };
  constexpr Named kNamed[] = {
      {"sword blade", Weapon::sword},  {"dagger knife", Weapon::dagger}, {"axe", Weapon::axe},
      {"hammer mace", Weapon::hammer}, {"staff wand", Weapon::staff},    {"bow", Weapon::bow},
      {"spear lance", Weapon::spear},  {"pickaxe", Weapon::pick},        {"club", Weapon::club}};
  for (const Named& named : kNamed) {
    if (!prompt.has_one_of(named.words)) continue;
    look.weapon = named.weapon;
    look.holds_weapon = true;
    break;
  }
  if (prompt.has("shield")) look.shield = true;
}

}  // namespace

FigureLook read_figure_look(const Scene& scene) {
  const Prompt& prompt = *scene.prompt;
  SplitMix random(scene.look);
  FigureLook look = by_seed(scene, random);
  for (const Role& role : kRoles) {
    if (!prompt.has_one_of(role.words)) continue;
    role.dress(look);
    break;
  }
  wear_what_is_said(look, prompt);
  wear_hat_that_is_said(look, prompt);
  take_weapon_that_is_said(look, prompt);
  const Material before = look.top;
  tell_garments_apart(look, scene, prompt.color(Material::none) != Material::none);
  if (look.hat_color == before && look.hat != Hat::helmet) look.hat_color = look.top;
  if (look.cape) look.accent = look.cape_color;
  return look;
}

}  // namespace dgxp
