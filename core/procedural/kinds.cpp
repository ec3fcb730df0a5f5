#include "core/procedural/kinds.hpp"

#include <algorithm>
#include <array>

#include "core/procedural/painters.hpp"

namespace dgxp {
namespace {

constexpr Kind kKinds[] = {
    {"figure", paint_figure, Extent::free, Life::moving, 3,
     "hero heroine knight smith blacksmith mage wizard witch sorcerer sorceress warlock "
     "elder sage villager peasant farmer merchant trader shopkeeper guard soldier warrior "
     "fighter paladin gladiator barbarian viking archer ranger hunter rogue thief assassin "
     "ninja pirate bandit king emperor queen prince princess priest priestess cleric monk nun "
     "druid necromancer skeleton goblin orc troll ogre zombie undead mummy elf dwarf "
     "vampire demon devil imp golem robot human person people man men woman women boy girl "
     "child children adventurer player character npc samurai cook baker miner"},
    {"slime", paint_slime, Extent::free, Life::moving, 3, "slime blob ooze jelly"},
    {"bat", paint_bat, Extent::free, Life::moving, 3, "bat"},
    {"ghost", paint_ghost, Extent::free, Life::moving, 3,
     "ghost spirit phantom wraith specter spectre"},
    {"spider", paint_spider, Extent::free, Life::moving, 3, "spider tarantula"},
    {"snake", paint_snake, Extent::free, Life::moving, 3, "snake serpent viper cobra worm"},
    {"beast", paint_beast, Extent::free, Life::moving, 3,
     "rat mouse mice wolf dog hound cat fox boar pig sheep cow horse deer bear dragon "
     "beast"},
    {"bird", paint_bird, Extent::free, Life::moving, 3,
     "bird chicken hen rooster crow raven duck owl parrot eagle"},
    {"eyeball", paint_eyeball, Extent::free, Life::moving, 3, "eyeball beholder eye"},
    {"sword", paint_sword, Extent::free, Life::inert, 3,
     "sword blade dagger knife katana sabre saber rapier cutlass scimitar"},
    {"axe", paint_axe, Extent::free, Life::inert, 3, "axe ax hatchet tomahawk"},
    {"spear", paint_spear, Extent::free, Life::inert, 3,
     "spear lance pike javelin halberd trident"},
    {"hammer", paint_hammer, Extent::free, Life::inert, 3, "hammer mace warhammer maul mallet"},
    {"staff", paint_staff, Extent::free, Life::inert, 3, "staff wand scepter sceptre rod"},
    {"bow", paint_bow, Extent::free, Life::inert, 3, "bow crossbow longbow"},
    {"arrow", paint_arrow, Extent::free, Life::inert, 2, "arrow bolt"},
    {"bomb", paint_bomb, Extent::free, Life::moving, 3, "bomb grenade dynamite"},
    {"shield", paint_shield, Extent::free, Life::inert, 3, "shield buckler"},
    {"ring", paint_ring, Extent::free, Life::inert, 3, "ring"},
    {"amulet", paint_amulet, Extent::free, Life::inert, 3,
     "amulet necklace pendant medallion talisman"},
    {"armour", paint_armour, Extent::free, Life::inert, 3,
     "armour armor chestplate breastplate cuirass chainmail"},
    {"helmet", paint_helmet, Extent::free, Life::inert, 2, "helmet helm"},
    {"boots", paint_boots, Extent::free, Life::inert, 2, "boot shoe"},
    {"crown", paint_crown, Extent::free, Life::inert, 2, "crown tiara"},
    {"pickaxe", paint_pickaxe, Extent::free, Life::inert, 3, "pickaxe pick mattock"},
    {"shovel", paint_shovel, Extent::free, Life::inert, 3, "shovel spade"},
    {"torch", paint_torch, Extent::free, Life::moving, 3, "torch brazier candle"},
    {"lantern", paint_lantern, Extent::free, Life::moving, 3, "lantern lamp"},
    {"rope", paint_rope, Extent::free, Life::inert, 3, "rope"},
    {"key", paint_key, Extent::free, Life::inert, 3, "key"},
    {"potion", paint_potion, Extent::free, Life::moving, 3,
     "potion flask vial bottle elixir phial brew"},
    {"gem", paint_gem, Extent::free, Life::inert, 2,
     "gem jewel gemstone crystal diamond ruby emerald sapphire amethyst"},
    {"coin", paint_coin, Extent::free, Life::moving, 3, "coin money currency"},
    {"heart", paint_heart, Extent::free, Life::moving, 3, "heart life health"},
    {"star", paint_star, Extent::free, Life::moving, 3, "star"},
    {"skull", paint_skull, Extent::free, Life::inert, 3, "skull"},
    {"apple", paint_apple, Extent::free, Life::inert, 3, "apple fruit food"},
    {"bread", paint_bread, Extent::free, Life::inert, 3, "bread loaf bun"},
    {"cheese", paint_cheese, Extent::free, Life::inert, 3, "cheese"},
    {"meat", paint_meat, Extent::free, Life::inert, 3, "meat drumstick steak ham"},
    {"mushroom", paint_mushroom, Extent::free, Life::inert, 3, "mushroom toadstool fungus"},
    {"carrot", paint_carrot, Extent::free, Life::inert, 3, "carrot vegetable"},
    {"egg", paint_egg, Extent::free, Life::inert, 3, "egg"},
    {"fish", paint_fish, Extent::free, Life::moving, 3, "fish salmon trout"},
    {"gear", paint_gear, Extent::free, Life::moving, 3, "gear cog cogwheel setting option"},
    {"map", paint_map, Extent::free, Life::inert, 3, "map"},
    {"scroll", paint_scroll, Extent::free, Life::inert, 3, "scroll letter"},
    {"book", paint_book, Extent::free, Life::inert, 3, "book tome spellbook grimoire journal"},
    {"speaker", paint_speaker, Extent::free, Life::moving, 3,
     "speaker loudspeaker sound audio volume music"},
    {"tree", paint_tree, Extent::free, Life::moving, 3, "tree oak pine fir spruce birch"},
    {"bush", paint_bush, Extent::free, Life::moving, 3, "bush shrub hedge"},
    {"rock", paint_rock, Extent::free, Life::inert, 3, "rock boulder ore pebble"},
    {"flower", paint_flower, Extent::free, Life::moving, 3, "flower rose tulip daisy plant"},
    {"fire", paint_fire, Extent::free, Life::moving, 2, "fire flame campfire bonfire fireball"},
    {"cactus", paint_cactus, Extent::free, Life::inert, 3, "cactus"},
    {"chest", paint_chest, Extent::free, Life::moving, 3, "chest treasure coffer"},
    {"barrel", paint_barrel, Extent::free, Life::inert, 3, "barrel keg cask"},
    {"crate", paint_crate, Extent::free, Life::inert, 3, "crate box"},
    {"door", paint_door, Extent::free, Life::moving, 3, "door gate portcullis"},
    {"house", paint_house, Extent::free, Life::inert, 3, "house hut cottage cabin home"},
    {"grave", paint_grave, Extent::free, Life::inert, 3, "grave gravestone tombstone tomb"},
    {"pot", paint_pot, Extent::free, Life::inert, 3, "pot vase urn jar"},
    {"sign", paint_sign, Extent::free, Life::inert, 3, "sign signpost"},
    {"panel", paint_panel, Extent::full, Life::moving, 3,
     "panel frame window dialog dialogue textbox border"},
    {"button", paint_button, Extent::full, Life::moving, 3, "button"},
    {"tile", paint_tile, Extent::full, Life::moving, 3,
     "tile tileset floor ground terrain wall texture seamless pavement path road"},
    {"emblem", paint_emblem, Extent::free, Life::inert, 0, ""},
};

int weight_of(const Kind& kind, std::string_view word) {
  return is_form_of_one(word, kind.words) ? kind.weight : 0;
}

}  // namespace

std::span<const Kind> all_kinds() {
  return kKinds;
}

const Kind& find_kind(const Prompt& prompt, bool seamless) {
  const std::span<const Kind> kinds = all_kinds();
  if (seamless) return *std::ranges::find(kinds, "tile", &Kind::name);
  const Kind* best = &kinds.back();
  int best_weight = 0;
  int best_phrase = -1;
  for (std::size_t i = 0; i < prompt.words().size(); ++i) {
    for (const Kind& kind : kinds) {
      const int weight = weight_of(kind, prompt.words()[i]);
      const bool same_phrase = prompt.phrases()[i] == best_phrase;
      if (weight == 0 || weight < best_weight || (weight == best_weight && !same_phrase)) continue;
      best = &kind;
      best_weight = weight;
      best_phrase = prompt.phrases()[i];
    }
  }
  return *best;
}

}  // namespace dgxp
