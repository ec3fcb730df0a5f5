#include <cmath>
#include <limits>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/workflow/workflow_template.hpp"
#include "tests/unit/core/workflow/sample_workflow.hpp"

namespace {

using namespace dgxp;
using Json = nlohmann::ordered_json;

Json bind(const WorkflowTemplate& workflow, const WorkflowValues& values) {
  const auto bound = bind_workflow(workflow, values);
  REQUIRE_MESSAGE(bound, (bound ? "" : bound.error().message));
  return Json::parse(bound->graph);
}

std::string refusal(const WorkflowTemplate& workflow, const WorkflowValues& values) {
  const auto bound = bind_workflow(workflow, values);
  if (bound) return "";
  CHECK(bound.error().kind == ErrorKind::worker);
  return bound.error().message;
}

TEST_CASE("bind_workflow fills in every value and leaves the rest as it was") {
  WorkflowValues values = sample_values();
  values.negative = "watermark";
  values.steps = 24;
  values.cfg = 6;
  values.sampler = "dpmpp_2m";
  values.scheduler = "karras";
  values.denoise = 0.5;
  values.checkpoint = "pixel.safetensors";
  values.filename_prefix = "dgxp/ab/1/sprite";
  Json expected = Json::parse(kSampleGraph);
  expected["6"]["inputs"]["text"] = "a slime";
  expected["7"]["inputs"]["text"] = "watermark";
  expected["3"]["inputs"]["seed"] = 7;
  expected["5"]["inputs"]["width"] = 256;
  expected["5"]["inputs"]["height"] = 128;
  expected["5"]["inputs"]["batch_size"] = 1;
  expected["3"]["inputs"]["steps"] = 24;
  expected["3"]["inputs"]["cfg"] = 6.0;
  expected["3"]["inputs"]["sampler_name"] = "dpmpp_2m";
  expected["3"]["inputs"]["scheduler"] = "karras";
  expected["3"]["inputs"]["denoise"] = 0.5;
  expected["4"]["inputs"]["ckpt_name"] = "pixel.safetensors";
  expected["9"]["inputs"]["filename_prefix"] = "dgxp/ab/1/sprite";
  const auto bound = bind_workflow(sample_workflow(), values);
  REQUIRE(bound);
  CHECK(bound->graph == expected.dump());
  CHECK(bound->outputs == sample_workflow().binding.outputs);
}

TEST_CASE("bind_workflow keeps the graph's own where the job has nothing, but for the prompt") {
  WorkflowValues values = sample_values();
  values.prompt.clear();
  const Json graph = bind(sample_workflow(), values);
  CHECK(graph["6"]["inputs"]["text"] == "");
  CHECK(graph["7"]["inputs"]["text"] == "blurry");
  CHECK(graph["3"]["inputs"]["steps"] == 20);
  CHECK(graph["3"]["inputs"]["cfg"] == 8);
  CHECK(graph["4"]["inputs"]["ckpt_name"] == "base.safetensors");
  CHECK(graph["9"]["inputs"]["filename_prefix"] == "ComfyUI");
}

TEST_CASE("bind_workflow writes seeds of 64 bits exactly") {
  for (const std::uint64_t seed :
       {std::uint64_t{0}, std::uint64_t{1} << 53U | 1U, std::uint64_t{1} << 63U,
        std::numeric_limits<std::uint64_t>::max()}) {
    WorkflowValues values = sample_values();
    values.seed = seed;
    const auto bound = bind_workflow(sample_workflow(), values);
    REQUIRE(bound);
    CHECK(bound->graph.find("\"seed\":" + std::to_string(seed) + ",") != std::string::npos);
  }
}

TEST_CASE("bind_workflow writes whole numbers as such, and fractions where a fraction stood") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.graph = replace_once(workflow.graph, "\"steps\": 20", "\"steps\": 20.0");
  WorkflowValues values = sample_values();
  values.steps = 9;
  values.cfg = 3;
  const auto bound = bind_workflow(workflow, values);
  REQUIRE(bound);
  CHECK(bound->graph.find("\"width\":256,\"height\":128,\"batch_size\":1}") != std::string::npos);
  CHECK(bound->graph.find("\"steps\":9.0,\"cfg\":3.0,") != std::string::npos);
}

