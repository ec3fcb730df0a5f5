#include "core/exporters/sheet_rows.hpp"

#include <doctest/doctest.h>

#include "tests/unit/core/exporters/fixture.hpp"

namespace {

using namespace dgxp;
using namespace dgxp::test;

using Order = std::vector<int>;

std::string message(const Result<std::vector<std::vector<SheetRow>>>& result) {
  return result ? "" : result.error().message;
}

TEST_CASE("frame_name is the sprite's id for a still, else a path") {
  const SpriteSpec panel = still("ui/panel", {8, 8});
  CHECK(frame_name(panel, panel.rows[0], 0) == "ui/panel");
  const SpriteSpec hero = animated("hero", {8, 8}, {animation("walk/east", {10, 10})});
  CHECK(frame_name(hero, hero.rows[0], 1) == "hero/walk/east/1");
  SpriteSpec elder = still("elder", {8, 8});
  elder.rows[0].name = "east";
  CHECK(frame_name(elder, elder.rows[0], 0) == "elder/east/0");
}

TEST_CASE("play_order turns without doubling and returns to the first frame when it ends") {
  CHECK(play_order(Playback::forward, 3, true) == Order{0, 1, 2});
  CHECK(play_order(Playback::reverse, 3, true) == Order{2, 1, 0});
  CHECK(play_order(Playback::pingpong, 4, true) == Order{0, 1, 2, 3, 2, 1});
  CHECK(play_order(Playback::pingpong, 4, false) == Order{0, 1, 2, 3, 2, 1, 0});
  CHECK(play_order(Playback::pingpong_reverse, 3, true) == Order{2, 1, 0, 1});
  CHECK(play_order(Playback::pingpong_reverse, 3, false) == Order{2, 1, 0, 1, 2});
  CHECK(play_order(Playback::pingpong, 1, true) == Order{0});
  CHECK(play_order(Playback::pingpong, 1, false) == Order{0});
  CHECK(play_order(Playback::pingpong, 2, true) == Order{0, 1});
}

TEST_CASE("rows_by_page refuses a sprite that is spread over pages") {
  Fixture fixture;
  fixture.spec.max_size = 12;
  fixture.add(animated("hero", {8, 8}, {animation("walk", {10, 10})}));
  const auto sheets = fixture.sheets();
  const auto rows = rows_by_page(sheets[0]);
  REQUIRE(!rows);
  CHECK(rows.error().kind == ErrorKind::manifest);
  CHECK(message(rows) == "sprite 'hero' does not fit one page of atlas 'actors'");
}

TEST_CASE("rows_by_page refuses two frames of one name") {
  Fixture fixture;
  fixture.add(animated("hero", {8, 8}, {animation("walk", {10})}));
  fixture.add(still("hero/walk/0", {8, 8}));
  const auto sheets = fixture.sheets();
  CHECK(message(rows_by_page(sheets[0])) ==
        "sprites 'hero' and 'hero/walk/0' both have a frame 'hero/walk/0'");
}

TEST_CASE("rows_by_page names a frame that the atlas lacks") {
  Fixture fixture;
  SpriteSpec& hero = fixture.add(animated("hero", {8, 8}, {animation("walk", {10})}));
  const auto sheets = fixture.sheets();
  hero.rows[0].durations.push_back(10);
  CHECK(message(rows_by_page(sheets[0])) == "atlas 'actors' has no frame 'hero/walk/1'");
}

TEST_CASE("an output's folder may be nothing, a dot or end in a slash") {
  OutputSpec output;
  CHECK(output_path(output, "a.png") == "a.png");
  output.dir = ".";
  CHECK(output_path(output, "a.png") == "a.png");
  output.dir = "game/";
  CHECK(output_path(output, "a.png") == "game/a.png");
  output.dir = "game/x";
  CHECK(output_path(output, "a.png") == "game/x/a.png");
}

}  // namespace
