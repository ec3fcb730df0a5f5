#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/workflow/workflow_template.hpp"
#include "tests/unit/core/workflow/sample_workflow.hpp"

namespace {

using namespace dgxp;
using nlohmann::json;

/// The classes of the sample, in the shape of GET /object_info.
json sample_info() {
  const auto node = [](json required, json output, bool is_output = false) {
    return json{{"input", {{"required", std::move(required)}}},
                {"output", std::move(output)},
                {"output_node", is_output}};
  };
  const auto typed = [](const char* type, json options = json::object()) {
    return json::array({type, std::move(options)});
  };
  const auto list = [](json words) { return json::array({std::move(words), json::object()}); };
  const json size = {{"default", 512}, {"min", 16}, {"max", 16384}, {"step", 8}};
  json info;
  info["KSampler"] = node({{"model", typed("MODEL")},
                           {"seed", typed("INT", {{"min", 0}, {"max", 18446744073709551615ULL}})},
                           {"steps", typed("INT", {{"min", 1}, {"max", 10000}})},
                           {"cfg", typed("FLOAT", {{"min", 0.0}, {"max", 100.0}, {"step", 0.1}})},
                           {"sampler_name", list({"euler", "euler_ancestral", "dpmpp_2m"})},
                           {"scheduler", typed("COMBO", {{"options", {"normal", "karras"}}})},
                           {"positive", typed("CONDITIONING")},
                           {"negative", typed("CONDITIONING")},
                           {"latent_image", typed("LATENT")},
                           {"denoise", typed("FLOAT", {{"min", 0.0}, {"max", 1.0}})}},
                          {"LATENT"});
  info["CheckpointLoaderSimple"] = node(
      {{"ckpt_name", list({"base.safetensors", "pixel.safetensors"})}}, {"MODEL", "CLIP", "VAE"});
  info["EmptyLatentImage"] = node(
      {{"width", typed("INT", size)}, {"height", typed("INT", size)}, {"batch_size", typed("INT")}},
      {"LATENT"});
  info["CLIPTextEncode"] =
      node({{"text", typed("STRING")}, {"clip", typed("CLIP")}}, {"CONDITIONING"});
  info["VAEDecode"] = node({{"samples", typed("LATENT")}, {"vae", typed("VAE")}}, {"IMAGE"});
  info["SaveImage"] = node({{"images", typed("IMAGE,MASK")}, {"filename_prefix", typed("STRING")}},
                           json::array(), true);
  info["LoraLoader"] = node({{"model", typed("MODEL")},
                             {"clip", typed("CLIP")},
                             {"lora_name", list({"px.safetensors"})},
                             {"strength_model", typed("FLOAT")},
                             {"strength_clip", typed("FLOAT")}},
                            {"MODEL", "CLIP"});
  return info;
}

std::string problems_of(const json& info, const WorkflowTemplate& workflow = sample_workflow()) {
  return text_of(check_workflow(workflow, info.dump()));
}

std::string problems_of_graph(std::string_view from, std::string_view to) {
  WorkflowTemplate workflow = sample_workflow();
  workflow.graph = replace_once(workflow.graph, from, to);
  return problems_of(sample_info(), workflow);
}

TEST_CASE("check_workflow finds nothing on a server that has all classes and models") {
  CHECK(problems_of(sample_info()).empty());
}

TEST_CASE("check_workflow names a class that the server lacks, and the nearest it has") {
  json info = sample_info();
  info["EmptyLatentImages"] = info["EmptyLatentImage"];
  info.erase("EmptyLatentImage");
  CHECK(problems_of(info) ==
        "workflows/hero.json: error: the server has no class 'EmptyLatentImage' (node '5' "
        "(EmptyLatentImage))\n"
        "hint: it has 'EmptyLatentImages'\n");
}

TEST_CASE("check_workflow names inputs that the server's class lacks or wants") {
  json info = sample_info();
  json& sampler = info["KSampler"]["input"]["required"];
  sampler["noise_seed"] = sampler["seed"];
  sampler.erase("seed");
  CHECK(
      problems_of(info) ==
      "workflows/hero.json: error: node '3' (KSampler \"KSampler\") lacks the input 'noise_seed'\n"
      "workflows/hero.json: warning: the server's node '3' (KSampler \"KSampler\") has no input "
      "'seed': it is ignored there\n"
      "workflows/hero.bind.yaml:4:3: error: 'seed': the server's node '3' has no input 'seed'\n");
}

TEST_CASE("check_workflow checks words, in the old and the new form of lists") {
  CHECK(problems_of_graph(R"("sampler_name": "euler")", R"("sampler_name": "eular")") ==
        "workflows/hero.json: error: input 'sampler_name' of node '3' (KSampler \"KSampler\") is "
        "'eular', which the server does not have\n"
        "hint: it has 'euler'\n");
  CHECK(problems_of_graph(R"("scheduler": "normal")", R"("scheduler": "beta")") ==
        "workflows/hero.json: error: input 'scheduler' of node '3' (KSampler \"KSampler\") is "
        "'beta', "
        "which the server does not have\n"
        "hint: known are 'normal', 'karras'\n");
  CHECK(problems_of_graph("base.safetensors", "bose.safetensors") ==
        "workflows/hero.json: error: input 'ckpt_name' of node '4' (CheckpointLoaderSimple) is "
        "'bose.safetensors', which the server does not have\n"
        "hint: it has 'base.safetensors', 'pixel.safetensors'\n");
}

TEST_CASE("check_workflow leaves out values that every job replaces") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.binding.params[10].required = true;
  workflow.graph = replace_once(workflow.graph, "base.safetensors", "elsewhere.safetensors");
  CHECK(problems_of(sample_info(), workflow).empty());
}

