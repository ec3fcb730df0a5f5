#include "core/exporters/exporter.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/unit/core/exporters/fixture.hpp"
#include "tests/unit/core/image/image_makers.hpp"

namespace {

using namespace dgxp;
using namespace dgxp::test;

OutputSpec output(Target target, std::vector<std::string> emit = {}) {
  OutputSpec spec;
  spec.target = target;
  spec.dir = "game/assets";
  spec.emit = std::move(emit);
  return spec;
}

Result<Exported> exported(Fixture& fixture, const OutputSpec& spec) {
  return export_sheets(fixture.sheets(), spec, fixture.project);
}

std::string message(const Result<Exported>& result) {
  return result ? "" : result.error().message;
}

TEST_CASE("the bevy target writes page, sheet, catalogue and constants as agreed") {
  Fixture fixture = sample();
  const auto result = exported(fixture, output(Target::bevy, {"rust_ids"}));
  REQUIRE(result);
  const std::string text = describe(result->files);
  CHECK(text == golden("bevy.txt", text));
  CHECK(join(result->lowered) == "");
}

TEST_CASE("the pixi target unrolls playback and says so") {
  Fixture fixture = sample();
  const auto result = exported(fixture, output(Target::pixi));
  REQUIRE(result);
  const std::string text = describe(result->files);
  CHECK(text == golden("pixi.txt", text));
  CHECK(join(result->lowered) ==
        "pixi: 'hero/attack/east' plays pingpong, which Pixi does not know; its frames are listed "
        "in that order\n");
}

TEST_CASE("the tiled target writes a tileset for a grid") {
  Fixture fixture = sample(AtlasLayout::grid);
  const auto result = exported(fixture, output(Target::tiled));
  REQUIRE(result);
  const std::string text = describe(result->files);
  CHECK(text == golden("tiled.txt", text));
  CHECK(join(result->lowered) ==
        "tiled: 'hero/attack/east' plays pingpong, which Tiled does not know; its frames are "
        "listed in that order\n"
        "tiled: 'hero/attack/east' plays once; Tiled repeats every animation\n"
        "tiled: 'hero/attack/east' has events, which are left out\n");
}

TEST_CASE("the tiled target refuses a packed atlas") {
  Fixture fixture = sample();
  const auto result = exported(fixture, output(Target::tiled));
  REQUIRE(!result);
  CHECK(result.error().kind == ErrorKind::manifest);
  CHECK(message(result) ==
        "target tiled needs atlases with layout: grid, but atlas 'actors' is packed");
}

TEST_CASE("the tiled target refuses extruded frames smaller than their cell") {
  Fixture fixture = sample(AtlasLayout::grid);
  fixture.spec.cell = {12, 12};
  CHECK(message(exported(fixture, output(Target::tiled))) ==
        "target tiled: frame 'hero/walk/east/0' is 8x8, smaller than the cell 12x12 of atlas "
        "'actors', so its extrusion would show in Tiled");
  fixture.spec.extrude = 0;
  CHECK(message(exported(fixture, output(Target::tiled))) == "");
}

TEST_CASE("what tiled cannot show is known before anything is drawn") {
  ProjectSpec project;
  project.sprites = {still("hero", {8, 8}), still("slime", {6, 8})};
  project.sprites[1].place = {.line = 9, .column = 3};
  AtlasSpec atlas;
  atlas.name = "actors";
  atlas.sprites = {"hero", "slime"};
  OutputSpec tiled = output(Target::tiled);
  tiled.place = {.line = 20, .column = 5};
  const auto said = [&]() -> std::string {
    project.atlases = {atlas};
    const auto error = check_output(tiled, project);
    return error ? fmt::format("{}: {}", error->place.line, error->message) : "";
  };
  CHECK(said() == "20: target tiled needs atlases with layout: grid, but atlas 'actors' is packed");
  atlas.layout = AtlasLayout::grid;
  CHECK(said() ==
        "9: target tiled: sprite 'slime' is 6x8, smaller than the cell 8x8 of atlas 'actors', so "
        "its extrusion would show in Tiled");
  atlas.extrude = 0;
  CHECK(said().empty());
  tiled.target = Target::bevy;
  atlas.layout = AtlasLayout::packed;
  CHECK(said().empty());
}

TEST_CASE("an unknown extra and trim are manifest errors") {
  Fixture fixture = sample();
  CHECK(message(exported(fixture, output(Target::bevy, {"png_meta"}))) ==
        "target bevy does not support emit: 'png_meta'");
  CHECK(message(exported(fixture, output(Target::pixi, {"rust_ids"}))) ==
        "target pixi does not support emit: 'rust_ids'");
  SpriteSpec trimmed = still("gem", {4, 4});
  trimmed.finish.trim = true;
  fixture.add(trimmed);
  CHECK(message(exported(fixture, output(Target::bevy))) ==
        "sprite 'gem' asks for trim, which target bevy does not support");
}

TEST_CASE("several pages are several sheets, the first names the others") {
  Fixture fixture;
  fixture.spec.max_size = 22;
  for (const char* id : {"a", "b", "c", "d", "e"}) fixture.add(still(id, {8, 8}));
  const auto result = exported(fixture, output(Target::bevy));
  REQUIRE(result);
  std::vector<std::string> paths;
  for (const OutputFile& file : result->files) paths.push_back(file.path);
  CHECK(paths == std::vector<std::string>{"game/assets/actors.png", "game/assets/actors-1.png",
                                          "game/assets/actors.dgxp.json",
                                          "game/assets/actors-1.dgxp.json",
                                          "game/assets/sprites.dgxp-catalog.json"});
  const auto first = nlohmann::json::parse(as_text(result->files[2].content));
  const auto second = nlohmann::json::parse(as_text(result->files[3].content));
  CHECK(first["meta"]["related_multi_packs"] == nlohmann::json::array({"actors-1.dgxp.json"}));
  CHECK(!second["meta"].contains("related_multi_packs"));
  CHECK(first["frames"].size() + second["frames"].size() == 5);
}

/// The files of one output for the sheets of two atlases.
Result<Exported> exported(Fixture& first, Fixture& second, const OutputSpec& spec) {
  std::vector<Sheet> sheets = first.sheets();
  const std::vector<Sheet> more = second.sheets();
  sheets.insert(sheets.end(), more.begin(), more.end());
  return export_sheets(sheets, spec, first.project);
}

TEST_CASE("an output takes the atlases it names, and all when it names none") {
  Fixture actors = sample();
  Fixture items;
  items.spec.name = "items";
  items.add(still("gem", {4, 4}));
  OutputSpec spec = output(Target::bevy);
  CHECK(exported(actors, items, spec)->files.size() == 5);
  spec.only = {"items"};
  const auto result = exported(actors, items, spec);
  REQUIRE(result);
  std::vector<std::string> paths;
  for (const OutputFile& file : result->files) paths.push_back(file.path);
  CHECK(paths == std::vector<std::string>{"game/assets/items.png", "game/assets/items.dgxp.json",
                                          "game/assets/sprites.dgxp-catalog.json"});
}

TEST_CASE("a sprite in two atlases of one output has no place in the catalogue") {
  Fixture actors = sample();
  Fixture items = sample();
  items.spec.name = "items";
  CHECK(message(exported(actors, items, output(Target::bevy))) ==
        "sprite 'hero' is in two atlases of one output, so the catalogue cannot say where it is");
}

TEST_CASE("a second page and an atlas of its name are named as one file") {
  Fixture actors;
  actors.spec.max_size = 22;
  for (const char* id : {"a", "b", "c", "d", "e"}) actors.add(still(id, {8, 8}));
  Fixture items;
  items.spec.name = "actors-1";
  items.add(still("gem", {4, 4}));
  CHECK(message(exported(actors, items, output(Target::bevy))) ==
        "two atlases write one file 'game/assets/actors-1.dgxp.json'");
}

TEST_CASE("an output without sheets is an empty catalogue") {
  const auto result = export_sheets({}, output(Target::bevy), ProjectSpec{});
  REQUIRE(result);
  CHECK(describe(result->files) ==
        "== game/assets/sprites.dgxp-catalog.json (catalog)\n"
        "{\n  \"palettes\": [],\n  \"schema\": 1,\n  \"sheets\": [],\n  \"sprites\": {}\n}\n");
}

TEST_CASE("the sheet marks placeholders, and the revision follows text and image") {
  Fixture fixture = sample();
  std::vector<Sheet> sheets = fixture.sheets();
  const auto read = [&] {
    const auto result = export_sheets(sheets, output(Target::bevy), fixture.project);
    return nlohmann::json::parse(as_text(result->files.at(1).content))["meta"]["dgxp"];
  };
  const auto before = read();
  CHECK(before["sprites"]["hero"]["placeholder"] == false);
  sheets[0].placeholder = {true};
  const auto marked = read();
  CHECK(marked["sprites"]["hero"]["placeholder"] == true);
  CHECK(marked["revision"] != before["revision"]);
  sheets[0].placeholder.clear();
  CHECK(read() == before);
  sheets[0].page_png[0] = to_bytes("png X");
  CHECK(read()["revision"] != before["revision"]);
}

TEST_CASE("with the memory of any calls before an output is the one that is written from nothing") {
  for (const Target target : {Target::bevy, Target::pixi}) {
    Fixture fixture = sample();
    fixture.add(still("gem", {4, 4}));
    std::vector<Sheet> sheets = fixture.sheets();
    const OutputSpec spec =
        output(target, target == Target::bevy ? std::vector<std::string>{"rust_ids"}
                                              : std::vector<std::string>{});
    ExportMemory memory;
    testing::Random random(5);
    for (int round = 0; round < 40; ++round) {
      switch (random.below(5)) {
        case 0:
          sheets[0].placeholder = {random.below(2) == 0, false, random.below(2) == 0};
          break;
        case 1:
          sheets[0].page_png[0] = to_bytes("png " + std::to_string(random.below(3)));
          break;
        case 2:
          sheets[0].palette.push_back(random.color());
          break;
        case 3:
          fixture.spec.padding = random.below(4);
          sheets = fixture.sheets();
          break;
        default:
          fixture.spec.max_size = random.below(2) == 0 ? 64 : 24;
          sheets = fixture.sheets();
      }
      const auto known = export_sheets(sheets, spec, fixture.project, &memory);
      const auto fresh = export_sheets(sheets, spec, fixture.project);
      REQUIRE(static_cast<bool>(known) == static_cast<bool>(fresh));
      CHECK(message(known) == message(fresh));
      if (fresh) CHECK(describe(known->files) == describe(fresh->files));
    }
  }
}

TEST_CASE("the catalogue names the palette files that its sprites follow") {
  Fixture fixture = sample();
  PaletteSpec gold = fixture.project.palettes[0];
  gold.name = "gold";
  gold.file = {};
  gold.from = "metal";
  PaletteSpec metal = fixture.project.palettes[0];
  metal.name = "metal";
  metal.file = "palettes/metal.gpl";
  PaletteSpec unused = metal;
  unused.name = "unused";
  unused.file = "palettes/unused.gpl";
  fixture.project.palettes.insert(fixture.project.palettes.end(), {gold, metal, unused});
  SpriteSpec coin = still("coin", {4, 4});
  coin.variant_palette = "gold";
  fixture.add(coin);
  const auto result = exported(fixture, output(Target::bevy));
  REQUIRE(result);
  const auto catalog = nlohmann::json::parse(as_text(result->files.back().content));
  CHECK(catalog["palettes"] == nlohmann::json::array({"palettes/base.hex", "palettes/metal.gpl"}));
}

}  // namespace
