// What manifests are resolved to: precedence, matrices, rows, masters, palettes and prompts.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/manifests/manifest_text.hpp"

namespace dgxp {
namespace {

/// The project of kHead and these lines; the test ends when they are not good.
ProjectSpec load_good(const std::string& lines) {
  ManifestResult result = test::load(test::kHead + lines);
  REQUIRE_MESSAGE(result.project, format_diagnostics(result.diagnostics));
  return *std::move(result.project);
}

const MasterSpec& master_of(const ProjectSpec& project, std::string_view id) {
  for (const MasterSpec& master : project.masters) {
    if (master.id == id) return master;
  }
  FAIL("no master ", std::string(id));
  return project.masters.front();
}

std::string list_masters(const ProjectSpec& project) {
  std::string text;
  for (const MasterSpec& master : project.masters) {
    text += fmt::format("{} in {}: {}\n", master.id, master.path, master.prompt);
  }
  return text;
}

std::string list_sprites(const ProjectSpec& project) {
  std::string text;
  for (const SpriteSpec& sprite : project.sprites) {
    text += sprite.id + ":";
    for (const RowSpec& row : sprite.rows) {
      text += fmt::format(" {}{}{}", row.name, row.mirrored ? "<" : "=", row.master);
    }
    text += "\n";
  }
  return text;
}

std::string list_places(const MasterSpec& master) {
  std::string text;
  for (const auto& [name, place] : master.field_places) {
    text += fmt::format("{} {}:{}\n", name, place.line, place.column);
  }
  return text;
}

TEST_CASE("the sprite has the last word, then its nearest template, then the defaults") {
  const ProjectSpec project = load_good(
      "templates:\n"
      "  base: { size: [8, 8], pivot: [1, 1], finish: { trim: true }, seed: 5 }\n"
      "  near: { extends: base, pivot: [2, 2], prompt: near words }\n"
      "sprites:\n"
      "  a: { extends: near }\n"
      "  b: { extends: near, pivot: [3, 3], prompt: own words, finish: { outline: \"#111111\" } "
      "}\n");
  CHECK(master_of(project, "a").prompt == "near words");
  CHECK(master_of(project, "b").prompt == "own words");
  CHECK(project.sprites[0].size == Size{8, 8});
  CHECK(project.sprites[0].pivot == Point{2, 2});
  CHECK(project.sprites[1].pivot == Point{3, 3});
  CHECK(project.sprites[1].finish == FinishSpec{.outline = Rgb{0x11, 0x11, 0x11}, .trim = true});
  CHECK(master_of(project, "b").seed == 5);
  CHECK(project.sprites[1].palette == "reed");
}

TEST_CASE("maps merge and lists replace") {
  const ProjectSpec project = load_good(
      "templates:\n"
      "  walker:\n"
      "    prompt: x\n"
      "    directions: { draw: [south, east, north], mirror: { west: east } }\n"
      "    animations: { walk: { frames: 4, duration: 90, events: { 1: step } } }\n"
      "sprites:\n"
      "  a: { extends: walker, directions: { draw: [east] }, animations: { walk: { frames: 2 } } "
      "}\n"
      "  b: { extends: walker, directions: [south], animations: { rest: { frames: 1 } } }\n");
  CHECK(list_sprites(project) ==
        "a: walk/east=a/walk/east walk/west<a/walk/east\n"
        "b: walk/south=b/walk/south rest/south=b/rest/south\n");
  CHECK(project.sprites[0].rows[0].durations == std::vector<int>{90, 90});
  CHECK(project.sprites[0].rows[0].events == std::map<int, std::string>{{1, "step"}});
}

TEST_CASE("durations give way to frames or a duration of a nearer layer") {
  const ProjectSpec project = load_good(
      "templates:\n"
      "  t: { prompt: x, animations: { a: { durations: [10, 20, 30], events: { 1: hit } } } }\n"
      "sprites:\n"
      "  own: { extends: t }\n"
      "  frames: { extends: t, animations: { a: { frames: 2 } } }\n"
      "  duration: { extends: t, animations: { a: { duration: 50 } } }\n"
      "  both: { extends: t, animations: { a: { durations: [5, 6], frames: 2 } } }\n");
  CHECK(project.sprites[0].rows[0].durations == std::vector<int>{10, 20, 30});
  CHECK(project.sprites[1].rows[0].durations == std::vector<int>{100, 100});
  CHECK(project.sprites[2].rows[0].durations == std::vector<int>{50, 50, 50});
  CHECK(project.sprites[3].rows[0].durations == std::vector<int>{5, 6});
}

TEST_CASE("rows are named by animation and direction, masters are where people look for them") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  still: { prompt: x }\n"
      "  facing: { prompt: x, directions: { draw: [south, south-east], mirror: { south-west: "
      "south-east } } }\n"
      "  moving: { prompt: x, animations: { spin: { frames: 2 } } }\n"
      "  both: { prompt: x, directions: [north], animations: { hop: { frames: 2 }, nod: { frames: "
      "1, "
      "directions: [north] } } }\n"
      "  some: { prompt: x, animations: { hop: { frames: 2, directions: [east] } } }\n");
  CHECK(list_sprites(project) ==
        "still: =still\n"
        "facing: south=facing/south south-east=facing/south-east south-west<facing/south-east\n"
        "moving: spin=moving/spin\n"
        "both: hop/north=both/hop/north nod/north=both/nod/north\n"
        "some: hop/east=some/hop/east\n");
  CHECK(list_masters(project) ==
        "both/hop/north in art/both/hop-north.png: x, facing north, hop animation\n"
        "both/nod/north in art/both/nod-north.png: x, facing north, nod animation\n"
        "facing/south in art/facing/south.png: x, facing south\n"
        "facing/south-east in art/facing/south-east.png: x, facing south-east\n"
        "moving/spin in art/moving/spin.png: x, spin animation\n"
        "some/hop/east in art/some/hop-east.png: x, facing east, hop animation\n"
        "still in art/still.png: x\n");
  CHECK(project.sprites[0].rows[0].durations == std::vector<int>{0});
}

