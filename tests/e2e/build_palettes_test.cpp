// Builds whose palettes are chosen or edited, and masters that are not what the manifest expects.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/color.hpp"
#include "tests/e2e/project_pictures.hpp"

using namespace dgxp;

namespace {

void put_manifest(const TempProject& project, const std::string& palette,
                  const std::string& sprite) {
  project.put("assets.yaml",
              "dgxp: 1\n"
              "project: { name: small, seed: 7 }\n"
              "palettes: { chosen: " +
                  palette +
                  " }\n"
                  "styles: { plain: { prompt: \"{prompt}\", render_scale: 8 } }\n"
                  "defaults: { style: plain, palette: chosen, size: [16, 16] }\n"
                  "sprites:\n"
                  "  coin: { prompt: \"gold coin\" }\n"
                  "  potion: { prompt: \"red potion\"" +
                  sprite +
                  " }\n"
                  "outputs: [{ target: bevy, dir: game/sprites }]\n");
}

/// How many colours the lock has for the only palette.
std::ptrdiff_t locked_colors(const TempProject& project) {
  const std::string lock = project.get("assets.lock");
  const std::size_t start = lock.find("    colors: [");
  REQUIRE(start != std::string::npos);
  const std::string line = lock.substr(start, lock.find('\n', start) - start);
  return std::ranges::count(line, '#');
}

}  // namespace

TEST_CASE("reordering the palette file changes no pixel") {
  const SmallProject project;
  REQUIRE(project.run({"build"}).status == 0);
  const auto before = project.tree("game");
  std::string reversed;
  const std::string text = kEmberPalette;
  for (std::size_t at = 0; at < text.size(); at += 7) reversed = text.substr(at, 7) + reversed;
  project.put("palettes/ember.hex", reversed);
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.tree("game") == before);
}

TEST_CASE("an auto palette is made once from all its sprites and then stays") {
  const SmallProject project;
  project.replace_in("assets.yaml", "  ember: { file: palettes/ember.hex }",
                     "  ember: { file: palettes/ember.hex }\n  few: { auto: 5 }");
  project.replace_in("assets.yaml", "    prompt: \"{name}\"",
                     "    prompt: \"{name}\"\n    palette: few");
  REQUIRE(project.run({"build"}).status == 0);
  std::set<Rgb> colors;
  for (const char* path : {"art/item/coin.png", "art/item/potion.png"}) {
    for (const Rgba pixel : png_at(project, path).pixels) {
      if (pixel.a != 0) colors.insert(pixel.rgb());
    }
  }
  CHECK(colors.size() >= 3);
  CHECK(colors.size() <= 5);
  const std::string lock = project.get("assets.lock");
  REQUIRE(project.run({"reroll", "item/coin"}).status == 0);
  REQUIRE(project.run({"build"}).status == 0);
  const std::size_t few = lock.find("  few:\n");
  REQUIRE(few != std::string::npos);
  const std::string entry = lock.substr(few, lock.find('\n', few + 8) - few);
  CHECK(project.get("assets.lock").find(entry) != std::string::npos);
}

