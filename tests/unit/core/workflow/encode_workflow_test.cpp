#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/workflow/workflow_template.hpp"
#include "tests/unit/core/workflow/sample_workflow.hpp"

namespace {

using namespace dgxp;

WorkflowTemplate full_workflow() {
  WorkflowTemplate workflow = sample_workflow();
  workflow.graph.insert(1, R"("20": {"class_type": "LoadImage", "inputs": {"image": "x.png"}},)");
  workflow.binding.images = {{"init", {"20", "", "image"}, {1, 2}}};
  workflow.binding.outputs[0].count = 3;
  workflow.binding.needs = {.nodes = {"KSampler"},
                            .models = {{"checkpoints", {"base.safetensors"}}},
                            .min_comfyui = "0.3.45"};
  workflow.binding.size_step = 16;
  workflow.binding.seamless = true;
  workflow.binding.description = "For people.";
  return workflow;
}

WorkflowBinding without_places(WorkflowBinding binding) {
  binding.description.clear();
  for (ParamBinding& param : binding.params) param.place = {};
  for (ImageBinding& image : binding.images) image.place = {};
  for (OutputBinding& output : binding.outputs) output.place = {};
  if (binding.loras) binding.loras->place = {};
  return binding;
}

std::string refusal(std::string_view text) {
  const auto decoded = decode_workflow(as_bytes(text));
  if (decoded) return "";
  CHECK(decoded.error().kind == ErrorKind::worker);
  return decoded.error().message;
}

TEST_CASE("decode_workflow gives back what encode_workflow wrote, without places and words") {
  for (const bool with_clip : {true, false}) {
    WorkflowTemplate workflow = full_workflow();
    if (!with_clip) workflow.binding.loras->clip.reset();
    const auto decoded = decode_workflow(encode_workflow(workflow));
    REQUIRE(decoded);
    CHECK(decoded->binding == without_places(workflow.binding));
    CHECK(nlohmann::json::parse(decoded->graph) == nlohmann::json::parse(workflow.graph));
    CHECK(decoded->name.empty());
    CHECK(encode_workflow(*decoded) == encode_workflow(workflow));
  }
}

TEST_CASE("encode_workflow gives equal bytes for equal content, however it is written") {
  const WorkflowTemplate workflow = full_workflow();
  WorkflowTemplate other = workflow;
  other.name = "elsewhere.json";
  other.graph = nlohmann::json::parse(workflow.graph).dump(3);
  other.binding = without_places(other.binding);
  std::swap(other.binding.params[0], other.binding.params[5]);
  CHECK(encode_workflow(other) == encode_workflow(workflow));
  other.binding.size_step = 8;
  CHECK(encode_workflow(other) != encode_workflow(workflow));
}

TEST_CASE("a decoded workflow is bound like the one it was") {
  const auto decoded = decode_workflow(encode_workflow(sample_workflow()));
  REQUIRE(decoded);
  WorkflowValues values = sample_values();
  values.loras = {{"a.safetensors", 0.5}};
  const auto bound = bind_workflow(*decoded, values);
  const auto direct = bind_workflow(sample_workflow(), values);
  REQUIRE(bound);
  REQUIRE(direct);
  CHECK(nlohmann::json::parse(bound->graph) == nlohmann::json::parse(direct->graph));
}

TEST_CASE("decode_workflow names what is wrong with a foreign file") {
  const std::string name = "the workflow cannot be read: ";
  CHECK(refusal("") == name + "it is not JSON: unexpected text at byte 1");
  CHECK(refusal("[]") == name + "it is no map");
  CHECK(refusal("{}") == name + "it is not of version 1");
  CHECK(refusal(R"({"dgxp_workflow":2})") == name + "it is not of version 1");
  CHECK(refusal(R"({"dgxp_workflow":1})") == name + "'graph' is no map");
  CHECK(refusal(std::string(2U << 20U, ' ')) == name + "it has 2097152 bytes, more than 1179648");
  CHECK(refusal(std::string(100, '[')) == name + "it is deeper than 40 levels");
  const auto good = encode_workflow(full_workflow());
  const auto changed = [&](std::string_view from, std::string_view to) {
    return refusal(replace_once(std::string(as_text(good)), from, to));
  };
  CHECK(changed(R"("size_step":16)", R"("size_step":0)") ==
        name + "'size_step' is no whole number from 1 to 4096");
  CHECK(changed(R"("size_step":16)", R"("size_step":18446744073709551615)") ==
        name + "'size_step' is no whole number from 1 to 4096");
  CHECK(changed(R"("size_step":16)", R"("size_step":1.5)") ==
        name + "'size_step' is no whole number from 1 to 4096");
  CHECK(changed(R"("param":"seed")", R"("param":"sead")") == name + "a parameter is not known");
  CHECK(changed(R"("required":true)", R"("required":1)") ==
        name + "'required' is neither true nor false");
  CHECK(changed(R"("nodes":["KSampler"])", R"("nodes":[7])") ==
        name + "a list of texts holds something else");
  CHECK(changed(R"("websocket":false)", R"("websocket":null)") ==
        name + "'websocket' is neither true nor false");
  CHECK(changed(R"("class_type":"LoadImage")", R"("class":"LoadImage")") ==
        name + "node '20' has no class_type");
}

TEST_CASE("decode_workflow survives every file that is cut short or has one byte changed") {
  const Bytes good = encode_workflow(full_workflow());
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_FALSE(decode_workflow(ByteView(good).first(length)));
  }
  int readable = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] = static_cast<std::uint8_t>(bad[i] ^ (1U << (i % 8)));
    if (decode_workflow(bad)) ++readable;
  }
  CHECK(readable > 0);  // most changes are inside texts
}

}  // namespace