TEST_CASE("playback and loop are those of the animation") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  a: { prompt: x, animations: { one: { frames: 2, playback: pingpong_reverse, loop: false "
      "}, "
      "two: { frames: 1 } } }\n");
  CHECK(project.sprites[0].rows[0].playback == Playback::pingpong_reverse);
  CHECK_FALSE(project.sprites[0].rows[0].loop);
  CHECK(project.sprites[0].rows[1].playback == Playback::forward);
  CHECK(project.sprites[0].rows[1].loop);
}

TEST_CASE("a matrix draws along one kind of axes and recolours along the other") {
  const ProjectSpec project = load_good(
      "ramps: { s: [\"#111111\"], g: [\"#222222\"], j: [\"#333333\"] }\n"
      "sprites:\n"
      "  item/{metal}-{kind}:\n"
      "    prompt: \"{kind}, centered\"\n"
      "    matrix:\n"
      "      generate: { kind: { axe: hand axe, bow: long bow } }\n"
      "      recolor: { metal: { iron: {}, gold: { ramps: { s: g } }, jade: { map: { \"#111111\": "
      "\"#333333\" } } } }\n"
      "      exclude: [{ metal: iron, kind: bow }, { metal: jade, kind: axe }]\n");
  CHECK(list_masters(project) ==
        "item/axe in art/item/axe.png: hand axe, centered\n"
        "item/bow in art/item/bow.png: long bow, centered\n");
  CHECK(list_sprites(project) ==
        "item/iron-axe: =item/axe\n"
        "item/gold-axe: =item/axe\n"
        "item/gold-bow: =item/bow\n"
        "item/jade-bow: =item/bow\n");
  const std::vector<std::pair<Rgb, Rgb>> gold{{{0x11, 0x11, 0x11}, {0x22, 0x22, 0x22}}};
  const std::vector<std::pair<Rgb, Rgb>> jade{{{0x11, 0x11, 0x11}, {0x33, 0x33, 0x33}}};
  CHECK(project.sprites[0].recolor.empty());
  CHECK(project.sprites[1].recolor == gold);
  CHECK(project.sprites[3].recolor == jade);
}

TEST_CASE("a master of which every recolour is excluded is not drawn") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  \"{kind}-{skin}\":\n"
      "    prompt: \"{kind}\"\n"
      "    matrix:\n"
      "      generate: { kind: [cat, dog] }\n"
      "      recolor: { skin: { a: {}, b: {} } }\n"
      "      exclude: [{ kind: dog }]\n");
  CHECK(list_masters(project) == "cat in art/cat.png: cat\n");
}

