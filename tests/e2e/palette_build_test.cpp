// Builds whose palettes are chosen, and masters that are not what the manifest expects.
#include <algorithm>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/image/png_codec.hpp"
#include "tests/e2e/small_project.hpp"

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

TEST_CASE("a drawn picture with soft alpha is told where no palette cuts it") {
  const SmallProject project;
  put_manifest(project, "{ file: palettes/ember.hex }", "");
  REQUIRE(project.run({"build"}).status == 0);
  CHECK(project.run({"check"}).err.find("soft_alpha") == std::string::npos);
  Image drawn({16, 16});
  drawn.at(5, 5) = {200, 20, 20, 255};
  drawn.at(6, 5) = {200, 20, 20, 90};
  project.put("drawn/glow.png", std::string(as_text(encode_png(drawn))));
  project.replace_in("assets.yaml", "sprites:\n",
                     "sprites:\n  glow: { source: drawn/glow.png, palette: none }\n");
  const ProgramResult built = project.run({"build"});
  CHECK(built.status == 0);
  CHECK(built.err.find("sprite 'glow': a pixel has an alpha of 90, not 0 or 255 (at 6,5) "
                       "[soft_alpha]") != std::string::npos);
  CHECK(project.run({"lint"}).err.find("[soft_alpha]") != std::string::npos);
}
