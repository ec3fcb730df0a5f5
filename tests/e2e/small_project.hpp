#pragma once

#include <map>
#include <string>

#include "tests/support/run_program.hpp"
#include "tests/unit/core/store/temp_project.hpp"

namespace dgxp {

inline constexpr const char* kSmallManifest = R"(dgxp: 1
project: { name: small, seed: 7 }
palettes:
  ember: { file: palettes/ember.hex }
ramps:
  steel: ["#39424f", "#5f6f7c", "#8fa3b1", "#c9d6df"]
  gold: ["#7a4a2b", "#b5762f", "#dfa345", "#f6da77"]
styles:
  plain: { prompt: "{prompt}", render_scale: 8 }
defaults:
  style: plain
  palette: ember
  size: [16, 16]
sprites:
  hero:
    prompt: "young knight, red cape"
    directions: { draw: [east], mirror: { west: east } }
    animations:
      walk: { frames: 2, duration: 120 }
  item/sword-{metal}:
    prompt: "short sword, steel"
    matrix:
      recolor: { metal: { steel: {}, gold: { ramps: { steel: gold } } } }
  item/{name}:
    matrix:
      generate: { name: { coin: "gold coin", potion: "red potion" } }
    prompt: "{name}"
outputs:
  - { target: bevy, dir: game/sprites }
)";

inline constexpr const char* kEmberPalette =
    "1a1423\n2e2440\n39424f\n5f6f7c\n8fa3b1\nc9d6df\n7a4a2b\nb5762f\ndfa345\nf6da77\n"
    "5e1f2e\n9e3038\nd65a45\ne8b08a\nc07f5e\nf3efe0\n";

/// A project of six sprites in a folder of its own.
class SmallProject : public TempProject {
 public:
  SmallProject() {
    put("assets.yaml", kSmallManifest);
    put("palettes/ember.hex", kEmberPalette);
  }
  ProgramResult run(std::vector<std::string> arguments,
                    std::map<std::string, std::string> environment = {}) const {
    return run_dgxp(folder().string(), std::move(arguments), std::move(environment));
  }
  void replace_in(const std::string& path, const std::string& from, const std::string& to) const {
    std::string text = get(path);
    const std::size_t at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    put(path, text.replace(at, from.size(), to));
  }
};

}  // namespace dgxp