TEST_CASE("a matrix may stand in a template") {
  const ProjectSpec project = load_good(
      "templates: { tinted: { matrix: { recolor: { skin: { a: {}, b: { palette: dusk } } } } } }\n"
      "sprites:\n"
      "  frog-{skin}: { extends: tinted, prompt: frog }\n"
      "  toad-{skin}: { extends: tinted, prompt: toad }\n"
      "styles: {}\n");
  CHECK(list_sprites(project) == "frog-a: =frog\nfrog-b: =frog\ntoad-a: =toad\ntoad-b: =toad\n");
  CHECK(project.sprites[1].variant_palette == "dusk");
  CHECK(project.sprites[0].variant_palette == "");
}

TEST_CASE("variants in other palettes carry the palette's name, the own one does not") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  a: { prompt: x, variants: { palette: [reed, dusk] } }\n"
      "  b: { prompt: x, variants: { palette: [dusk] } }\n");
  CHECK(list_sprites(project) == "a: =a\na-dusk: =a\nb-dusk: =b\n");
  CHECK(project.sprites[0].variant_palette == "");
  CHECK(project.sprites[1].variant_palette == "dusk");
  CHECK(project.sprites[1].palette == "reed");
  CHECK(project.masters.size() == 2);
}

TEST_CASE("a palette may be limited, made for an entry, or none") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  a: { prompt: x, palette: { limit: 1, from: dusk } }\n"
      "  b: { prompt: x, palette: none }\n"
      "  c/{n}: { prompt: x, palette: { auto: 8 }, matrix: { generate: { n: [one, two] } } }\n");
  CHECK(master_of(project, "a").palette == "dusk");
  CHECK(master_of(project, "a").palette_limit == 1);
  CHECK(master_of(project, "b").palette == "");
  CHECK(master_of(project, "c/one").palette == "auto-c-one");
  CHECK(master_of(project, "c/two").palette == "auto-c-one");
  CHECK(project.sprites[3].palette == "auto-c-one");
  REQUIRE(project.palettes.size() == 3);
  CHECK(project.palettes[2].name == "auto-c-one");
  CHECK(project.palettes[2].auto_colors == 8);
}

TEST_CASE("an inherited auto palette is made for each entry anew") {
  const ProjectSpec project = load_good(
      "templates: { t: { palette: { auto: 4 } } }\n"
      "sprites:\n"
      "  a: { extends: t, prompt: x }\n"
      "  b: { extends: t, prompt: x }\n");
  CHECK(master_of(project, "a").palette == "auto-a");
  CHECK(master_of(project, "b").palette == "auto-b");
}

TEST_CASE("palettes come from files, colours, other palettes or masters") {
  const ManifestResult result = test::load(
      "dgxp: 1\n"
      "project: { name: x }\n"
      "ramps: { a: [\"#010101\", \"#020202\"], b: [\"#030303\", \"#040404\"] }\n"
      "palettes:\n"
      "  file: { file: palettes/x.gpl }\n"
      "  list: [\"#abc\"]\n"
      "  colors: { colors: [\"#112233\", 445566] }\n"
      "  auto: { auto: 16 }\n"
      "  derived: { from: file, ramps: { a: b }, map: { \"#050505\": \"#060606\" } }\n"
      "  more: { from: file, extend: 4 }\n"
      "  most: { colors: [\"#112233\"], extend: 255 }\n");
  REQUIRE_MESSAGE(result.project, format_diagnostics(result.diagnostics));
  const auto& palettes = result.project->palettes;
  CHECK(palettes[0].file == "palettes/x.gpl");
  CHECK(palettes[1].colors == std::vector<Rgb>{{0xaa, 0xbb, 0xcc}});
  CHECK(palettes[2].colors == std::vector<Rgb>{{0x11, 0x22, 0x33}, {0x44, 0x55, 0x66}});
  CHECK(palettes[3].auto_colors == 16);
  CHECK(palettes[4].from == "file");
  CHECK(palettes[4].map == std::vector<std::pair<Rgb, Rgb>>{{{1, 1, 1}, {3, 3, 3}},
                                                            {{2, 2, 2}, {4, 4, 4}},
                                                            {{5, 5, 5}, {6, 6, 6}}});
  CHECK(palettes[4].place == Place{9, 3});
  CHECK(palettes[4].extend == 0);
  CHECK(palettes[5].from == "file");
  CHECK(palettes[5].extend == 4);
  CHECK(palettes[6].extend == 255);
}

