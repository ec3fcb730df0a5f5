// What is said about manifests that load all the same.
#include <doctest/doctest.h>

#include "tests/unit/manifests/manifest_text.hpp"

namespace dgxp {
namespace {

std::string warnings_of(const std::string& lines) {
  const ManifestResult result = test::load(test::kHead + lines);
  CHECK(result.project);
  return format_diagnostics(result.diagnostics);
}

TEST_CASE("candidates above one are taken and one is made") {
  const std::string lines =
      "sprites:\n  a: { prompt: x, candidates: 4 }\n  b: { prompt: x, candidates: 1 }\n";
  CHECK(warnings_of(lines) ==
        "assets.yaml:6:19: warning: 'candidates' above 1 is not supported yet: one candidate is "
        "made\n"
        "    6 |   a: { prompt: x, candidates: 4 }\n"
        "      |                   ^~~~~~~~~~\n"
        "hint: it may stay: a later version makes use of it\n");
  CHECK(test::load(test::kHead + lines).project->masters[0].candidates == 1);
}

TEST_CASE("sprites in no atlas are named once an entry") {
  CHECK(warnings_of("sprites:\n"
                    "  hero: { prompt: x }\n"
                    "  item/{n}: { prompt: x, matrix: { generate: { n: [a, b, c] } } }\n"
                    "atlases: { one: { include: [hero, item/b] } }\n") ==
        "assets.yaml:7:3: warning: sprite 'item/a' and 1 more of its entry are in no atlas\n"
        "    7 |   item/{n}: { prompt: x, matrix: { generate: { n: [a, b, c] } } }\n"
        "      |   ^~~~~~~~\n"
        "hint: add it to the 'include' of one\n");
}

TEST_CASE("the padding of a grid, which has none, is told") {
  CHECK(warnings_of("sprites: { a: { prompt: x } }\n"
                    "atlases:\n"
                    "  a: { include: [a], layout: grid, padding: 4 }\n") ==
        "assets.yaml:7:36: warning: 'padding' has no effect in the grid of atlas 'a'\n"
        "    7 |   a: { include: [a], layout: grid, padding: 4 }\n"
        "      |                                    ^~~~~~~\n"
        "hint: cells stand two 'extrude' apart: leave 'padding' out\n");
  CHECK(warnings_of("sprites: { a: { prompt: x } }\n"
                    "atlases: { a: { include: [a], padding: 4 } }\n") == "");
  CHECK(warnings_of("sprites: { a: { prompt: x } }\n"
                    "atlases: { a: { include: [a], layout: grid, padding: 0 } }\n") == "");
}

TEST_CASE("a pivot and a slice outside the frame are told") {
  CHECK(
      warnings_of("templates: { t: { pivot: [8, 17], slices: { s: { bounds: [8, 8, 9, 8] } } } }\n"
                  "sprites:\n"
                  "  a: { extends: t, prompt: x, size: [16, 16] }\n"
                  "  b: { extends: t, prompt: x, size: [32, 32] }\n") ==
      "assets.yaml:5:19: warning: pivot [8, 17] lies outside the 16x16 frame of 'a'\n"
      "    5 | templates: { t: { pivot: [8, 17], slices: { s: { bounds: [8, 8, 9, 8] } } } }\n"
      "      |                   ^~~~~\n"
      "hint: give the sprite a pivot of its own\n"
      "assets.yaml:5:45: warning: slice 's' reaches outside the 16x16 frame of 'a'\n"
      "    5 | templates: { t: { pivot: [8, 17], slices: { s: { bounds: [8, 8, 9, 8] } } } }\n"
      "      |                                             ^\n"
      "hint: give the sprite a slice of its own\n");
}

TEST_CASE("a key and holes that no sprite makes use of are told, where they stand") {
  CHECK(warnings_of("sprites:\n"
                    "  a: { prompt: x, recover: { key: \"#ff00ff\" } }\n"
                    "  b: { prompt: x, recover: { background: none, holes: true } }\n") ==
        "assets.yaml:6:30: warning: 'key' is ignored: it is the colour of 'background: "
        "chroma_key'\n"
        "    6 |   a: { prompt: x, recover: { key: \"#ff00ff\" } }\n"
        "      |                              ^~~\n"
        "hint: add 'background: chroma_key', or leave 'key' out\n"
        "assets.yaml:7:48: warning: 'holes' has no effect where no background is removed\n"
        "    7 |   b: { prompt: x, recover: { background: none, holes: true } }\n"
        "      |                                                ^~~~~\n"
        "hint: add 'background: border_flood', or leave 'holes' out\n");
}

TEST_CASE("a key and holes of a template are for those that use them") {
  CHECK(warnings_of("templates: { t: { recover: { key: \"#ff00ff\", holes: true } } }\n"
                    "sprites:\n"
                    "  a: { extends: t, prompt: x, recover: { background: chroma_key } }\n"
                    "  b: { extends: t, prompt: x }\n"
                    "  c: { extends: t, prompt: x, recover: { background: none } }\n") == "");
  CHECK(warnings_of("sprites:\n"
                    "  a: { prompt: x, recover: { background: none, holes: false } }\n") == "");
}

TEST_CASE("control characters of a file name cannot reach the terminal") {
  const ManifestResult result = load_manifest("a\x1b[2J\xe2\x80\xae.yaml", as_bytes(""));
  CHECK(format_diagnostics(result.diagnostics) ==
        "a\\x1b[2J\\u{202e}.yaml:1:1: error: the manifest is empty\n"
        "hint: begin with 'dgxp: 1'\n");
}

TEST_CASE("equal manifests give equal answers") {
  const std::string text = test::read_good("full.yaml");
  const std::string bad = text + "\natlas: {}\nsprite: {}\n";
  CHECK(test::problems_of(bad) == test::problems_of(bad));
  CHECK(test::problems_of(bad) ==
        "assets.yaml:99:1: error: unknown field 'atlas' in the manifest\n"
        "   99 | atlas: {}\n"
        "      | ^~~~~\n"
        "hint: did you mean 'atlases'?\n"
        "assets.yaml:100:1: error: unknown field 'sprite' in the manifest\n"
        "  100 | sprite: {}\n"
        "      | ^~~~~~\n"
        "hint: did you mean 'sprites'?\n");
}

}  // namespace
}  // namespace dgxp
