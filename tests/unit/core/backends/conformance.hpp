#pragma once

// Every backend in front of its server, for the cases that all must pass.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/backends/comfy_backend.hpp"
#include "core/backends/sdapi_backend.hpp"
#include "core/backends/sdcpp_backend.hpp"
#include "core/worker/procedural_backend.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/fake_draw/fake_draw_queue.hpp"

namespace dgxp::test {

using namespace std::chrono_literals;

/// A backend and what its server can be asked. Procedural has no server: the functions are null.
struct BackendRig {
  std::string name;
  std::shared_ptr<void> server;  ///< outlives the backend
  std::shared_ptr<Backend> backend;
  std::function<std::vector<FakeDrawing>()> drawings;
  std::function<void(FakeFault)> inject;
  std::function<void()> clear_faults;
  std::function<void()> go_down;
  std::string first_path;   ///< of the request that asks for a picture
  std::string answer_path;  ///< of the answer that brings it
};

/// Text to picture, with places for all that a job can say.
inline WorkflowTemplate plain_workflow() {
  WorkflowTemplate workflow{.name = "plain", .graph = R"({
    "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 4, "cfg": 7.0,
      "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": ["4", 0],
      "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "x.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}}})"};
  const auto bind = [&](WorkflowParam param, const char* node, const char* input) {
    workflow.binding.params.push_back(
        {.param = param, .targets = {{.node = node, .input = input}}});
  };
  bind(WorkflowParam::prompt, "6", "text");
  bind(WorkflowParam::negative, "7", "text");
  bind(WorkflowParam::seed, "3", "seed");
  bind(WorkflowParam::steps, "3", "steps");
  bind(WorkflowParam::cfg, "3", "cfg");
  bind(WorkflowParam::sampler, "3", "sampler_name");
  bind(WorkflowParam::scheduler, "3", "scheduler");
  bind(WorkflowParam::checkpoint, "4", "ckpt_name");
  bind(WorkflowParam::width, "5", "width");
  bind(WorkflowParam::height, "5", "height");
  workflow.binding.loras = LoraBinding{.model = {"4", 0}, .clip = NodeSlot{"4", 1}};
  workflow.binding.outputs = {{.name = "sprite", .node = "9"}};
  return workflow;
}

inline BackendRig make_comfy_rig() {
  auto fake = std::make_shared<FakeComfy>();
  ComfyOptions options{.url = fake->url(), .templates = {plain_workflow()}};
  options.tracking.poll = 50ms;
  options.tracking.unreachable = 300ms;
  options.tracking.lost_gap = 100ms;
  options.http.request = 1s;
  options.http.post = 2s;
  options.socket_wait = 300ms;
  options.cancel_repeat = 100ms;
  options.cancel_wait = 5s;
  return {.name = "comfy",
          .server = fake,
          .backend = *make_comfy_backend(options),
          .drawings = [fake] { return fake->drawings(); },
          .inject = [fake](FakeFault fault) { fake->inject(std::move(fault)); },
          .clear_faults = [fake] { fake->clear_faults(); },
          .go_down = [fake] { fake->go_down(); },
          .first_path = "/prompt",
          .answer_path = "/view"};
}

inline BackendRig make_draw_rig(const std::string& name, std::unique_ptr<FakeDrawServer> given,
                                std::shared_ptr<Backend> backend) {
  const std::shared_ptr<FakeDrawServer> fake = std::move(given);
  return {.name = name,
          .server = fake,
          .backend = std::move(backend),
          .drawings = [fake] { return fake->queue().drawings(); },
          .inject = [fake](FakeFault fault) { fake->inject(std::move(fault)); },
          .clear_faults = [fake] { fake->clear_faults(); },
          .go_down = [fake] { fake->go_down(); }};
}

inline BackendRig make_sdapi_rig() {
  auto fake = make_fake_sdapi();
  auto backend = *make_sdapi_backend(
      {.url = fake->url(), .poll = 5ms, .silence = 1s, .cancel_wait = 2s, .request_time = 500ms});
  auto rig = make_draw_rig("sdapi", std::move(fake), std::move(backend));
  rig.first_path = rig.answer_path = "/sdapi/v1/txt2img";
  return rig;
}

inline BackendRig make_sdcpp_rig() {
  auto fake = make_fake_sdcpp();
  auto backend = *make_sdcpp_backend({.url = fake->url(),
                                      .first_poll = 1ms,
                                      .poll = 20ms,
                                      .silence = 300ms,
                                      .cancel_wait = 2s,
                                      .request_time = 500ms});
  auto rig = make_draw_rig("sdcpp", std::move(fake), std::move(backend));
  rig.first_path = "/sdcpp/v1/img_gen";
  rig.answer_path = "/sdcpp/v1/jobs/";
  return rig;
}

inline BackendRig make_procedural_rig() {
  return {.name = "procedural", .backend = make_procedural_backend(2)};
}

using RigMaker = BackendRig (*)();
inline const std::vector<RigMaker> kServerRigs = {make_comfy_rig, make_sdapi_rig, make_sdcpp_rig};
inline const std::vector<RigMaker> kAllRigs = {make_procedural_rig, make_comfy_rig, make_sdapi_rig,
                                               make_sdcpp_rig};

inline BackendJob plain_job(int number = 1) {
  BackendJob job;
  job.request.id = "job" + std::to_string(number);
  job.request.prompt = "a knight, number " + std::to_string(number);
  job.request.model = "tiny_sd15.safetensors";
  job.request.size = {64, 96};
  job.request.frame_size = {{64, 96}};
  job.request.frames = 1;
  job.request.render_scale = 1;
  job.request.steps = 4;
  job.request.cfg_scale = 7;
  job.request.seed = static_cast<std::uint64_t>(number);
  return job;
}

}  // namespace dgxp::test