TEST_CASE("a drawn picture is its own master: a still or one row of frames") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  elder: { source: drawn/elder.png, note: by hand }\n"
      "  flame: { source: drawn/flame.png, animations: { burn: { frames: 3 } } }\n"
      "  cart: { source: drawn/cart.png, directions: { draw: [east], mirror: { west: east } } }\n"
      "  sign/{n}: { source: \"drawn/{n}.png\", matrix: { generate: { n: [inn, shop] } } }\n"
      "  old: { source: drawn/elder.png, finish: { outline: \"#222222\" } }\n");
  CHECK(list_masters(project) ==
        "cart/east in drawn/cart.png: \n"
        "elder in drawn/elder.png: \n"
        "flame/burn in drawn/flame.png: \n"
        "old in drawn/elder.png: \n"
        "sign/inn in drawn/inn.png: \n"
        "sign/shop in drawn/shop.png: \n");
  for (const MasterSpec& master : project.masters) CHECK(master.drawn_by_hand);
  CHECK(master_of(project, "flame/burn").frames == 3);
  CHECK(project.sprites[0].note == "by hand");
}

TEST_CASE("a style decides what the worker is asked for") {
  const ProjectSpec project = load_good(
      "styles:\n"
      "  s:\n"
      "    workflow: w.json\n"
      "    checkpoint: { file: sub/model.safetensors }\n"
      "    loras: [{ file: a.safetensors, weight: 0.5 }, { file: b.safetensors }]\n"
      "    prompt: \"{direction} {animation}, {prompt}, {view} view, {outline}\"\n"
      "    negative: blurry\n"
      "    view: side\n"
      "    sampler: { name: ddim, steps: 12, denoise: 0.25 }\n"
      "    render_scale: 8\n"
      "sprites:\n"
      "  a: { style: s, prompt: \"a cat, sitting\", seed: 18446744073709551615, references: "
      "[refs/cat.png], "
      "directions: "
      "[east], animations: { nap: { frames: 2 } } }\n"
      "  b: { prompt: plain }\n");
  const MasterSpec& a = master_of(project, "a/nap/east");
  CHECK(a.prompt == "east nap, a cat, sitting, side view");
  CHECK(a.negative == "blurry");
  CHECK(a.style.name == "s");
  CHECK(a.style.workflow == "w.json");
  CHECK(a.style.checkpoint->file == "sub/model.safetensors");
  REQUIRE(a.style.loras.size() == 2);
  CHECK(a.style.loras[0].weight == 0.5);
  CHECK(a.style.loras[1].weight == 1.0);
  CHECK(a.style.sampler.name == "ddim");
  CHECK(a.style.sampler.scheduler == "normal");
  CHECK(a.style.sampler.steps == 12);
  CHECK(a.style.sampler.denoise == 0.25);
  CHECK(a.style.sampler.written.name);
  CHECK(a.style.sampler.written.steps);
  CHECK_FALSE(a.style.sampler.written.scheduler);
  CHECK_FALSE(a.style.sampler.written.cfg);
  CHECK(a.style.render_scale == 8);
  CHECK(a.seed == 18446744073709551615U);
  CHECK(a.references == std::vector<std::string>{"refs/cat.png"});
  const MasterSpec& b = master_of(project, "b");
  CHECK(b.prompt == "plain");
  CHECK(b.style.render_scale == 16);
  CHECK_FALSE(b.seed);
}

TEST_CASE("the table's defaults are those of the types") {
  const ProjectSpec project = load_good("sprites: { a: { prompt: x } }\n");
  const MasterSpec& master = project.masters[0];
  CHECK(master.recover == RecoverSpec{});
  CHECK(project.sprites[0].finish == FinishSpec{});
  CHECK(master.frame_size == Size{32, 32});
  const StyleSpec plain;
  CHECK(master.style.prompt == plain.prompt);
  CHECK(master.style.render_scale == plain.render_scale);
  CHECK(master.style.sampler.name == plain.sampler.name);
  CHECK(master.style.sampler.scheduler == plain.sampler.scheduler);
  CHECK(master.style.sampler.steps == plain.sampler.steps);
  CHECK(master.style.sampler.cfg == plain.sampler.cfg);
  CHECK(project.art_dir == "art");
  CHECK(project.seed == 0);
  CHECK_FALSE(project.budget_gpu_minutes);
  const ChecksSpec checks;
  CHECK(project.checks.palette == checks.palette);
  CHECK(project.checks.coverage == checks.coverage);
  CHECK(project.checks.baseline_drift == checks.baseline_drift);
  const ProjectSpec with_atlas =
      load_good("sprites: { a: { prompt: x } }\natlases: { one: { include: [a] } }\n");
  const AtlasSpec atlas;
  CHECK(with_atlas.atlases[0].layout == atlas.layout);
  CHECK(with_atlas.atlases[0].max_size == atlas.max_size);
  CHECK(with_atlas.atlases[0].padding == atlas.padding);
  CHECK(with_atlas.atlases[0].extrude == atlas.extrude);
  CHECK(with_atlas.atlases[0].power_of_two == atlas.power_of_two);
}

