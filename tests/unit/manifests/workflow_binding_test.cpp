#include <string>

#include <doctest/doctest.h>

#include "manifests/workflow_binding.hpp"

namespace {

using namespace dgxp;
using Param = WorkflowParam;

constexpr std::string_view kText = R"(dgxp_binding: 1
description: Text to picture.
params:
  prompt: { node: "6", title: "Positive Prompt", input: text, required: true }
  seed: [{ node: 3, input: seed }, { node: ["10", "11"], input: noise_seed }]
  width: { node: "5", input: width }
  height: { node: "5", input: height }
loras: { after_model: ["4", 0], after_clip: ["4", 1] }
images:
  pose: { node: "21" }
  init: { node: "20", title: "Load Image", input: picture }
outputs:
  sprite: { node: "9" }
  frames: { node: "12", count: 4, websocket: true }
requires:
  nodes: [ControlNetLoader]
  models: { checkpoints: [base.safetensors], loras: [] }
  min_comfyui: "0.3.45"
size_step: 64
seamless: true
)";

std::string problems_of(std::string_view text) {
  const BindingResult result = parse_workflow_binding("w.bind.yaml", as_bytes(text));
  std::string all;
  for (const Diagnostic& problem : result.diagnostics) all += format_diagnostic(problem);
  CHECK(result.binding.has_value() == !has_errors(result.diagnostics));
  return all;
}

std::string changed(std::string_view from, std::string_view to) {
  std::string text(kText);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return problems_of(text.replace(at, from.size(), to));
}

TEST_CASE("parse_workflow_binding reads every field, with its place") {
  const BindingResult result = parse_workflow_binding("w.bind.yaml", as_bytes(kText));
  REQUIRE(result.diagnostics.empty());
  REQUIRE(result.binding);
  const WorkflowBinding expected{
      .description = "Text to picture.",
      .params = {{Param::prompt, {{"6", "Positive Prompt", "text"}}, true, {4, 3}},
                 {Param::seed,
                  {{"3", "", "seed"}, {"10", "", "noise_seed"}, {"11", "", "noise_seed"}},
                  false,
                  {5, 3}},
                 {Param::width, {{"5", "", "width"}}, false, {6, 3}},
                 {Param::height, {{"5", "", "height"}}, false, {7, 3}}},
      .loras = LoraBinding{{"4", 0}, NodeSlot{"4", 1}, {8, 1}},
      .images = {{"pose", {"21", "", "image"}, {10, 3}},
                 {"init", {"20", "Load Image", "picture"}, {11, 3}}},
      .outputs = {{"sprite", "9", 1, false, {13, 3}}, {"frames", "12", 4, true, {14, 3}}},
      .needs = {.nodes = {"ControlNetLoader"},
                .models = {{"checkpoints", {"base.safetensors"}}, {"loras", {}}},
                .min_comfyui = "0.3.45"},
      .size_step = 64,
      .seamless = true};
  CHECK(*result.binding == expected);
}

