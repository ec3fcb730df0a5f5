#include "core/backends/comfy_errors.hpp"

#include <doctest/doctest.h>

using namespace dgxp;

namespace {

constexpr const char* kGraph = R"({
  "3": {"class_type": "KSampler", "inputs": {"seed": 1}, "_meta": {"title": "Sampler"}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {}, "_meta": {"title": "Load Checkpoint"}}
})";

std::vector<std::string> no_options(const std::string&, const std::string&) {
  return {};
}

}  // namespace

TEST_CASE("R6: a refusal names node, title, class, input and value of each problem") {
  const char* body = R"({"error":{"type":"prompt_outputs_failed_validation",
    "message":"Prompt outputs failed validation","details":"","extra_info":{}},"node_errors":{
    "3":{"errors":[{"type":"value_smaller_than_min","message":"Value -1 smaller than min of 0",
      "details":"seed","extra_info":{"input_name":"seed","input_config":["INT",{"min":0}],
      "received_value":-1}},{"type":"exception_during_inner_validation",
      "message":"Exception when validating inner node","details":"'99'","extra_info":{
      "input_name":"samples","traceback":["a\n"],"linked_node":["3",0]}}],
      "dependent_outputs":["9"],"class_type":"KSampler"}}})";
  CHECK(describe_rejection(body, kGraph, no_options) ==
        "node 3 \"Sampler\" (KSampler), input 'seed': Value -1 smaller than min of 0, got -1; "
        "node 3 \"Sampler\" (KSampler), input 'samples': Exception when validating inner node "
        "('99')");
}

TEST_CASE("R6: a missing model is named with the nearest ones, from the answer or the server") {
  const std::string body = R"({"error":{},"node_errors":{"4":{"errors":[{
    "type":"value_not_in_list","message":"Value not in list","details":"x","extra_info":{
    "input_name":"ckpt_name","input_config":CONFIG,"received_value":"sdxl_bse.safetensors"}}],
    "class_type":"CheckpointLoaderSimple"}}})";
  const auto with = [&](const std::string& config) {
    std::string text = body;
    return text.replace(text.find("CONFIG"), 6, config);
  };
  const std::string start =
      "node 4 \"Load Checkpoint\" (CheckpointLoaderSimple), input 'ckpt_name': "
      "'sdxl_bse.safetensors' is not on the server";
  CHECK(describe_rejection(with(R"([["sdxl_base.safetensors","z.ckpt"],{}])"), kGraph,
                           no_options) == start + "; nearest: 'sdxl_base.safetensors', 'z.ckpt'");
  CHECK(describe_rejection(with(R"(["COMBO",{"options":["sdxl_base.safetensors"]}])"), kGraph,
                           no_options) == start + "; nearest: 'sdxl_base.safetensors'");
  CHECK(describe_rejection(with("null"), kGraph, no_options) == start);
  const auto asked = [](const std::string& class_type, const std::string& input) {
    return std::vector<std::string>{class_type + "/" + input};
  };
  CHECK(describe_rejection(with("null"), kGraph, asked) ==
        start + "; nearest: 'CheckpointLoaderSimple/ckpt_name'");
}

TEST_CASE("R6: an unknown node is named, in the words of old and new servers") {
  CHECK(describe_rejection(
            R"({"error":{"type":"invalid_prompt",
               "message":"Cannot execute because node Nope does not exist.",
               "details":"Node ID '#3'","extra_info":{}},"node_errors":{}})",
            kGraph,
            no_options) == "Cannot execute because node Nope does not exist. (Node ID '#3')");
  CHECK(describe_rejection(
            R"({"error":{"type":"missing_node_type","message":"Node 'Nope' not found.","details":"",
               "extra_info":{"node_id":"3","class_type":"Nope","node_title":"x"}},
               "node_errors":{}})",
            kGraph, no_options) == "node 3 \"Sampler\" (Nope), Node 'Nope' not found.");
}

TEST_CASE("R7: a refusal that is no JSON, or a strange one, is described by nothing") {
  for (const char* body : {"", "<html>", "500 Internal Server Error", "[]", "null", "{}",
                           R"({"node_errors":[1]})", R"({"node_errors":{"3":7}})",
                           R"({"node_errors":{"3":{"errors":{"a":1}}}})", R"({"error":{}})"}) {
    CAPTURE(body);
    CHECK(describe_rejection(body, kGraph, no_options).empty());
  }
}

TEST_CASE("R35: running out of memory is recognized on a card and on a processor") {
  CHECK(is_out_of_memory({.node = "3",
                          .class_type = "KSampler",
                          .type = "torch.OutOfMemoryError",
                          .message = "Allocation on device 0 would exceed allowed memory."}));
  CHECK(is_out_of_memory({.node = {},
                          .class_type = {},
                          .type = "RuntimeError",
                          .message = "DefaultCPUAllocator: can't allocate memory: you tried"}));
  const ComfyExecutionError other{
      .node = "3", .class_type = "KSampler", .type = "ValueError", .message = "bad shape"};
  CHECK_FALSE(is_out_of_memory(other));
  CHECK(describe_execution_error(other, kGraph) ==
        "node 3 \"Sampler\" (KSampler): ValueError: bad shape");
}
