#include <doctest/doctest.h>

#include "core/workflow/workflow_template.hpp"
#include "tests/unit/core/workflow/sample_workflow.hpp"

namespace {

using namespace dgxp;

template <typename Change>
std::string problems_of(Change change) {
  WorkflowTemplate workflow = sample_workflow();
  change(workflow);
  return text_of(check_workflow(workflow));
}

TEST_CASE("check_workflow finds nothing in a template that fits") {
  CHECK(text_of(check_workflow(sample_workflow())).empty());
}

TEST_CASE("check_workflow names the node, title or input that a person changed in the editor") {
  CHECK(problems_of([](WorkflowTemplate& it) {
          it.graph = replace_once(it.graph, R"("title": "Positive Prompt")", R"("title": "Words")");
        }) ==
        "workflows/hero.bind.yaml:2:3: error: 'prompt': node '6' (CLIPTextEncode \"Words\") does "
        "not have the title \"Positive Prompt\"\n"
        "hint: node '6' (CLIPTextEncode \"Words\") has an input 'text'\n");
  CHECK(problems_of([](WorkflowTemplate& it) {
          it.graph = replace_once(it.graph, R"("6": {)", R"("16": {)");
          it.graph = replace_once(it.graph, R"(["6", 0])", R"(["16", 0])");
        }) ==
        "workflows/hero.bind.yaml:2:3: error: 'prompt': there is no node '6'\n"
        "hint: node '16' has the title \"Positive Prompt\"\n");
  CHECK(problems_of([](WorkflowTemplate& it) {
          it.graph = replace_once(it.graph, R"("seed": 5)", R"("noise_seed": 5)");
          it.graph = replace_once(it.graph, R"("KSampler", )", R"("KSamplerAdvanced", )");
        }) ==
        "workflows/hero.bind.yaml:4:3: error: 'seed': node '3' (KSamplerAdvanced \"KSampler\") has "
        "no input 'seed'\n");
  CHECK(problems_of([](WorkflowTemplate& it) {
          it.graph = replace_once(it.graph, R"("seed": 5)", R"("seed": ["5", 0])");
        }) ==
        "workflows/hero.bind.yaml:4:3: error: 'seed': input 'seed' of node '3' (KSampler "
        "\"KSampler\") is fed by node '5'\n"
        "hint: bind the input of that node instead\n");
  CHECK(
      problems_of([](WorkflowTemplate& it) { it.binding.params[5].targets[0].input = "step"; }) ==
      "workflows/hero.bind.yaml:7:3: error: 'steps': node '3' (KSampler \"KSampler\") has no input "
      "'step'\n"
      "hint: did you mean 'steps'?\n");
}

TEST_CASE("check_workflow names values of the wrong kind and inputs bound twice") {
  CHECK(
      problems_of([](WorkflowTemplate& it) { it.binding.params[7].targets[0].input = "steps"; }) ==
      "workflows/hero.bind.yaml:9:3: error: 'sampler' is a text, but input 'steps' of node '3' "
      "holds a number\n"
      "workflows/hero.bind.yaml:9:3: error: input 'steps' of node '3' is bound twice\n");
}

TEST_CASE("check_workflow wants the values that every job has") {
  CHECK(problems_of(
            [](WorkflowTemplate& it) { it.binding.params.erase(it.binding.params.begin() + 2); }) ==
        "workflows/hero.bind.yaml: error: nothing takes the 'seed', which every job has\n"
        "hint: add 'seed' under 'params'\n");
}

TEST_CASE("check_workflow names a LoRA slot that nobody reads") {
  CHECK(problems_of([](WorkflowTemplate& it) { it.binding.loras->model = {"4", 3}; }) ==
        "workflows/hero.bind.yaml:14:1: error: 'after_model': no node reads output 3 of node '4' "
        "(CheckpointLoaderSimple)\n"
        "hint: LoRAs are put between this output and its readers\n");
  CHECK(problems_of([](WorkflowTemplate& it) { it.binding.loras->clip = NodeSlot{"40", 1}; }) ==
        "workflows/hero.bind.yaml:14:1: error: 'after_clip': there is no node '40'\n");
}

TEST_CASE("check_workflow names pictures and outputs that do not fit") {
  CHECK(
      problems_of([](WorkflowTemplate& it) {
        it.binding.images = {{"init", {"5", "", "width"}, {15, 3}}};
      }) ==
      "workflows/hero.bind.yaml:15:3: error: 'init': input 'width' of node '5' holds a number, no "
      "file name\n");
  CHECK(problems_of([](WorkflowTemplate& it) { it.binding.outputs[0].node = "10"; }) ==
        "workflows/hero.bind.yaml:16:3: error: output 'sprite': there is no node '10'\n"
        "hint: node '9' (SaveImage) gives pictures\n"
        "workflows/hero.bind.yaml: error: node '9' (SaveImage) gives pictures, but is no output\n"
        "hint: name it under 'outputs', or remove it from the graph\n");
  CHECK(problems_of([](WorkflowTemplate& it) { it.binding.outputs[0].websocket = true; }) ==
        "workflows/hero.bind.yaml:16:3: error: output 'sprite': node '9' (SaveImage) does not send "
        "its "
        "pictures over the WebSocket\n"
        "hint: write websocket: false\n");
  CHECK(problems_of([](WorkflowTemplate& it) { it.binding.outputs.clear(); }) ==
        "workflows/hero.bind.yaml: error: there are no outputs\n"
        "workflows/hero.bind.yaml: error: node '9' (SaveImage) gives pictures, but is no output\n"
        "hint: name it under 'outputs', or remove it from the graph\n");
}

TEST_CASE("check_workflow names links that lead nowhere, and files that are no graph") {
  CHECK(
      problems_of([](WorkflowTemplate& it) {
        it.graph = replace_once(it.graph, R"("vae": ["4", 2])", R"("vae": ["77", 2])");
      }) ==
      "workflows/hero.json: error: input 'vae' of node '8' (VAEDecode) is fed by node '77', which "
      "is not there\n");
  CHECK(problems_of([](WorkflowTemplate& it) { it.graph = R"({"nodes": [], "links": []})"; }) ==
        "workflows/hero.json: error: it is a workflow as the editor saves it, not a graph in API "
        "format\n"
        "hint: export it in ComfyUI with 'Export (API)'\n");
}

TEST_CASE("check_workflow keeps its list short, however much is wrong") {
  const auto problems = [] {
    WorkflowTemplate workflow = sample_workflow();
    for (int i = 0; i < 300; ++i) {
      workflow.binding.outputs.push_back(
          {.name = "x", .node = std::to_string(i + 100), .place = {}});
    }
    return check_workflow(workflow);
  }();
  CHECK(problems.size() == 100);
}

TEST_CASE("the binding of a graph stands beside it") {
  CHECK(binding_path("workflows/hero.json") == "workflows/hero.bind.yaml");
  CHECK(binding_path("sprite-sdxl") == "sprite-sdxl.bind.yaml");
}

}  // namespace
