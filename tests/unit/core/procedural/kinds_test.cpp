#include "core/procedural/kinds.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace dgxp {
namespace {

std::string kind_of(std::string_view prompt, bool seamless = false) {
  return std::string(find_kind(Prompt(prompt), seamless).name);
}

TEST_CASE("a prompt's kind is found by whole words, singular or plural") {
  CHECK(kind_of("young smith, red scarf, leather apron") == "figure");
  CHECK(kind_of("round slime with one eye") == "slime");
  CHECK(kind_of("short sword, steel, centered game item") == "sword");
  CHECK(kind_of("three Gold COINS") == "coin");
  CHECK(kind_of("combat") == "emblem");
  CHECK(kind_of("wooden panel frame") == "panel");
  CHECK(kind_of("short grass", true) == "tile");
  CHECK(kind_of("") == "emblem");
}

TEST_CASE("of several known words the last one of the first phrase names the thing") {
  CHECK(kind_of("treasure map icon") == "map");
  CHECK(kind_of("ring with a gem") == "ring");
  CHECK(kind_of("apple tree") == "tree");
  CHECK(kind_of("knight in steel armour, with a sword") == "figure");
  CHECK(kind_of("burning torch on a brick wall") == "torch");
  CHECK(kind_of("loaf of bread") == "bread");
  CHECK(kind_of("loudspeaker icon") == "speaker");
}

TEST_CASE("clauses about the picture do not choose the kind or the colours") {
  const Prompt prompt("old knight, side view of a tile, single color black outline");
  CHECK(std::string(find_kind(prompt, false).name) == "figure");
  CHECK(prompt.materials().empty());
}

TEST_CASE("no word stands for two kinds and every name is there once") {
  std::set<std::string> seen;
  std::string doubles;
  for (const Kind& kind : all_kinds()) {
    std::string words(kind.words);
    words += ' ';
    std::size_t from = 0;
    for (std::size_t end = words.find(' '); end != std::string::npos; end = words.find(' ', from)) {
      const std::string word = words.substr(from, end - from);
      if (!word.empty() && !seen.insert(word).second) doubles += word + " ";
      from = end + 1;
    }
    if (!seen.insert("kind:" + std::string(kind.name)).second) doubles += kind.name;
  }
  CHECK(doubles == "");
}

TEST_CASE("a colour belongs to the garment that it stands before") {
  const Prompt prompt("young smith, red scarf, leather apron, blue eyes of steel");
  CHECK(prompt.material_of({"scarf"}, Material::none) == Material::red);
  CHECK(prompt.material_of({"apron"}, Material::none) == Material::leather);
  CHECK(prompt.material_of({"cape"}, Material::bone) == Material::bone);
  CHECK(prompt.color(Material::none) == Material::steel);
  CHECK(prompt.metal(Material::none) == Material::steel);
}

}  // namespace
}  // namespace dgxp
