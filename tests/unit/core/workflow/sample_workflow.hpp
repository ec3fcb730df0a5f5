#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

/// Text to picture, as the editor exports it: the keys in its order, not sorted.
inline constexpr std::string_view kSampleGraph = R"({
  "3": {"inputs": {"seed": 5, "steps": 20, "cfg": 8, "sampler_name": "euler", "scheduler": "normal",
        "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0],
        "latent_image": ["5", 0]}, "class_type": "KSampler", "_meta": {"title": "KSampler"}},
  "4": {"inputs": {"ckpt_name": "base.safetensors"}, "class_type": "CheckpointLoaderSimple"},
  "5": {"inputs": {"width": 512, "height": 512, "batch_size": 4}, "class_type": "EmptyLatentImage"},
  "6": {"inputs": {"text": "an example", "clip": ["4", 1]}, "class_type": "CLIPTextEncode",
        "_meta": {"title": "Positive Prompt"}},
  "7": {"inputs": {"text": "blurry", "clip": ["4", 1]}, "class_type": "CLIPTextEncode",
        "_meta": {"title": "Negative Prompt"}},
  "8": {"inputs": {"samples": ["3", 0], "vae": ["4", 2]}, "class_type": "VAEDecode"},
  "9": {"inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}, "class_type": "SaveImage"}
})";

inline WorkflowTemplate sample_workflow() {
  using Param = WorkflowParam;
  WorkflowTemplate workflow{.name = "workflows/hero.json", .graph = std::string(kSampleGraph)};
  workflow.binding.params = {
      {Param::prompt, {{"6", "Positive Prompt", "text"}}, true, {2, 3}},
      {Param::negative, {{"7", "", "text"}}, false, {3, 3}},
      {Param::seed, {{"3", "", "seed"}}, true, {4, 3}},
      {Param::width, {{"5", "", "width"}}, true, {5, 3}},
      {Param::height, {{"5", "", "height"}}, true, {6, 3}},
      {Param::steps, {{"3", "", "steps"}}, false, {7, 3}},
      {Param::cfg, {{"3", "", "cfg"}}, false, {8, 3}},
      {Param::sampler, {{"3", "", "sampler_name"}}, false, {9, 3}},
      {Param::scheduler, {{"3", "", "scheduler"}}, false, {10, 3}},
      {Param::denoise, {{"3", "", "denoise"}}, false, {11, 3}},
      {Param::checkpoint, {{"4", "", "ckpt_name"}}, false, {12, 3}},
      {Param::batch_size, {{"5", "", "batch_size"}}, false, {13, 3}},
  };
  workflow.binding.loras = LoraBinding{{"4", 0}, NodeSlot{"4", 1}, {14, 1}};
  workflow.binding.outputs = {{.name = "sprite", .node = "9", .place = {16, 3}}};
  return workflow;
}

inline WorkflowValues sample_values() {
  return {.prompt = "a slime", .seed = 7, .width = 256, .height = 128};
}

/// All problems as people see them.
inline std::string text_of(const std::vector<Diagnostic>& problems) {
  std::string text;
  for (const Diagnostic& problem : problems) text += format_diagnostic(problem);
  return text;
}

inline std::string replace_once(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  return at == std::string::npos ? "not found: " + std::string(from)
                                 : text.replace(at, from.size(), to);
}

}  // namespace dgxp