TEST_CASE("check_workflow checks numbers, links and their types") {
  CHECK(problems_of_graph(R"("steps": 20)", R"("steps": 0)") ==
        "workflows/hero.json: error: input 'steps' of node '3' (KSampler \"KSampler\") is 0, "
        "outside 1 "
        "to 10000\n");
  CHECK(problems_of_graph(R"("steps": 20)", R"("steps": 20.5)") ==
        "workflows/hero.json: error: input 'steps' of node '3' (KSampler \"KSampler\") is a whole "
        "number, not 20.5\n");
  CHECK(problems_of_graph(R"(["8", 0])", R"(["3", 0])") ==
        "workflows/hero.json: error: input 'images' of node '9' (SaveImage) takes IMAGE,MASK, but "
        "output 0 of node '3' (KSampler \"KSampler\") is LATENT\n");
  CHECK(
      problems_of_graph(R"("vae": ["4", 2])", R"("vae": ["4", 3])") ==
      "workflows/hero.json: error: input 'vae' of node '8' (VAEDecode) is fed by output 3 of node "
      "'4' (CheckpointLoaderSimple), which has 3\n");
}

TEST_CASE("check_workflow checks what is bound: type, step of sizes, LoRA slots") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.binding.size_step = 4;
  CHECK(
      problems_of(sample_info(), workflow) ==
      "workflows/hero.bind.yaml:5:3: error: 'width' of node '5' goes in steps of 8, 'size_step' is "
      "4\n"
      "hint: write size_step: 8\n"
      "workflows/hero.bind.yaml:6:3: error: 'height' of node '5' goes in steps of 8, 'size_step' "
      "is "
      "4\n"
      "hint: write size_step: 8\n");
  workflow = sample_workflow();
  workflow.binding.loras->clip = NodeSlot{"4", 2};
  CHECK(
      problems_of(sample_info(), workflow) ==
      "workflows/hero.bind.yaml:14:1: error: 'after_clip': output 2 of node '4' is VAE, no CLIP\n");
  json info = sample_info();
  info["KSampler"]["input"]["required"]["cfg"][0] = "INT";
  info.erase("LoraLoader");
  CHECK(problems_of(info) ==
        "workflows/hero.bind.yaml:8:3: error: 'cfg' does not fit input 'cfg' of node '3': its type "
        "is "
        "INT\n"
        "workflows/hero.bind.yaml:14:1: error: the server has no class 'LoraLoader'\n");
}

TEST_CASE("check_workflow names what a binding requires and the server lacks") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.binding.needs.nodes = {"KSampler", "IPAdapter"};
  workflow.binding.needs.models = {{"loras", {"px.safetensors", "pix.safetensors"}},
                                   {"elsewhere", {"x"}}};
  CHECK(problems_of(sample_info(), workflow) ==
        "workflows/hero.bind.yaml: error: the server has no class 'IPAdapter'\n"
        "hint: install the nodes that bring it, and restart ComfyUI\n"
        "workflows/hero.bind.yaml: error: the server has no file 'pix.safetensors' under 'loras'\n"
        "hint: did you mean 'px.safetensors'?\n");
}

TEST_CASE("check_workflow says when the server's answer is not legible") {
  const auto problems = [](std::string_view info) {
    return text_of(check_workflow(sample_workflow(), info));
  };
  CHECK(
      problems("<html>") ==
      "workflows/hero.json: error: what the server says about its nodes cannot be read: it is not "
      "JSON: unexpected text at byte 1\n");
  CHECK(problems("[]") ==
        "workflows/hero.json: error: what the server says about its nodes cannot be read\n");
  // Any shape may come: none of it stops the check.
  for (const char* shape :
       {R"({"KSampler": 5})", R"({"KSampler": {"input": [1]}})",
        R"({"KSampler": {"input": {"required": {"seed": 5}}, "output": [[1], 2]}})"}) {
    CHECK_FALSE(problems(shape).empty());
  }
}

}  // namespace