TEST_CASE("bind_workflow takes a prompt as a value, whatever is in it") {
  WorkflowValues values = sample_values();
  values.prompt = "quote \" brace } [\"4\", 0] %date% \\ \n \xe2\x98\x83";
  CHECK(bind(sample_workflow(), values)["6"]["inputs"]["text"] == values.prompt);
}

TEST_CASE("bind_workflow gives one value to all targets of a parameter") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.binding.params[0].targets.push_back({"7", "Negative Prompt", "text"});
  workflow.binding.params.erase(workflow.binding.params.begin() + 1);
  const Json graph = bind(workflow, sample_values());
  CHECK(graph["6"]["inputs"]["text"] == "a slime");
  CHECK(graph["7"]["inputs"]["text"] == "a slime");
}

TEST_CASE("bind_workflow puts LoRAs in their order between the loader and all its readers") {
  WorkflowValues values = sample_values();
  values.loras = {{"first.safetensors", 0.9}, {"second.safetensors", -0.25}, {"third.pt", 1}};
  Json expected = bind(sample_workflow(), sample_values());
  const auto lora = [](const char* file, double weight, const char* id, int model, int clip) {
    return Json{{"inputs",
                 {{"lora_name", file},
                  {"strength_model", weight},
                  {"strength_clip", weight},
                  {"model", Json::array({id, model})},
                  {"clip", Json::array({id, clip})}}},
                {"class_type", "LoraLoader"},
                {"_meta", {{"title", file}}}};
  };
  expected["3"]["inputs"]["model"] = Json::array({"12", 0});
  expected["6"]["inputs"]["clip"] = Json::array({"12", 1});
  expected["7"]["inputs"]["clip"] = Json::array({"12", 1});
  expected["10"] = lora("first.safetensors", 0.9, "4", 0, 1);
  expected["11"] = lora("second.safetensors", -0.25, "10", 0, 1);
  expected["12"] = lora("third.pt", 1.0, "11", 0, 1);
  CHECK(bind(sample_workflow(), values).dump(1) == expected.dump(1));
}

TEST_CASE("bind_workflow leaves the text encoders alone when LoRAs go to the model only") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.binding.loras->clip.reset();
  WorkflowValues values = sample_values();
  values.loras = {{"a.safetensors", 0.5}};
  const Json graph = bind(workflow, values);
  CHECK(graph["10"].dump() ==
        R"({"inputs":{"lora_name":"a.safetensors","strength_model":0.5,"model":["4",0]},)"
        R"("class_type":"LoraLoaderModelOnly","_meta":{"title":"a.safetensors"}})");
  CHECK(graph["3"]["inputs"]["model"] == Json::array({"10", 0}));
  CHECK(graph["6"]["inputs"]["clip"] == Json::array({"4", 1}));
}

TEST_CASE("bind_workflow gives LoRAs ids that no node has") {
  WorkflowTemplate workflow = sample_workflow();
  // "999999999" is the largest id that counts as one of the editor's.
  workflow.graph = replace_once(workflow.graph, "\"9\": {", R"("999999999": {)");
  workflow.binding.outputs[0].node = "999999999";
  workflow.graph.insert(1,
                        R"("1000000000": {"class_type": "Note"}, "x:1": {"class_type": "Note"},)");
  WorkflowValues values = sample_values();
  values.loras = {{"a", 1}, {"b", 1}};
  const Json graph = bind(workflow, values);
  CHECK(graph.size() == 11);
  CHECK(graph["1000000000"]["class_type"] == "Note");
  CHECK(graph["1000000001"]["inputs"]["lora_name"] == "a");
  CHECK(graph["1000000002"]["inputs"]["lora_name"] == "b");
}

