#include "manifests/load_manifest.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/manifests/manifest_text.hpp"

namespace dgxp {
namespace {

using test::load;
using test::problems_of;

std::string list_masters(const ProjectSpec& project) {
  std::string text;
  for (const MasterSpec& master : project.masters) {
    text += fmt::format("{} {} {}x{}x{}{}\n", master.id, master.path, master.frames,
                        master.frame_size.width, master.frame_size.height,
                        master.drawn_by_hand ? " by hand" : "");
  }
  return text;
}

std::string list_sprites(const ProjectSpec& project) {
  std::string text;
  for (const SpriteSpec& sprite : project.sprites) {
    text += sprite.id;
    if (!sprite.variant_palette.empty()) text += fmt::format(" in {}", sprite.variant_palette);
    if (!sprite.recolor.empty()) text += fmt::format(" with {} colours", sprite.recolor.size());
    text += ":";
    for (const RowSpec& row : sprite.rows) {
      text += fmt::format(" {}{}{}", row.name, row.mirrored ? "<" : "=", row.master);
    }
    text += "\n";
  }
  return text;
}

std::string list_atlases(const ProjectSpec& project) {
  std::string text;
  for (const AtlasSpec& atlas : project.atlases) {
    text += atlas.name + ":";
    for (const std::string& sprite : atlas.sprites) text += " " + sprite;
    text += "\n";
  }
  return text;
}

TEST_CASE("a small manifest loads without a word") {
  const ManifestResult result = load(test::read_good("small.yaml"));
  CHECK(format_diagnostics(result.diagnostics) == "");
  REQUIRE(result.project);
  CHECK(list_masters(*result.project) ==
        "frog art/frog.png 1x16x16\n"
        "lily art/lily.png 1x16x16\n");
  CHECK(list_atlases(*result.project) == "pond: frog lily\n");
  REQUIRE(result.project->outputs.size() == 1);
  CHECK(result.project->outputs[0].dir == "assets/sprites");
  CHECK(result.project->outputs[0].target == Target::bevy);
}

TEST_CASE("the full example expands to its masters, sprites and atlases") {
  const ManifestResult result = load(test::read_good("full.yaml"));
  CHECK(format_diagnostics(result.diagnostics) == "");
  REQUIRE(result.project);
  CHECK(list_masters(*result.project) ==
        "foe/crab/rest/east art/foe/crab/rest-east.png 2x24x24\n"
        "foe/crab/rest/south art/foe/crab/rest-south.png 2x24x24\n"
        "foe/crab/throw/east art/foe/crab/throw-east.png 5x24x24\n"
        "foe/crab/throw/south art/foe/crab/throw-south.png 5x24x24\n"
        "foe/crab/walk/east art/foe/crab/walk-east.png 4x24x24\n"
        "foe/crab/walk/south art/foe/crab/walk-south.png 4x24x24\n"
        "gear/bell art/gear/bell.png 1x16x16\n"
        "gear/hook art/gear/hook.png 1x16x16\n"
        "gear/lamp art/gear/lamp.png 1x16x16\n"
        "gear/net art/gear/net.png 1x16x16\n"
        "hud/board art/hud/board.png 1x24x24\n"
        "hud/icon-anchor art/hud/icon-anchor.png 1x16x16\n"
        "hud/icon-chart art/hud/icon-chart.png 1x16x16\n"
        "hud/icon-key art/hud/icon-key.png 1x16x16\n"
        "hud/icon-shell art/hud/icon-shell.png 1x16x16\n"
        "hud/icon-wave art/hud/icon-wave.png 1x16x16\n"
        "hud/icon-wheel art/hud/icon-wheel.png 1x16x16\n"
        "keeper/rest/east art/keeper/rest-east.png 2x32x32\n"
        "keeper/rest/north art/keeper/rest-north.png 2x32x32\n"
        "keeper/rest/south art/keeper/rest-south.png 2x32x32\n"
        "keeper/throw/east art/keeper/throw-east.png 5x32x32\n"
        "keeper/throw/north art/keeper/throw-north.png 5x32x32\n"
        "keeper/throw/south art/keeper/throw-south.png 5x32x32\n"
        "keeper/walk/east art/keeper/walk-east.png 4x32x32\n"
        "keeper/walk/north art/keeper/walk-north.png 4x32x32\n"
        "keeper/walk/south art/keeper/walk-south.png 4x32x32\n"
        "keeper/wave/south art/keeper/wave-south.png 3x32x32\n"
        "npc/gull drawn/gull.png 1x32x32 by hand\n"
        "shore/plank art/shore/plank.png 1x16x16\n"
        "shore/sand art/shore/sand.png 1x16x16\n");
  CHECK(list_sprites(*result.project) ==
        "keeper: rest/south=keeper/rest/south rest/east=keeper/rest/east "
        "rest/north=keeper/rest/north rest/west<keeper/rest/east walk/south=keeper/walk/south "
        "walk/east=keeper/walk/east walk/north=keeper/walk/north walk/west<keeper/walk/east "
        "throw/south=keeper/throw/south throw/east=keeper/throw/east "
        "throw/north=keeper/throw/north throw/west<keeper/throw/east "
        "wave/south=keeper/wave/south\n"
        "foe/crab: rest/south=foe/crab/rest/south rest/east=foe/crab/rest/east "
        "rest/west<foe/crab/rest/east rest/north<foe/crab/rest/south "
        "walk/south=foe/crab/walk/south walk/east=foe/crab/walk/east "
        "walk/west<foe/crab/walk/east walk/north<foe/crab/walk/south "
        "throw/south=foe/crab/throw/south throw/east=foe/crab/throw/east "
        "throw/west<foe/crab/throw/east throw/north<foe/crab/throw/south\n"
        "foe/crab-moonlit in moonlit: rest/south=foe/crab/rest/south "
        "rest/east=foe/crab/rest/east rest/west<foe/crab/rest/east "
        "rest/north<foe/crab/rest/south walk/south=foe/crab/walk/south "
        "walk/east=foe/crab/walk/east walk/west<foe/crab/walk/east "
        "walk/north<foe/crab/walk/south throw/south=foe/crab/throw/south "
        "throw/east=foe/crab/throw/east throw/west<foe/crab/throw/east "
        "throw/north<foe/crab/throw/south\n"
        "gear/hook-plain: =gear/hook\n"
        "gear/hook-brass with 4 colours: =gear/hook\n"
        "gear/hook-coral with 4 colours: =gear/hook\n"
        "gear/net-brass with 4 colours: =gear/net\n"
        "gear/net-coral with 4 colours: =gear/net\n"
        "gear/bell-plain: =gear/bell\n"
        "gear/bell-brass with 4 colours: =gear/bell\n"
        "gear/bell-coral with 4 colours: =gear/bell\n"
        "gear/lamp-plain: =gear/lamp\n"
        "gear/lamp-brass with 4 colours: =gear/lamp\n"
        "gear/lamp-coral with 4 colours: =gear/lamp\n"
        "hud/icon-anchor: =hud/icon-anchor\n"
        "hud/icon-shell: =hud/icon-shell\n"
        "hud/icon-key: =hud/icon-key\n"
        "hud/icon-chart: =hud/icon-chart\n"
        "hud/icon-wheel: =hud/icon-wheel\n"
        "hud/icon-wave: =hud/icon-wave\n"
        "hud/board: =hud/board\n"
        "npc/gull: =npc/gull\n"
        "shore/sand: =shore/sand\n"
        "shore/plank: =shore/plank\n");
  CHECK(list_atlases(*result.project) ==
        "actors: keeper foe/crab foe/crab-moonlit npc/gull\n"
        "things: gear/hook-plain gear/hook-brass gear/hook-coral gear/net-brass gear/net-coral "
        "gear/bell-plain gear/bell-brass gear/bell-coral gear/lamp-plain gear/lamp-brass "
        "gear/lamp-coral hud/icon-anchor hud/icon-shell hud/icon-key hud/icon-chart "
        "hud/icon-wheel hud/icon-wave hud/board\n"
        "shore: shore/sand shore/plank\n");
}

TEST_CASE("an unknown field is named with its place and the one that was meant") {
  CHECK(problems_of(test::kHead + "sprites:\n"
                                  "  hero:\n"
                                  "    prompt: young smith\n"
                                  "    palete: reed\n") ==
        "assets.yaml:8:5: error: unknown field 'palete' in sprite 'hero'\n"
        "    8 |     palete: reed\n"
        "      |     ^~~~~~\n"
        "hint: did you mean 'palette'?\n");
}

TEST_CASE("all problems are told at once, by place") {
  CHECK(problems_of("dgxp: 1\n"
                    "project: { name: pond, sed: 1 }\n"
                    "sprites:\n"
                    "  hero: { size: [0, 16], prompt: smith }\n"
                    "  hero: { prompt: twice }\n") ==
        "assets.yaml:2:24: error: unknown field 'sed' in project\n"
        "    2 | project: { name: pond, sed: 1 }\n"
        "      |                        ^~~\n"
        "hint: did you mean 'seed'?\n"
        "assets.yaml:4:3: error: 'hero' has no palette\n"
        "    4 |   hero: { size: [0, 16], prompt: smith }\n"
        "      |   ^~~~\n"
        "hint: add 'palette: NAME' here or in 'defaults'; 'palette: none' keeps all colours\n"
        "assets.yaml:4:18: error: item 1 of 'size' of sprite 'hero' is 0, outside 1 to 4096\n"
        "    4 |   hero: { size: [0, 16], prompt: smith }\n"
        "      |                  ^\n"
        "hint: for example 32\n"
        "assets.yaml:5:3: error: 'hero' is given twice\n"
        "    5 |   hero: { prompt: twice }\n"
        "      |   ^~~~\n"
        "hint: the first is in line 4: keep one of them\n");
}

}  // namespace
}  // namespace dgxp