TEST_CASE("recovery is read field by field") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  a: { prompt: x, recover: { grid: 12.5, offset: [3, 4], background: chroma_key, key: "
      "\"#ff00ff\", holes: true, alpha: 200, dither: atkinson, despeckle: 0, metric: ciede2000 } "
      "}\n"
      "  b: { prompt: x, recover: { grid: auto } }\n");
  CHECK(master_of(project, "a").recover == RecoverSpec{.grid = 12.5,
                                                       .offset = Point{3, 4},
                                                       .background = Background::chroma_key,
                                                       .key = Rgb{255, 0, 255},
                                                       .holes = true,
                                                       .alpha = 200,
                                                       .dither = Dither::atkinson,
                                                       .despeckle = 0,
                                                       .metric = ColorMetric::ciede2000});
  CHECK(master_of(project, "b").recover == RecoverSpec{});
}

TEST_CASE("slices and borders are read in pixels") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  a: { prompt: x, borders: [1, 2, 3, 4], slices: { box: { bounds: [1, 2, 10, 12], center: "
      "[2, "
      "2, 4, 4], pivot: [5, 6] } } }\n");
  const SpriteSpec& sprite = project.sprites[0];
  CHECK(sprite.borders == std::array<int, 4>{1, 2, 3, 4});
  REQUIRE(sprite.slices.size() == 1);
  CHECK(sprite.slices[0].name == "box");
  CHECK(sprite.slices[0].bounds.width == 10);
  CHECK(sprite.slices[0].center->x == 2);
  CHECK(sprite.slices[0].pivot == Point{5, 6});
}

TEST_CASE("a tileset is one seamless still a terrain") {
  const ProjectSpec project = load_good(
      "tilesets:\n"
      "  ground: { tile: [8, 8], terrains: { grass: short grass, dirt: dry dirt }, seed: 3 }\n"
      "  wall: { terrains: { brick: red brick }, seamless: false }\n");
  CHECK(list_masters(project) ==
        "ground/dirt in art/ground/dirt.png: dry dirt\n"
        "ground/grass in art/ground/grass.png: short grass\n"
        "wall/brick in art/wall/brick.png: red brick\n");
  CHECK(list_sprites(project) ==
        "ground/grass: =ground/grass\nground/dirt: =ground/dirt\nwall/brick: =wall/brick\n");
  const MasterSpec& grass = master_of(project, "ground/grass");
  CHECK(grass.seamless);
  CHECK(grass.recover.background == Background::none);
  CHECK(grass.frame_size == Size{8, 8});
  CHECK(grass.seed == 3);
  CHECK_FALSE(master_of(project, "wall/brick").seamless);
  CHECK(master_of(project, "wall/brick").frame_size == Size{16, 16});
}

TEST_CASE("every field of a master knows the deepest line it comes from") {
  const ProjectSpec project = load_good(
      "styles:\n"                                                // line 5
      "  s: { view: side, sampler: { steps: 9 } }\n"             // 6
      "templates:\n"                                             // 7
      "  t:\n"                                                   // 8
      "    style: s\n"                                           // 9
      "    recover: { alpha: 100, despeckle: 3 }\n"              // 10
      "    directions: [east]\n"                                 // 11
      "    animations: { walk: { frames: 2 } }\n"                // 12
      "sprites:\n"                                               // 13
      "  cat-{fur}:\n"                                           // 14
      "    extends: t\n"                                         // 15
      "    prompt: \"{fur} cat\"\n"                              // 16
      "    seed: 4\n"                                            // 17
      "    references: [a.png]\n"                                // 18
      "    recover: { despeckle: 1 }\n"                          // 19
      "    matrix: { generate: { fur: { red: reddish } } }\n");  // 20
  CHECK(list_places(project.masters[0]) ==
        "animation 12:19\n"
        "direction 11:5\n"
        "frames 12:27\n"
        "matrix.fur 20:34\n"
        "palette 4:13\n"
        "prompt 16:5\n"
        "recover.alpha 10:16\n"
        "recover.despeckle 19:16\n"
        "references 18:5\n"
        "seed 17:5\n"
        "style 9:5\n"
        "style.sampler 6:20\n"
        "style.sampler.steps 6:31\n"
        "style.view 6:8\n"
        "view 6:8\n");
  CHECK(project.masters[0].place == Place{14, 3});
}

TEST_CASE("atlases take ids, patterns and tilesets, in the order of the manifest") {
  const ProjectSpec project = load_good(
      "sprites:\n"
      "  foe/bat: { prompt: x }\n"
      "  hero: { prompt: x }\n"
      "  foe/ant: { prompt: x }\n"
      "tilesets: { ground: { terrains: { grass: x, dirt: x } } }\n"
      "atlases:\n"
      "  all: { include: [hero, \"foe/*\", hero], layout: grid, cell: [40, 40], max_size: 512, "
      "padding: 0, extrude: 2, power_of_two: true }\n"
      "  tiles: { include: [ground] }\n");
  REQUIRE(project.atlases.size() == 2);
  const AtlasSpec& all = project.atlases[0];
  CHECK(all.sprites == std::vector<std::string>{"foe/bat", "hero", "foe/ant"});
  CHECK(all.layout == AtlasLayout::grid);
  CHECK(all.cell == Size{40, 40});
  CHECK(all.max_size == 512);
  CHECK(all.padding == 0);
  CHECK(all.extrude == 2);
  CHECK(all.power_of_two);
  CHECK(project.atlases[1].sprites == std::vector<std::string>{"ground/grass", "ground/dirt"});
}

TEST_CASE("outputs and checks are read as they stand") {
  const ProjectSpec project = load_good(
      "sprites: { a: { prompt: x } }\n"
      "atlases: { one: { include: [a] } }\n"
      "outputs:\n"
      "  - { target: bevy, version: \"0.19\", dir: game/sprites, emit: [rust_ids, png_meta] }\n"
      "  - { target: tiled, version: 1.10, dir: maps, only: [one], scales: [1] }\n"
      "checks:\n"
      "  palette: warn\n"
      "  coverage: { min: 0.25 }\n"
      "  baseline_drift: { max: 3, level: error }\n"
      "  centre_drift: {}\n"
      "  color_count: { max: 12 }\n"
      "  soft_alpha: error\n"
      "  mixels: error\n"
      "  flicker: off\n");
  REQUIRE(project.outputs.size() == 2);
  CHECK(project.outputs[0].version == "0.19");
  CHECK(project.outputs[0].dir == "game/sprites");
  CHECK(project.outputs[0].emit == std::vector<std::string>{"rust_ids", "png_meta"});
  CHECK(project.outputs[1].target == Target::tiled);
  CHECK(project.outputs[1].version == "1.10");
  CHECK(project.outputs[1].only == std::vector<std::string>{"one"});
  CHECK(project.checks.palette == CheckLevel::warn);
  CHECK(project.checks.coverage_min == 0.25);
  CHECK(project.checks.coverage_max == 1.0);
  CHECK(project.checks.coverage == CheckLevel::warn);
  CHECK(project.checks.baseline_drift_max == 3);
  CHECK(project.checks.baseline_drift == CheckLevel::error);
  CHECK(project.checks.centre_drift == CheckLevel::warn);
  CHECK(project.checks.colors_max == 12);
  CHECK(project.checks.colors == CheckLevel::warn);
  CHECK(project.checks.soft_alpha == CheckLevel::error);
  CHECK(project.checks.mixels == CheckLevel::error);
  CHECK(project.checks.flicker == CheckLevel::off);
  CHECK_FALSE(project.checks.strays);
}

TEST_CASE("a project knows its seed, folder of masters and budget") {
  const ManifestResult result = test::load(
      "$schema: ./x.json\n"
      "dgxp: 1\n"
      "project: { name: x, seed: 9007199254740991, art: masters/art, budget: { gpu_minutes: 1.5 } "
      "}\n"
      "sprites: { a: { prompt: x, palette: none } }\n");
  REQUIRE_MESSAGE(result.project, format_diagnostics(result.diagnostics));
  CHECK(result.project->seed == 9007199254740991U);
  CHECK(result.project->budget_gpu_minutes == 1.5);
  CHECK(result.project->masters[0].path == "masters/art/a.png");
}

}  // namespace
}  // namespace dgxp
