#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/run_program.hpp"
#include "tests/unit/core/store/temp_project.hpp"

namespace {

using namespace dgxp;
using nlohmann::json;

ProgramResult run(const TempProject& folder, std::vector<std::string> arguments) {
  return run_dgxp(folder.folder().string(), std::move(arguments));
}

TEST_CASE("template ls lists the workflows that come with dgxp") {
  const TempProject folder;
  const json list = json::parse(run(folder, {"template", "ls", "--json"}).out);
  std::set<std::string> names;
  for (const json& workflow : list["templates"]) {
    names.insert(workflow["name"]);
    CHECK(workflow["description"].get<std::string>().size() > 40);
    CHECK(workflow["loras"] == true);
    CHECK(workflow["seamless"] == (workflow["name"] == "tile-sdxl"));
  }
  CHECK(names == std::set<std::string>{"img2img-sdxl", "pose-row-sdxl", "sprite-key-sdxl",
                                       "sprite-sdxl", "sprite-sdxl-lcm", "tile-sdxl"});
  for (const std::string& name : names) {
    CHECK(run(folder, {"template", "check", name}).status == 0);
    CHECK(run(folder, {"template", "ls"}).out.find(name + "\n") != std::string::npos);
  }
}

TEST_CASE("template show prints files that are a user's own workflow as they stand") {
  const TempProject folder;
  folder.put("flows/hero.json", run(folder, {"template", "show", "img2img-sdxl"}).out);
  folder.put("flows/hero.bind.yaml",
             run(folder, {"template", "show", "img2img-sdxl", "--binding"}).out);
  const ProgramResult result = run(folder, {"template", "check", "flows/hero.json"});
  CHECK(result.status == 0);
  CHECK(result.out ==
        "flows/hero.json fits: prompt, negative, seed, width, height, steps, cfg, sampler, "
        "scheduler, denoise, checkpoint\n");
  const json shown = json::parse(run(folder, {"template", "show", "img2img-sdxl", "--json"}).out);
  CHECK(shown["graph"] == json::parse(folder.get("flows/hero.json")));
  CHECK(shown["binding"] == folder.get("flows/hero.bind.yaml"));
}

TEST_CASE("template check names the node that was changed in the editor, with its line") {
  const TempProject folder;
  std::string graph = run(folder, {"template", "show", "sprite-sdxl"}).out;
  graph.replace(graph.find("Positive Prompt"), 15, "Words");
  folder.put("hero.json", graph);
  folder.put("hero.bind.yaml", run(folder, {"template", "show", "sprite-sdxl", "--binding"}).out);
  const ProgramResult result = run(folder, {"template", "check", "hero.json"});
  CHECK(result.status == 65);
  CHECK(result.err ==
        "hero.bind.yaml:8:3: error: 'prompt': node '6' (CLIPTextEncode \"Words\") does not have "
        "the title \"Positive Prompt\"\n"
        "    8 |   prompt: { node: \"6\", title: \"Positive Prompt\", input: text, required: true "
        "}\n"
        "      |   ^\n"
        "hint: node '6' (CLIPTextEncode \"Words\") has an input 'text'\n"
        "error: hero.json has 1 error\n");
  const json document = json::parse(run(folder, {"template", "check", "hero.json", "--json"}).out);
  CHECK(document["exit"] == 65);
  CHECK(document["diagnostics"][0]["line"] == 8);
}

TEST_CASE("template says what is missing and what to do about it") {
  const TempProject folder;
  const ProgramResult unknown = run(folder, {"template", "show", "sprite-sdlx"});
  CHECK(unknown.status == 64);
  CHECK(unknown.err ==
        "error: there is no workflow 'sprite-sdlx'\nhint: did you mean 'sprite-sdxl'?\n");
  folder.put("a.json", "{}");
  const ProgramResult unbound = run(folder, {"template", "check", "a.json"});
  CHECK(unbound.status == 65);
  CHECK(unbound.err ==
        "error: 'a.json' has no binding 'a.bind.yaml'\n"
        "hint: `dgxp template show sprite-sdxl --binding` prints one to begin with\n");
  CHECK(run(folder, {"template", "check", "b.json"}).status == 74);
  const ProgramResult nobody =
      run(folder, {"template", "check", "sprite-sdxl", "--comfy", "http://127.0.0.1:1"});
  CHECK(nobody.status == 69);
  CHECK(nobody.err.find("hint: is ComfyUI running there?") != std::string::npos);
  CHECK(run(folder, {"template", "check", "sprite-sdxl", "--comfy", "ftp://x"}).status == 64);
}

TEST_CASE("template check --comfy holds every built-in against a server, and names what it lacks") {
  const TempProject folder;
  FakeComfyOptions options;
  options.models = {{"checkpoints", {"sd_xl_base_1.0.safetensors"}},
                    {"controlnet", {"OpenPoseXL2.safetensors"}}};
  for (const bool objects : {false, true}) {
    options.combo_objects = objects;
    const FakeComfy comfy(options);
    for (const char* name : {"img2img-sdxl", "pose-row-sdxl", "sprite-key-sdxl", "sprite-sdxl",
                             "sprite-sdxl-lcm", "tile-sdxl"}) {
      const ProgramResult result = run(folder, {"template", "check", name, "--comfy", comfy.url()});
      CHECK_MESSAGE(result.status == 0, result.err);
      CHECK(result.out.find("fits this server") != std::string::npos);
    }
  }
  options.version = "0.3.40";
  const FakeComfy old(options);
  const ProgramResult older =
      run(folder, {"template", "check", "sprite-sdxl", "--comfy", old.url()});
  CHECK(older.status == 65);
  CHECK(older.err ==
        "error: sprite-sdxl needs ComfyUI 0.3.45, the server is 0.3.40\n"
        "hint: update it, or lower 'min_comfyui' when you know that it works\n");
  options.version = "0.3.64";
  options.models = {{"checkpoints", {"sd_xl_base_0.9.safetensors"}}};
  options.missing_classes = {"LoraLoader"};
  const FakeComfy poor(options);
  const ProgramResult result =
      run(folder, {"template", "check", "sprite-sdxl", "--comfy", poor.url()});
  CHECK(result.status == 65);
  CHECK(result.err.find("is 'sd_xl_base_1.0.safetensors', which the server does not have\n"
                        "hint: it has 'sd_xl_base_0.9.safetensors'\n") != std::string::npos);
  CHECK(result.err.find("the server has no class 'LoraLoader'") != std::string::npos);
}

}  // namespace