TEST_CASE("a palette is extended once by colours of its sprites, and then builds from git alone") {
  const SmallProject project;
  project.replace_in("assets.yaml", "  ember: { file: palettes/ember.hex }",
                     "  ember: { file: palettes/ember.hex }\n"
                     "  dark: [\"#1a1423\", \"#2e2440\", \"#39424f\"]\n"
                     "  more: { from: dark, extend: 3 }");
  project.replace_in("assets.yaml", "    prompt: \"{name}\"",
                     "    prompt: \"{name}\"\n    palette: more");
  CHECK(project.run({"explain", "item/coin"}).out.find("more (its colours are not chosen yet)") !=
        std::string::npos);
  // No master yet, so there is nothing to choose from.
  CHECK(project.run({"build", "--locked"}).status == 2);
  REQUIRE(project.run({"build"}).status == 0);
  const std::string lock = project.get("assets.lock");
  CHECK(lock.find("  more:\n    colors: [\"#1a1423\", \"#2e2440\", \"#39424f\", \"#") !=
        std::string::npos);
  CHECK(lock.find("\n    extend: 3\n    added: [\"#") != std::string::npos);
  CHECK(project.run({"explain", "item/coin"})
            .out.find("more (6 colours, 3 chosen from its masters)") != std::string::npos);
  std::set<Rgb> colors;
  for (const char* path : {"art/item/coin.png", "art/item/potion.png"})
    for (const Rgba pixel : png_at(project, path).pixels)
      if (pixel.a != 0) colors.insert(pixel.rgb());
  CHECK(colors.size() > 3);
  CHECK(colors.size() <= 6);
  CHECK(project.run({"check"}).status == 0);

  // As CI has it: what git holds, without store and worker.
  const std::string page = project.get("game/sprites/small-0.png");
  std::filesystem::remove_all(project.at(".dgxp"));
  std::filesystem::remove_all(project.at("game"));
  REQUIRE(project.run({"build", "--locked"}).status == 0);
  CHECK(project.get("game/sprites/small-0.png") == page);
  CHECK(project.get("assets.lock") == lock);

  // A master that is drawn again takes the colours that stand there.
  REQUIRE(project.run({"reroll", "item/coin"}).status == 0);
  REQUIRE(project.run({"build"}).status == 0);
  const std::size_t start = lock.find("    extend: 3\n");
  const std::string entry = lock.substr(start, lock.find("]\n", start) - start);
  CHECK(project.get("assets.lock").find(entry) != std::string::npos);

  // Another number is another choice, and --locked says that the lock is behind.
  project.replace_in("assets.yaml", "extend: 3", "extend: 2");
  const ProgramResult behind = project.run({"build", "--locked"});
  CHECK(behind.status == 2);
  CHECK(behind.out.find("the lock is not up to date") != std::string::npos);
  CHECK(project.run({"plan"}).out.find("write     assets.lock") != std::string::npos);
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.get("assets.lock").find("    extend: 2\n    added: [") != std::string::npos);
  CHECK(project.run({"check"}).status == 0);

  // Without `extend` the lock forgets what was added, and masters in these colours are named.
  project.replace_in("assets.yaml", ", extend: 2 }", " }");
  const ProgramResult without = project.run({"build"});
  CHECK(without.status == 1);
  CHECK(without.err.find("the nearest colour is used [palette]") != std::string::npos);
  CHECK(project.get("assets.lock").find("added: [") == std::string::npos);
}

TEST_CASE("a hand-drawn sprite has no job and shows the game's palette") {
  const SmallProject project;
  Image drawn({16, 16});
  for (int i = 4; i < 12; ++i) drawn.at(i, 8) = {0xa0, 0x30, 0x38, 255};  // near ember's red
  project.put("drawn/wand.png", std::string(as_text(encode_png(drawn))));
  project.replace_in("assets.yaml",
                     "outputs:", "  item/wand: { source: drawn/wand.png }\noutputs:");
  // Off the palette is an error, unless the manifest says otherwise.
  const std::string words =
      "sprite 'item/wand': #a03038 not in palette 'ember', the nearest colour is used [palette]\n"
      "hint: add them to palette 'ember' or give it 'extend: N', draw with its colours, or say "
      "`checks: { palette: warn }`\n";
  const ProgramResult refused = project.run({"build"});
  CHECK(refused.status == 1);
  CHECK(refused.err.find("assets.yaml:28:3: error: " + words) != std::string::npos);
  CHECK(project.run({"check"}).status == 1);
  CHECK(project.run({"lint", "item/wand"}).status == 1);
  project.replace_in("assets.yaml", "outputs:", "checks: { palette: warn }\noutputs:");
  const ProgramResult result = project.run({"build"});
  CHECK(result.status == 0);
  CHECK(result.err.find("assets.yaml:28:3: warning: " + words) != std::string::npos);
  CHECK(project.run({"lint", "item/wand"}).status == 0);
  CHECK(project.run({"lint", "--strict", "item/wand"}).status == 1);
  CHECK(project.get("assets.lock").find("item/wand:\n") == std::string::npos);
  CHECK(project.get("game/sprites/small.dgxp.json").find("item/wand") != std::string::npos);
}