TEST_CASE("bind_workflow names the value that the graph has no input for") {
  const auto without = [](WorkflowParam param) {
    WorkflowTemplate workflow = sample_workflow();
    std::erase_if(workflow.binding.params,
                  [&](const ParamBinding& bound) { return bound.param == param; });
    return workflow;
  };
  WorkflowValues values = sample_values();
  values.negative = "text";
  values.steps = 1;
  values.cfg = 1;
  values.sampler = values.scheduler = values.checkpoint = "a";
  values.denoise = 0.5;
  using Param = WorkflowParam;
  for (const Param param :
       {Param::prompt, Param::negative, Param::seed, Param::width, Param::height, Param::steps,
        Param::cfg, Param::sampler, Param::scheduler, Param::denoise, Param::checkpoint}) {
    CHECK(refusal(without(param), values) ==
          "workflow 'workflows/hero.json': there is no input for '" + std::string(to_text(param)) +
              "'");
  }
  CHECK(refusal(without(Param::batch_size), values).empty());
  WorkflowTemplate workflow = sample_workflow();
  workflow.binding.loras.reset();
  values.loras = {{"px.safetensors", 1}};
  CHECK(refusal(workflow, values) ==
        "workflow 'workflows/hero.json': it takes no LoRAs, and the job brings 'px.safetensors'");
}

TEST_CASE("bind_workflow wants as many pictures as the binding has") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.graph.insert(1, R"("20": {"class_type": "LoadImage", "inputs": {"image": "x.png"}},)");
  WorkflowValues values = sample_values();
  values.images = {"dgxp/ab.png"};
  CHECK(refusal(workflow, values) ==
        "workflow 'workflows/hero.json': the job brings 1 pictures, but there are inputs for 0");
  workflow.binding.images = {{"init", {"20", "", "image"}, {}}};
  CHECK(bind(workflow, values)["20"]["inputs"]["image"] == "dgxp/ab.png");
  values.images.clear();
  CHECK(refusal(workflow, values) ==
        "workflow 'workflows/hero.json': it needs a picture 'init', and the job brings 0");
}

TEST_CASE("bind_workflow names what does not fit") {
  const auto changed = [](auto change) {
    WorkflowTemplate workflow = sample_workflow();
    change(workflow);
    return refusal(workflow, sample_values());
  };
  using Template = WorkflowTemplate;
  CHECK(
      changed([](Template& it) { it.binding.params[0].targets[0].node = "60"; }) ==
      "workflow 'workflows/hero.json': 'prompt' goes to node '60', which the graph does not have");
  CHECK(
      changed([](Template& it) { it.binding.params[0].targets[0].title = "Prompt"; }) ==
      "workflow 'workflows/hero.json': 'prompt' goes to node '6' titled \"Prompt\", but its title "
      "is \"Positive Prompt\"");
  CHECK(changed([](Template& it) { it.binding.params[0].targets[0].input = "words"; }) ==
        "workflow 'workflows/hero.json': 'prompt' goes to input 'words' of node '6' "
        "(CLIPTextEncode), which has no such input");
  CHECK(
      changed([](Template& it) { it.binding.params[2].targets[0].input = "model"; }) ==
      "workflow 'workflows/hero.json': 'seed' goes to input 'model' of node '3' (KSampler), which "
      "node '4' feeds");
  CHECK(changed([](Template& it) { it.binding.params[2].targets[0].input = "sampler_name"; }) ==
        "workflow 'workflows/hero.json': 'seed' is a number, but input 'sampler_name' of node '3' "
        "holds string");
  CHECK(changed([](Template& it) { it.binding.params[5].required = true; }) ==
        "workflow 'workflows/hero.json': it needs a value for 'steps'");
  CHECK(changed([](Template& it) { it.binding.size_step = 96; }) ==
        "workflow 'workflows/hero.json': its sizes go in steps of 96, and 256x128 does not");
  CHECK(changed([](Template& it) { it.binding.outputs[0].node = "90"; }) ==
        "workflow 'workflows/hero.json': output 'sprite' is node '90', which the graph does not "
        "have");
  CHECK(changed([](Template& it) { it.graph = "{"; }) ==
        "workflow 'workflows/hero.json': it is not JSON: unexpected text at byte 2");
}

