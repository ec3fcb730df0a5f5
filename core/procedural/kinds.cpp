#include "core/procedural/kinds.hpp"

#include <algorithm>
#include <array>

#include "core/procedural/painters.hpp"

namespace dgxp {
namespace {

constexpr Kind kKinds[] = {
    {"figure", paint_figure, Frame::free, 3,
     "hero heroine knight smith blacksmith mage wizard witch sorcerer sorceress warlock "
     "elder sage villager peasant farmer merchant trader shopkeeper guard soldier warrior "
     "fighter paladin gladiator barbarian viking archer ranger hunter rogue thief assassin "
     "ninja pirate bandit king queen prince princess priest priestess cleric monk nun "
     "druid necromancer skeleton goblin orc troll ogre zombie undead mummy elf dwarf "
     "vampire demon devil imp golem robot human person people man men woman women boy girl "
     "child children adventurer player character npc samurai cook baker miner"},
    {"slime", paint_slime, Frame::free, 3, "slime blob ooze jelly"},
    {"bat", paint_bat, Frame::free, 3, "bat"},
    {"ghost", paint_ghost, Frame::free, 3, "ghost spirit phantom wraith specter spectre"},
    {"spider", paint_spider, Frame::free, 3, "spider tarantula"},
    {"snake", paint_snake, Frame::free, 3, "snake serpent viper cobra worm"},
    {"beast", paint_beast, Frame::free, 3,
     "rat mouse mice wolf dog hound cat fox boar pig sheep cow horse deer bear dragon "
     "beast"},
    {"bird", paint_bird, Frame::free, 3,
     "bird chicken hen rooster crow raven duck owl parrot eagle"},
    {"eyeball", paint_eyeball, Frame::free, 3, "eyeball beholder eye"},
    {"sword", paint_sword, Frame::free, 3,
     "sword blade dagger knife katana sabre saber rapier cutlass scimitar"},
    {"axe", paint_axe, Frame::free, 3, "axe ax hatchet tomahawk"},
    {"spear", paint_spear, Frame::free, 3, "spear lance pike javelin halberd trident"},
    {"hammer", paint_hammer, Frame::free, 3, "hammer mace warhammer maul mallet"},
    {"staff", paint_staff, Frame::free, 3, "staff wand scepter sceptre rod"},
    {"bow", paint_bow, Frame::free, 3, "bow crossbow longbow"},
    {"arrow", paint_arrow, Frame::free, 2, "arrow bolt"},
    {"bomb", paint_bomb, Frame::free, 3, "bomb grenade dynamite"},
    {"shield", paint_shield, Frame::free, 3, "shield buckler"},
    {"ring", paint_ring, Frame::free, 3, "ring"},
    {"amulet", paint_amulet, Frame::free, 3, "amulet necklace pendant medallion talisman"},
    {"armour", paint_armour, Frame::free, 3,
     "armour armor chestplate breastplate cuirass chainmail"},
    {"helmet", paint_helmet, Frame::free, 2, "helmet helm"},
    {"boots", paint_boots, Frame::free, 2, "boot shoe"},
    {"crown", paint_crown, Frame::free, 2, "crown tiara"},
    {"pickaxe", paint_pickaxe, Frame::free, 3, "pickaxe pick mattock"},
    {"shovel", paint_shovel, Frame::free, 3, "shovel spade"},
    {"torch", paint_torch, Frame::free, 3, "torch brazier candle"},
    {"lantern", paint_lantern, Frame::free, 3, "lantern lamp"},
    {"rope", paint_rope, Frame::free, 3, "rope"},
    {"key", paint_key, Frame::free, 3, "key"},
    {"potion", paint_potion, Frame::free, 3, "potion flask vial bottle elixir phial brew"},
    {"gem", paint_gem, Frame::free, 2,
     "gem jewel gemstone crystal diamond ruby emerald sapphire amethyst"},
    {"coin", paint_coin, Frame::free, 3, "coin money currency"},
    {"heart", paint_heart, Frame::free, 3, "heart life health"},
    {"star", paint_star, Frame::free, 3, "star"},
    {"skull", paint_skull, Frame::free, 3, "skull"},
    {"apple", paint_apple, Frame::free, 3, "apple fruit food"},
    {"bread", paint_bread, Frame::free, 3, "bread loaf bun"},
    {"cheese", paint_cheese, Frame::free, 3, "cheese"},
    {"meat", paint_meat, Frame::free, 3, "meat drumstick steak ham"},
    {"mushroom", paint_mushroom, Frame::free, 3, "mushroom toadstool fungus"},
    {"carrot", paint_carrot, Frame::free, 3, "carrot vegetable"},
    {"egg", paint_egg, Frame::free, 3, "egg"},
    {"fish", paint_fish, Frame::free, 3, "fish salmon trout"},
    {"gear", paint_gear, Frame::free, 3, "gear cog cogwheel setting option"},
    {"map", paint_map, Frame::free, 3, "map"},
    {"scroll", paint_scroll, Frame::free, 3, "scroll letter"},
    {"book", paint_book, Frame::free, 3, "book tome spellbook grimoire journal"},
    {"speaker", paint_speaker, Frame::free, 3, "speaker loudspeaker sound audio volume music"},
    {"tree", paint_tree, Frame::free, 3, "tree oak pine fir spruce birch"},
    {"bush", paint_bush, Frame::free, 3, "bush shrub hedge"},
    {"rock", paint_rock, Frame::free, 3, "rock boulder ore pebble"},
    {"flower", paint_flower, Frame::free, 3, "flower rose tulip daisy plant"},
    {"fire", paint_fire, Frame::free, 2, "fire flame campfire bonfire fireball"},
    {"cactus", paint_cactus, Frame::free, 3, "cactus"},
    {"chest", paint_chest, Frame::free, 3, "chest treasure coffer"},
    {"barrel", paint_barrel, Frame::free, 3, "barrel keg cask"},
    {"crate", paint_crate, Frame::free, 3, "crate box"},
    {"door", paint_door, Frame::free, 3, "door gate portcullis"},
    {"house", paint_house, Frame::free, 3, "house hut cottage cabin home"},
    {"grave", paint_grave, Frame::free, 3, "grave gravestone tombstone tomb"},
    {"pot", paint_pot, Frame::free, 3, "pot vase urn jar"},
    {"sign", paint_sign, Frame::free, 3, "sign signpost"},
    {"panel", paint_panel, Frame::full, 3, "panel frame window dialog dialogue textbox border"},
    {"button", paint_button, Frame::full, 3, "button"},
    {"tile", paint_tile, Frame::full, 3,
     "tile tileset floor ground terrain wall texture seamless pavement path road"},
    {"emblem", paint_emblem, Frame::free, 0, ""},
};

int weight_of(const Kind& kind, std::string_view word) {
  std::string_view words = kind.words;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (is_form_of(word, words.substr(0, end))) return kind.weight;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return 0;
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
