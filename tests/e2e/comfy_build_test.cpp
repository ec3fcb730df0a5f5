// `dgxp build` against `dgxp worker --backend comfy` against a ComfyUI of tests/support: what the
// manifest says is found in the posted graphs, and what was drawn in the masters.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/image/palette_file.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/recover_master.hpp"
#include "core/plan/job_key.hpp"
#include "manifests/load_manifest.hpp"
#include "tests/support/background_program.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/run_program.hpp"
#include "tests/unit/core/store/temp_project.hpp"

namespace {

using namespace dgxp;
using nlohmann::json;

constexpr const char* kModels =
    "    checkpoint: { file: pixel_xl.safetensors }\n"
    "    loras: [{ file: pixel_art.safetensors, weight: 0.9 },\n"
    "            { file: cellar_mood.safetensors, weight: 0.35 }]\n";
const std::vector<FakeLora> kLoras{{"pixel_art.safetensors", 0.9, 0.9},
                                   {"cellar_mood.safetensors", 0.35, 0.35}};

FakeComfyOptions server_options(int cell) {
  FakeComfyOptions options;
  options.models = {{"checkpoints", {"pixel_xl.safetensors", "sd_xl_base_1.0.safetensors"}},
                    {"loras", {"pixel_art.safetensors", "cellar_mood.safetensors"}},
                    {"controlnet", {"OpenPoseXL2.safetensors"}}};
  options.cell = cell;
  options.previews = false;
  // What is drawn for a tile of 16x16 is 1024 wide.
  options.draw = [](FakeDrawing drawing) {
    if (drawing.size == Size{1024, 1024}) drawing.cell = 64;
    return draw_blocky_figure(drawing);
  };
  return options;
}

/// A copy of the example, its style with models, and a worker in front of a ComfyUI.
class ComfyStage {
 public:
  /// `style` is put into the style `cellar`, whose render_scale is 12; `cell` is what is drawn.
  explicit ComfyStage(const std::string& style, int cell = 12) : comfy_(server_options(cell)) {
    const auto from = std::filesystem::path(DGXP_SOURCE_DIR) / "examples" / "bevy_project";
    for (const char* part : {"assets.yaml", "assets.lock", "art", "palettes", "drawn"}) {
      std::filesystem::copy(from / part, folder_.folder() / part,
                            std::filesystem::copy_options::recursive);
    }
    edit("  cellar:\n    prompt:", "  cellar:\n" + style + kModels + "    prompt:");
    edit("  tiles:\n    prompt:", "  tiles:\n" + std::string(kModels) + "    prompt:");
  }

  void edit(const std::string& from, const std::string& to) {
    std::string text = folder_.get("assets.yaml");
    const std::size_t at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    folder_.put("assets.yaml", text.replace(at, from.size(), to));
  }
  TempProject& folder() { return folder_; }
  FakeComfy& comfy() { return comfy_; }

  ProgramResult build() {
    if (!worker_) {
      worker_.emplace(
          start_dgxp(folder_.folder().string(),
                     {"worker", "--listen", "tcp://127.0.0.1:0", "--backend", "comfy", "--comfy",
                      comfy_.url(), "--state", (folder_.folder() / "state").string(), "--json"}));
      const std::string line = worker_->read_line();
      if (line.empty()) FAIL("the worker did not start: ", worker_->wait().err);
      address_ = json::parse(line).at("requests");
    }
    return run_dgxp(folder_.folder().string(), {"build", "--worker", address_, "--no-fsync"});
  }

  ProjectSpec spec() const {
    const ManifestResult loaded =
        load_manifest("assets.yaml", as_bytes(folder_.get("assets.yaml")));
    REQUIRE(loaded.project);
    return *loaded.project;
  }