TEST_CASE("a palette that replaces a colour follows it through edits and reordering") {
  const SmallProject project;
  project.put(
      "assets.yaml",
      "dgxp: 1\nproject: { name: two }\npalettes:\n  base: { file: p.hex }\n  alt: { from: "
      "base, map: { '#aa0000': '#0000ff' } }\nstyles: { s: { prompt: '{prompt}', "
      "render_scale: 8 } }\nsprites:\n  hero: { prompt: red knight, style: s, palette: base, "
      "size: [16, 16], variants: { palette: [base, alt] } }\n");
  project.put("p.hex", "000000\naa0000\n00bb00\n");
  REQUIRE(project.run({"build"}).status == 0);
  project.put("p.hex", "000000\ncc0000\n00bb00\n");
  REQUIRE(project.run({"build"}).status == 0);
  project.put("p.hex", "cc0000\n000000\n00bb00\n");
  const ProgramResult built = project.run({"build"});
  CHECK(built.status == 0);
  const ProgramResult checked = project.run({"check"});
  CHECK(checked.err == "");
  CHECK(checked.status == 0);
}

TEST_CASE("an auto palette is chosen again, from the raw images, for another number of colours") {
  const SmallProject project;
  put_manifest(project, "{ auto: 4 }", "");
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(locked_colors(project) == 4);
  CHECK(project.get("assets.lock").find("\n    auto: 4\n") != std::string::npos);
  CHECK(project.run({"check"}).status == 0);

  put_manifest(project, "{ auto: 9 }", "");
  CHECK(project.run({"check"}).status == 2);
  const ProgramResult more = project.run({"build", "--json"});
  REQUIRE_MESSAGE(more.status == 0, more.err);
  CHECK(nlohmann::json::parse(more.out)["recovered"] == nlohmann::json{"coin", "potion"});
  CHECK(locked_colors(project) == 9);
  CHECK(project.run({"check"}).status == 0);
  CHECK(project.run({"build"}).out.find("recovered") == std::string::npos);

  // A lock that does not say for how many its colours were chosen stays as it is.
  project.replace_in("assets.lock", "    auto: 9\n", "");
  const std::string before = project.get("assets.lock");
  CHECK(project.run({"check"}).status == 0);
  CHECK(project.run({"build"}).status == 0);
  CHECK(project.get("assets.lock") == before);
}