TEST_CASE("a binding without the optional parts gets their defaults") {
  const BindingResult result = parse_workflow_binding("w.bind.yaml", as_bytes(R"(dgxp_binding: 1
params:
  prompt: { node: "6", input: text }
  seed: { node: "3", input: seed }
  width: { node: "5", input: width }
  height: { node: "5", input: height }
outputs: { sprite: { node: "9" } }
)"));
  REQUIRE(result.binding);
  CHECK_FALSE(result.binding->loras);
  CHECK(result.binding->images.empty());
  CHECK(result.binding->needs == WorkflowNeeds{});
  CHECK(result.binding->size_step == 8);
  CHECK_FALSE(result.binding->seamless);
}

TEST_CASE("parse_workflow_binding names what is wrong, where, and what was meant") {
  CHECK(
      changed("  seed: [", "  sead: [") ==
      "w.bind.yaml:3:1: error: params has no 'seed'\n"
      "    3 | params:\n"
      "      | ^~~~~~\n"
      "hint: add 'seed: { node: \"6\", input: text }'\n"
      "w.bind.yaml:5:3: error: unknown field 'sead' in params\n"
      "    5 |   sead: [{ node: 3, input: seed }, { node: [\"10\", \"11\"], input: noise_seed }]\n"
      "      |   ^~~~\n"
      "hint: did you mean 'seed'?\n");
  CHECK(changed("size_step: 64", "size_step: 0") ==
        "w.bind.yaml:19:12: error: 'size_step' is 0, outside 1 to 1024\n"
        "   19 | size_step: 0\n"
        "      |            ^\n"
        "hint: for example 8\n");
  CHECK(changed("[\"4\", 1]", "[\"4\", clip]") ==
        "w.bind.yaml:8:51: error: the output in 'after_clip' must be a number from 0 to 255, not "
        "'clip'\n"
        "    8 | loras: { after_model: [\"4\", 0], after_clip: [\"4\", clip] }\n"
        "      |                                                   ^~~~\n"
        "hint: for example [\"4\", 0]\n");
  CHECK(changed("{ node: \"9\" }", "\"9\"") ==
        "w.bind.yaml:13:11: error: 'sprite' must be a map with node, not the text '9'\n"
        "   13 |   sprite: \"9\"\n"
        "      |           ^~~\n"
        "hint: for example { node: \"9\" }\n");
  CHECK(changed("dgxp_binding: 1", "dgxp_binding: 2") ==
        "w.bind.yaml:1:15: error: binding format 2 is newer than this dgxp, which reads format 1\n"
        "    1 | dgxp_binding: 2\n"
        "      |               ^\n"
        "hint: update dgxp\n");
  CHECK(changed("seamless: true", "worker: true") ==
        "w.bind.yaml:20:1: error: unknown field 'worker' in the binding\n"
        "   20 | worker: true\n"
        "      | ^~~~~~\n"
        "hint: delete it\n");
}

TEST_CASE("parse_workflow_binding refuses texts that are none, without reading on") {
  CHECK(problems_of("") ==
        "w.bind.yaml:1:1: error: the binding is empty\n"
        "hint: begin with 'dgxp_binding: 1'\n");
  CHECK(
      problems_of("[1]").starts_with("w.bind.yaml:1:1: error: the binding is a list, not a map\n"));
  for (const std::string& text :
       {std::string(100'000, 'a'), std::string(30, '[') + std::string(30, ']'),
        std::string("a: &x 1\nb: *x\n"), std::string("a: \xff\n"), std::string("params: {"),
        std::string("dgxp_binding: 1\ndgxp_binding: 1\n")}) {
    CHECK_FALSE(problems_of(text).empty());
  }
  std::string many = "dgxp_binding: 1\nrequires: { nodes: [";
  for (int i = 0; i < 300; ++i) many += "A,";
  CHECK(problems_of(many + "B] }\n").find("256") != std::string::npos);
}

TEST_CASE("load_workflow shows the line of the binding that does not fit the graph") {
  const std::string graph = R"({"9": {"class_type": "SaveImage", "inputs": {}}})";
  const std::string binding = R"(dgxp_binding: 1
params:
  prompt: { node: "6", input: text }
  seed: { node: "9", input: seed }
  width: { node: "9", input: filename_prefix }
  height: { node: "9", input: height }
outputs: { sprite: { node: "9" } }
)";
  const WorkflowResult result = load_workflow({.name = "flows/a.json",
                                               .graph = as_bytes(graph),
                                               .binding = as_bytes(binding),
                                               .folder = "game/"});
  CHECK_FALSE(result.workflow);
  REQUIRE(result.diagnostics.size() == 4);
  CHECK(format_diagnostic(result.diagnostics[0]) ==
        "game/flows/a.bind.yaml:3:3: error: 'prompt': there is no node '6'\n"
        "    3 |   prompt: { node: \"6\", input: text }\n"
        "      |   ^\n");
}

}  // namespace
