// What no picture can mend is refused before a worker is asked: its time is not given back.
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/small_project.hpp"

using namespace dgxp;

namespace {

/// Says the same, and does nothing, for each verb that could draw: nobody listens at the address.
void check_refused(const SmallProject& project, const std::string& words, const std::string& hint) {
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"check"}, {"build", "--worker", "tcp://127.0.0.1:1"}}) {
    const ProgramResult result = project.run(verb);
    INFO(verb.front() << ": " << result.err);
    CHECK(result.status == 65);
    CHECK(result.err.find(words) != std::string::npos);
    CHECK(result.err.find(hint) != std::string::npos);
  }
  std::vector<std::string> watch{"watch", "--exit-on-stdin-eof", "--events=jsonl"};
  watch.insert(watch.end(), {"--worker", "tcp://127.0.0.1:1"});
  const ProgramResult watched = project.run(watch);
  CHECK_MESSAGE(watched.status == 0, watched.err);
  CHECK_MESSAGE(watched.out.find("\"exit\":65") != std::string::npos, watched.out);
  CHECK_FALSE(std::filesystem::exists(project.at("art")));
  CHECK_FALSE(std::filesystem::exists(project.at("assets.lock")));
}

}  // namespace

TEST_CASE("a sprite that is larger than a page is refused before anything is drawn") {
  const SmallProject project;
  SUBCASE("of a page as it is without atlases") {
    project.replace_in("assets.yaml", "render_scale: 8", "render_scale: 1");
    project.replace_in("assets.yaml", "    prompt: \"short sword, steel\"\n",
                       "    prompt: \"short sword, steel\"\n    size: [2047, 16]\n");
    check_refused(project,
                  "assets.yaml:20:3: error: sprite 'item/sword-steel' is 2047x16 and 1 px of "
                  "extrusion around it, larger than a page of atlas 'small' (2048x2048)",
                  "hint: write 'atlases' with one whose max_size is 2049 or more");
  }
  SUBCASE("of a page whose side is a power of two") {
    project.replace_in("assets.yaml", "outputs:",
                       "atlases: { all: { include: [\"*\"], max_size: 31, extrude: 4, "
                       "power_of_two: true } }\noutputs:");
    check_refused(project,
                  "assets.yaml:15:3: error: sprite 'hero' is 16x16 and 4 px of extrusion around "
                  "it, larger than a page of atlas 'all' (16x16)",
                  "hint: make the atlas' max_size 32 or more");
  }
}

TEST_CASE("names that are one in sprites.rs are refused before anything is drawn") {
  const SmallProject project;
  project.replace_in("assets.yaml", "dir: game/sprites }", "dir: game/sprites, emit: [rust_ids] }");
  project.replace_in(
      "assets.yaml", "outputs:",
      "  item/gold-coin: { prompt: coin }\n  item/gold_coin: { prompt: coin }\noutputs:");
  check_refused(
      project,
      "assets.yaml:29:3: error: emit: rust_ids: sprite 'item/gold-coin' (line 28, column 3) "
      "and sprite 'item/gold_coin' would both be the constant 'GOLD_COIN'",
      "hint: rename one of them, or leave rust_ids out of emit");
}