TEST_CASE("colours that no palette has are told before anything is drawn") {
  const auto refused = [](const std::string& from, const std::string& to,
                          const std::string& message) {
    const SmallProject project;
    project.replace_in("assets.yaml", from, to);
    for (const char* verb : {"plan", "build"}) {
      const ProgramResult result = project.run({verb});
      CHECK(result.status == 65);
      CHECK_MESSAGE(result.err.find("error: " + message) != std::string::npos, result.err);
      CHECK(result.err.find("\nhint: ") != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(project.at("art")));
  };
  refused("gold: [\"#7a4a2b\"", "gold: [\"#7a4a2c\"",
          "sprite 'item/sword-gold': the recolor colour #7a4a2c is not in palette 'ember'");
  refused("  size: [16, 16]\n", "  size: [16, 16]\n  finish: { outline: \"#000001\" }\n",
          "sprite 'hero': the outline colour #000001 is not in palette 'ember'");
  const SmallProject project;
  project.replace_in("assets.yaml", "ramps:\n",
                     "  two: { colors: [\"#000000\", \"#ffffff\"] }\nramps:\n");
  project.replace_in("assets.yaml", "cape\"\n",
                     "cape\"\n    variants: { palette: [ember, two] }\n");
  const ProgramResult result = project.run({"build"});
  CHECK(result.status == 65);
  CHECK_MESSAGE(result.err.find("palette 'ember' has 16 colours, its variant 'two' has 2") !=
                    std::string::npos,
                result.err);
  CHECK_FALSE(std::filesystem::exists(project.at("art")));
}

TEST_CASE("a drawn picture of more colours than its auto palette has is told with what to do") {
  const SmallProject project;
  Image drawn({16, 16});
  for (int x = 0; x < 16; ++x) drawn.at(x, 8) = {static_cast<std::uint8_t>(16 * x), 40, 90, 255};
  project.put("drawn/rainbow.png", std::string(as_text(encode_png(drawn))));
  put_manifest(project, "{ auto: 4 }", " }\n  rainbow: { source: drawn/rainbow.png");
  const std::string hint =
      "'auto: 4' of palette 'chosen' chose colours once: make it larger and they are chosen anew "
      "from all pictures, draw with its colours, or say `checks: { palette: warn }`";
  for (const char* verb : {"build", "check", "lint"}) {
    const ProgramResult refused = project.run({verb});
    CHECK(refused.status == 1);
    CHECK_MESSAGE(refused.err.find("[palette]\nhint: " + hint + "\n") != std::string::npos,
                  refused.err);
  }
  const auto report = nlohmann::json::parse(project.run({"check", "--json"}).out);
  CHECK(report["findings"][0]["hint"] == hint);
  CHECK(project.run({"lint", "--sarif"}).out.find("is used; " + hint) != std::string::npos);
  // What the hint says does help.
  project.replace_in("assets.yaml", "auto: 4", "auto: 40");
  const ProgramResult larger = project.run({"build"});
  CHECK_MESSAGE(larger.status == 0, larger.err);
  CHECK(project.run({"check"}).status == 0);
}

TEST_CASE("a build tells of masters that had no background to remove") {
  const SmallProject project;
  put_manifest(project, "{ file: palettes/ember.hex }",
               ", recover: { background: chroma_key, key: \"#00ff80\" }");
  const ProgramResult built = project.run({"build", "--json"});
  REQUIRE_MESSAGE(built.status == 0, built.err);
  CHECK(nlohmann::json::parse(built.out)["without_background"] == nlohmann::json{"potion"});
  CHECK(built.err.find("warning: job 'potion': no background was found to remove; look at "
                       "'art/potion.png', set 'background' under 'recover' (chroma_key now)") !=
        std::string::npos);
}

TEST_CASE("a drawn picture with soft alpha is told, also where its palette cuts it") {
  const SmallProject project;
  put_manifest(project, "{ file: palettes/ember.hex }", "");
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.run({"check"}).err.find("soft_alpha") == std::string::npos);
  Image drawn({16, 16});
  drawn.at(5, 5) = {0x9e, 0x30, 0x38, 255};
  drawn.at(6, 5) = {0x9e, 0x30, 0x38, 90};
  project.put("drawn/glow.png", std::string(as_text(encode_png(drawn))));
  project.replace_in("assets.yaml", "sprites:\n",
                     "sprites:\n  glow: { source: drawn/glow.png, palette: none }\n"
                     "  cut: { source: drawn/glow.png }\n");
  const ProgramResult built = project.run({"build"});
  CHECK(built.status == 0);
  CHECK(built.err.find("sprite 'glow': a pixel has an alpha of 90, not 0 or 255 (at 6,5) "
                       "[soft_alpha]") != std::string::npos);
  CHECK(
      built.err.find("sprite 'cut': 1 pixel is drawn with an alpha between 0 and 255: from 128 on "
                     "they are made opaque, below transparent [soft_alpha]") != std::string::npos);
  CHECK(project.run({"lint"}).err.find("[soft_alpha]") != std::string::npos);
}
