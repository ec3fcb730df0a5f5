#include "core/procedural/kinds.hpp"

#include <algorithm>
#include <array>

#include "core/procedural/painters.hpp"

namespace dgxp {
namespace {

constexpr Kind kKinds[] = {
    {"figure", paint_figure, Frame::free, 3,
     "hero heroine knight smith blacksmith mage wizard witch sorcerer warlock elder villager "
     "peasant "
     "farmer merchant trader guard soldier warrior fighter paladin barbarian viking archer ranger "
     "hunter rogue thief assassin ninja pirate king queen prince princess priest cleric monk nun "
     "druid necromancer skeleton goblin orc zombie undead elf dwarf vampire human person man woman "
     "boy girl child adventurer player character npc samurai bandit gladiator cook baker miner"},
    {"slime", paint_slime, Frame::free, 3, "slime blob ooze jelly"},
    {"bat", paint_bat, Frame::free, 3, "bat"},
    {"sword", paint_sword, Frame::free, 3,
     "sword blade dagger knife katana sabre saber rapier cutlass scimitar"},
    {"potion", paint_potion, Frame::free, 3, "potion flask vial bottle elixir phial brew"},
    {"heart", paint_heart, Frame::free, 3, "heart life"},
    {"coin", paint_coin, Frame::free, 3, "coin money currency"},
    {"key", paint_key, Frame::free, 3, "key"},
    {"gem", paint_gem, Frame::free, 2,
     "gem jewel gemstone crystal diamond ruby emerald sapphire "
     "amethyst"},
    {"chest", paint_chest, Frame::free, 3, "chest treasure coffer"},
    {"tree", paint_tree, Frame::free, 3, "tree oak pine fir spruce birch"},
    {"panel", paint_panel, Frame::full, 4, "panel frame window dialog dialogue textbox border"},
    {"tile", paint_tile, Frame::full, 4,
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
  for (const std::string& word : prompt.words()) {
    for (const Kind& kind : kinds) {
      const int weight = weight_of(kind, word);
      if (weight > best_weight) {
        best = &kind;
        best_weight = weight;
      }
    }
  }
  return *best;
}

}  // namespace dgxp
