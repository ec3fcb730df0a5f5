#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/exporters/targets.hpp"
#include "tests/unit/core/exporters/fixture.hpp"

namespace {

using namespace dgxp;
using namespace dgxp::test;

Result<std::string> ids_of(Fixture& fixture) {
  const std::vector<Sheet> sheets = fixture.sheets();
  return write_rust_ids({&sheets.front()}, fixture.project);
}

std::string message(const Result<std::string>& result) {
  return result ? "" : result.error().message;
}

/// What follows the three lines of the header and the blank one.
std::string body(const std::string& text) {
  std::size_t at = 0;
  for (int line = 0; line < 4; ++line) at = text.find('\n', at) + 1;
  return text.substr(at);
}

TEST_CASE("write_rust_ids makes identifiers of keywords, digits and foreign characters") {
  Fixture fixture;
  fixture.add(still("type", {2, 2}));
  fixture.add(still("2d/gate-\"1\"", {2, 2}));
  fixture.add(still("caf\xc3\xa9", {2, 2}));
  fixture.add(still("-", {2, 2}));
  fixture.add(still("self/self", {2, 2}));
  const auto text = ids_of(fixture);
  REQUIRE(text);
  CHECK(body(*text) == R"(pub const CAF__: &str = "café";
pub const TYPE: &str = "type";
pub const __: &str = "-";
pub mod _2d {
    pub const GATE__1_: &str = "2d/gate-\"1\"";
}
pub mod self_ {
    pub const SELF: &str = "self/self";
}
)");
}

TEST_CASE("write_rust_ids names both sides of a collision") {
  SUBCASE("two sprites") {
    Fixture fixture;
    fixture.add(still("a-b", {2, 2}));
    fixture.add(still("a_b", {2, 2}));
    CHECK(message(ids_of(fixture)) ==
          "emit: rust_ids: sprite 'a-b' and sprite 'a_b' would both be the constant 'A_B'");
  }
  SUBCASE("a sprite and an animation") {
    Fixture fixture;
    fixture.add(animated("hero", {2, 2}, {animation("walk", {10})}));
    fixture.add(still("hero/walk", {2, 2}));
    CHECK(message(ids_of(fixture)) ==
          "emit: rust_ids: animation 'hero/walk' and sprite 'hero/walk' would both be the "
          "constant 'WALK'");
  }
  SUBCASE("two folders") {
    Fixture fixture;
    fixture.add(still("x-y/a", {2, 2}));
    fixture.add(still("x_y/b", {2, 2}));
    CHECK(message(ids_of(fixture)) ==
          "emit: rust_ids: 'x-y' and 'x_y' would both be the module 'x_y'");
  }
  SUBCASE("a folder and the module of frames") {
    Fixture fixture;
    fixture.add(animated("hero", {2, 2}, {animation("walk", {10})}));
    fixture.add(still("hero/frames/a", {2, 2}));
    CHECK(message(ids_of(fixture)) ==
          "emit: rust_ids: the frames of 'hero' and 'hero/frames' would both be the module "
          "'frames'");
  }
  SUBCASE("two rows of frames") {
    Fixture fixture;
    fixture.add(animated("hero", {2, 2},
                         {animation("walk/north-east", {10}), animation("walk-north/east", {9})}));
    CHECK(message(ids_of(fixture)) ==
          "emit: rust_ids: animation 'hero/walk/north-east' and animation 'hero/walk-north/east' "
          "would both be the constant 'WALK_NORTH_EAST'");
  }
}

TEST_CASE("check_output tells names that collide in sprites.rs, with the places of both") {
  ProjectSpec project;
  const auto add = [&](SpriteSpec sprite, int line) {
    sprite.place = {.line = line, .column = 3};
    project.atlases.at(line < 20 ? 0 : 1).sprites.push_back(sprite.id);
    project.sprites.push_back(std::move(sprite));
  };
  project.atlases.resize(2);
  project.atlases[0].name = "early";
  project.atlases[1].name = "late";
  add(animated("hero", {2, 2}, {animation("walk", {10, 10})}), 7);
  add(still("item/gold-coin", {2, 2}), 8);
  add(still("item/Gold_coin", {2, 2}), 21);
  OutputSpec output{.emit = {"rust_ids"}};
  auto error = check_output(output, project);
  REQUIRE(error);
  CHECK(error->kind == ErrorKind::manifest);
  CHECK(error->message ==
        "emit: rust_ids: sprite 'item/gold-coin' (line 8, column 3) and sprite 'item/Gold_coin' "
        "would both be the constant 'GOLD_COIN'");
  CHECK(error->hint == "rename one of them, or leave rust_ids out of emit");
  CHECK(error->place == Place{21, 3});
  // The order of the atlases has no say in who comes second.
  std::swap(project.atlases[0], project.atlases[1]);
  CHECK(check_output(output, project)->message == error->message);
  output.only = {"early"};
  CHECK_FALSE(check_output(output, project));
  output = {};
  CHECK_FALSE(check_output(output, project));
  output.emit = {"rust_ids"};
  project.sprites.back().id = project.atlases[0].sprites.back() = "hero/frames/1";
  CHECK(check_output(output, project)->message ==
        "emit: rust_ids: the frames of 'hero' (line 7, column 3) and 'hero/frames' would both be "
        "the module 'frames'");
}

TEST_CASE("rustc compiles what write_rust_ids makes, without a warning") {
  if (std::system("rustc --version >/dev/null 2>&1") != 0) {
    MESSAGE("SKIPPED: no rustc in PATH, so sprites.rs was not compiled");
    return;
  }
  Fixture fixture = sample();
  for (const char* id : {"type", "2d/gate", "self/self", "crate/mod/fn", "-", "quo\"te\\s"})
    fixture.add(still(id, {2, 2}));
  const auto text = ids_of(fixture);
  REQUIRE(text);
  const auto folder = std::filesystem::temp_directory_path() /
                      fmt::format("dgxp-rust-ids-{}", std::random_device{}());
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "sprites.rs") << *text;
  std::ofstream(folder / "main.rs") << R"(mod sprites;
use sprites::{hero, ui};
fn main() {
    assert_eq!(sprites::HERO, "hero");
    assert_eq!(hero::WALK_EAST, "hero/walk/east");
    assert_eq!(hero::frames::ATTACK_EAST[2], "hero/attack/east/2");
    assert_eq!(ui::PANEL, "ui/panel");
    assert_eq!(sprites::crate_::mod_::FN, "crate/mod/fn");
    assert_eq!(sprites::QUO_TE_S, "quo\"te\\s");
}
)";
  const std::string build = fmt::format(
      "cd '{}' && rustc --edition 2021 -D warnings main.rs -o main 2>log && ./main 2>>log",
      folder.string());
  const int status = std::system(build.c_str());
  std::ifstream log(folder / "log");
  const std::string said{std::istreambuf_iterator<char>(log), {}};
  CHECK(said == "");
  CHECK(status == 0);
  if (status == 0) std::filesystem::remove_all(folder);
}

}  // namespace