 private:
  TempProject folder_;
  FakeComfy comfy_;
  std::optional<BackgroundProgram> worker_;
  std::string address_;
};

const FakeDrawing* find_drawing(const std::vector<FakeDrawing>& drawings, const ProjectSpec& spec,
                                const MasterSpec& master) {
  const std::uint64_t seed = master.seed.value_or(derive_seed(spec.seed, master.id, 0));
  const auto found = std::ranges::find_if(drawings, [&](const FakeDrawing& drawing) {
    return drawing.seed == seed && drawing.prompt.starts_with(master.prompt);
  });
  return found == drawings.end() ? nullptr : &*found;
}

/// What recovery makes of this picture, by the library itself.
Image recovered(const Image& picture, const MasterSpec& master, const TempProject& folder) {
  const auto palette = parse_palette("cellar.gpl", as_bytes(folder.get("palettes/cellar.gpl")));
  REQUIRE(palette);
  const auto result = recover_master(picture, master.recover, *palette, master.palette_limit,
                                     {.frame_size = master.frame_size, .frames = master.frames});
  REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
  return result->image;
}

Image master_image(const MasterSpec& master, const TempProject& folder) {
  auto image = decode_png(as_bytes(folder.get(master.path)), {});
  REQUIRE(image);
  return with_cleared_transparency(*std::move(image));
}

/// The LoRAs between the checkpoint and the sampler `id`, by the links of the graph.
std::vector<FakeLora> chain_of(const json& graph, const std::string& id) {
  std::vector<FakeLora> chain;
  std::string node = graph[id]["inputs"]["model"][0];
  while (graph[node]["class_type"] == "LoraLoader") {
    const json& inputs = graph[node]["inputs"];
    chain.push_back({inputs["lora_name"], inputs["strength_model"], inputs["strength_clip"]});
    node = inputs["model"][0];
  }
  CHECK(graph[node]["inputs"]["ckpt_name"] == "pixel_xl.safetensors");
  std::ranges::reverse(chain);
  return chain;
}

/// Each sampler of each graph has the model, the chain, a seed of some master and the negative.
void check_graphs(const std::vector<FakePrompt>& prompts, const ProjectSpec& spec) {
  std::set<std::uint64_t> seeds;
  for (const MasterSpec& master : spec.masters) {
    seeds.insert(master.seed.value_or(derive_seed(spec.seed, master.id, 0)));
  }
  for (const FakePrompt& prompt : prompts) {
    const json graph = json::parse(prompt.graph);
    int samplers = 0;
    for (const auto& [id, node] : graph.items()) {
      if (node["class_type"] != "KSampler") continue;
      ++samplers;
      CHECK(chain_of(graph, id) == kLoras);
      CHECK(seeds.contains(node["inputs"]["seed"].get<std::uint64_t>()));
      const std::string negative = node["inputs"]["negative"][0];
      CHECK(graph[negative]["inputs"]["text"] == "blurry, gradient, text");
      CHECK(node["inputs"]["steps"] == 24);
      CHECK(node["inputs"]["cfg"] == 6.0);
      CHECK(node["inputs"]["sampler_name"] == "dpmpp_2m");
    }
    CHECK(samplers > 0);
  }
}

/// What four samplers painted, one over the other, is what was recovered.
void check_tile(ComfyStage& stage, const ProjectSpec& spec, const MasterSpec& master) {
  const std::string seed =
      fmt::format("\"seed\":{}", master.seed.value_or(derive_seed(spec.seed, master.id, 0)));
  const auto prompts = stage.comfy().prompts();
  const auto prompt = std::ranges::find_if(prompts, [&](const FakePrompt& one) {
    return json::parse(one.graph).dump().find(seed) != std::string::npos;
  });
  REQUIRE(prompt != prompts.end());
  const auto picture = decode_png(as_bytes(stage.comfy().picture_of(prompt->id)), {});
  REQUIRE(picture);
  CHECK(picture->size == Size{1024, 1024});
  CHECK(master_image(master, stage.folder()) == recovered(*picture, master, stage.folder()));
}

void check_masters(ComfyStage& stage, const ProjectSpec& spec) {
  const std::vector<FakeDrawing> drawings = stage.comfy().drawings();
  int checked = 0;
  for (const MasterSpec& master : spec.masters) {
    if (master.drawn_by_hand) continue;
    if (master.seamless) {
      check_tile(stage, spec, master);
      continue;
    }
    CAPTURE(master.id);
    const FakeDrawing* drawing = find_drawing(drawings, spec, master);
    REQUIRE(drawing != nullptr);
    CHECK(drawing->checkpoint == "pixel_xl.safetensors");
    CHECK(drawing->loras == kLoras);
    CHECK(drawing->negative == "blurry, gradient, text");
    CHECK(master_image(master, stage.folder()) ==
          recovered(draw_blocky_figure(*drawing), master, stage.folder()));
    ++checked;
  }
  CHECK(checked > 20);
}

TEST_CASE(
    "build draws the example with ComfyUI: right pixels, models, LoRAs, seeds; then nothing") {
  ComfyStage stage("");
  const ProgramResult first = stage.build();
  CHECK(first.err.find("error") == std::string::npos);
  REQUIRE_MESSAGE(first.status == 0, first.err);
  const ProjectSpec spec = stage.spec();
  const auto prompts = stage.comfy().prompts();
  CHECK(prompts.size() == static_cast<std::size_t>(
                              std::ranges::count(spec.masters, false, &MasterSpec::drawn_by_hand)));
  check_graphs(prompts, spec);
  check_masters(stage, spec);
  REQUIRE(stage.build().status == 0);
  CHECK(stage.comfy().prompts().size() == prompts.size());
  CHECK(run_dgxp(stage.folder().folder().string(), {"check", "--no-placeholders"}).status == 0);
}

TEST_CASE("build draws with a user's own graph, which travels with its binding") {
  ComfyStage stage("    workflow: flows/mine.json\n");
  const std::string here = stage.folder().folder().string();
  json graph = json::parse(run_dgxp(here, {"template", "show", "sprite-sdxl"}).out);
  std::string binding = run_dgxp(here, {"template", "show", "sprite-sdxl", "--binding"}).out;
  // Another id and title than any graph of ours has.
  graph["77"] = graph["6"];
  graph.erase("6");
  graph["77"]["_meta"]["title"] = "What I want";
  graph["3"]["inputs"]["positive"][0] = "77";
  const std::string before = R"({ node: "6", title: "Positive Prompt")";
  binding.replace(binding.find(before), before.size(), R"({ node: "77", title: "What I want")");
  stage.folder().put("flows/mine.json", graph.dump(2));
  stage.folder().put("flows/mine.bind.yaml", binding);

  const ProgramResult first = stage.build();
  CHECK(first.err.find("error") == std::string::npos);
  REQUIRE_MESSAGE(first.status == 0, first.err);
  const ProjectSpec spec = stage.spec();
  const auto prompts = stage.comfy().prompts();
  check_graphs(prompts, spec);
  check_masters(stage, spec);
  const auto mine = std::ranges::count_if(
      prompts, [](const FakePrompt& prompt) { return json::parse(prompt.graph).contains("77"); });
  const auto tiles = std::ranges::count(spec.masters, true, &MasterSpec::seamless);
  CHECK(tiles == 3);  // of another style
  CHECK(mine + tiles == static_cast<std::ptrdiff_t>(prompts.size()));
  REQUIRE(stage.build().status == 0);
  CHECK(stage.comfy().prompts().size() == prompts.size());
}

TEST_CASE("a seamless tile is drawn by the workflow for tiles, named or not, in its only size") {
  for (const std::string& named : {std::string(), std::string("workflow: tile-sdxl, ")}) {
    CAPTURE(named);
    ComfyStage stage("", 64);
    const auto put_manifest = [&](int scale) {
      stage.folder().put("assets.yaml",
                         "dgxp: 1\nproject: { name: one, seed: 1 }\nstyles:\n  tiles: { " + named +
                             "render_scale: " + std::to_string(scale) +
                             " }\ntilesets:\n  ground: { style: tiles, palette: none, tile: [16, "
                             "16], terrains: { floor: stone floor } }\n");
    };
    std::filesystem::remove(stage.folder().folder() / "assets.lock");
    std::filesystem::remove_all(stage.folder().folder() / "art");
    put_manifest(12);
    const ProgramResult small = stage.build();
    CHECK(small.status == (named.empty() ? 1 : 65));
    CHECK(small.err.find("its sizes go in steps of 1024, and 192x192 does not") !=
          std::string::npos);
    CHECK(stage.comfy().prompts().empty());
    put_manifest(64);
    const ProgramResult built = stage.build();
    REQUIRE_MESSAGE(built.status == 0, built.err);
    const auto prompts = stage.comfy().prompts();
    REQUIRE(prompts.size() == 1);
    const json graph = json::parse(prompts[0].graph);
    const auto samplers = std::ranges::count_if(
        graph, [](const json& node) { return node["class_type"] == "KSampler"; });
    CHECK(samplers == 4);
  }
}

TEST_CASE("a reference and a seed of 64 bits reach the graph as they are") {
  ComfyStage stage("");
  const Image picture = draw_blocky_figure({.prompt = "a reference", .size = {192, 192}});
  const auto png = encode_png(picture);
  stage.folder().put("assets.yaml", R"(dgxp: 1
project: { name: one, seed: 1 }
styles:
  anew: { workflow: img2img-sdxl, checkpoint: { file: pixel_xl.safetensors }, sampler: { denoise: 0.25 }, render_scale: 12 }
sprites:
  hero: { style: anew, palette: none, size: [16, 16], prompt: knight, seed: 18446744073709551615, references: [refs/hero.png] }
)");
  stage.folder().put("refs/hero.png", std::string(as_text(png)));
  std::filesystem::remove(stage.folder().folder() / "assets.lock");
  const ProgramResult built = stage.build();
  CHECK(built.err == "");
  REQUIRE(built.status == 0);
  const auto drawings = stage.comfy().drawings();
  REQUIRE(drawings.size() == 1);
  CHECK(drawings[0].seed == 18446744073709551615U);
  CHECK(drawings[0].denoise == 0.25);
  REQUIRE(drawings[0].init);
  CHECK(*drawings[0].init == picture);
  CHECK(stage.comfy().prompts()[0].graph.find("\"seed\":18446744073709551615") !=
        std::string::npos);
}

}  // namespace