TEST_CASE("bind_workflow refuses numbers that JSON cannot hold") {
  WorkflowValues values = sample_values();
  values.cfg = std::numeric_limits<double>::quiet_NaN();
  CHECK(refusal(sample_workflow(), values) ==
        "workflow 'workflows/hero.json': 'cfg' is no finite number");
  values = sample_values();
  values.loras = {{"a", std::numeric_limits<double>::infinity()}};
  CHECK(refusal(sample_workflow(), values) ==
        "workflow 'workflows/hero.json': the weight of LoRA 'a' is no finite number");
}

TEST_CASE("bind_workflow sets the prefix of everything that saves, without percent signs") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.graph.insert(
      1, R"("30": {"class_type": "SaveAnimatedPNG", "inputs": {"filename_prefix": "a"}},
            "31": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}},)");
  WorkflowValues values = sample_values();
  values.filename_prefix = "dgxp/%year%/x";
  const Json graph = bind(workflow, values);
  for (const char* node : {"9", "30", "31"}) {
    CHECK(graph[node]["inputs"]["filename_prefix"] == "dgxp/year/x");
  }
}

TEST_CASE(
    "bind_workflow leaves out previews that nobody declared, and keeps one that is an output") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.graph.insert(1,
                        R"("30": {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}},)");
  CHECK_FALSE(bind(workflow, sample_values()).contains("30"));
  workflow.binding.outputs.push_back({.name = "look", .node = "30", .place = {}});
  CHECK(bind(workflow, sample_values()).contains("30"));
}

TEST_CASE("bind_workflow wraps lists that are no links") {
  WorkflowTemplate workflow = sample_workflow();
  workflow.graph.insert(1, R"("30": {"class_type": "Points", "inputs": {"a": [1, 2, 3], "b": [],
      "c": ["4", 0], "d": {"__value__": [1]}}},)");
  CHECK(bind(workflow, sample_values())["30"]["inputs"].dump() ==
        R"({"a":{"__value__":[1,2,3]},"b":{"__value__":[]},"c":["4",0],"d":{"__value__":[1]}})");
}

TEST_CASE("bind_workflow refuses graphs that are too much") {
  const auto refuse = [](std::string graph) {
    WorkflowTemplate workflow = sample_workflow();
    workflow.graph = std::move(graph);
    return refusal(workflow, sample_values());
  };
  const std::string name = "workflow 'workflows/hero.json': ";
  CHECK(refuse(std::string((1U << 20U) + 1, ' ')) ==
        name + "it has 1048577 bytes, more than 1048576");
  CHECK(refuse(std::string(1000000, '[')) == name + "it is deeper than 32 levels");
  std::string many = "{";
  for (int i = 0; i < 1001; ++i) many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":{}";
  CHECK(refuse(many + "}") == name + "an object has more than 1000 members");
  std::string wide = R"({"1":{"class_type":"A","inputs":{)";
  for (int i = 0; i < 257; ++i) wide += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  CHECK(refuse(wide + "}}}") == name + "node '1' has more than 256 inputs");
  CHECK(refuse("[]") == name + "it is no map of nodes");
  CHECK(refuse("{}") == name + "it has no nodes");
  CHECK(refuse(R"({"1":5})") == name + "node '1' is no map");
  CHECK(refuse(R"({"1":{"inputs":{}}})") == name + "node '1' has no class_type");
  CHECK(refuse(R"({"1":{"class_type":"A","inputs":[]}})") ==
        name + "the inputs of node '1' are no map");
  CHECK(refuse(R"({"nodes":[],"links":[],"version":0.4})") ==
        name + "it is a workflow as the editor saves it, not a graph in API format");
}

TEST_CASE("names of parameters read back") {
  for (int i = 0; i <= static_cast<int>(WorkflowParam::batch_size); ++i) {
    const auto param = static_cast<WorkflowParam>(i);
    CHECK(parse_workflow_param(to_text(param)) == param);
  }
  CHECK_FALSE(parse_workflow_param("Prompt"));
}

}  // namespace
