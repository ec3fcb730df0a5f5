#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/backends/comfy_backend.hpp"
#include "core/image/image.hpp"
#include "core/image/png_codec.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"

namespace dgxp {

using namespace std::chrono_literals;
using TestJson = nlohmann::json;

/// A picture by a sampler, with places for everything a job can have but pictures.
inline constexpr const char* kSamplerGraph = R"({
  "3": {"class_type": "KSampler", "_meta": {"title": "Sampler"}, "inputs": {"seed": 1, "steps": 2,
        "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0,
        "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
  "4": {"class_type": "CheckpointLoaderSimple", "_meta": {"title": "Load Checkpoint"},
        "inputs": {"ckpt_name": "tiny_sd15.safetensors"}},
  "5": {"class_type": "EmptyLatentImage", "_meta": {"title": "Size"},
        "inputs": {"width": 64, "height": 64, "batch_size": 1}},
  "6": {"class_type": "CLIPTextEncode", "_meta": {"title": "Positive Prompt"},
        "inputs": {"text": "a", "clip": ["4", 1]}},
  "7": {"class_type": "CLIPTextEncode", "_meta": {"title": "Negative Prompt"},
        "inputs": {"text": "b", "clip": ["4", 1]}},
  "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
  "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}}})";

inline WorkflowTemplate make_sampler_template() {
  const auto param = [](WorkflowParam name, std::string node, std::string input) {
    return ParamBinding{
        .param = name,
        .targets = {{.node = std::move(node), .title = {}, .input = std::move(input)}},
        .required = false,
        .place = {}};
  };
  WorkflowTemplate workflow{.name = "sprite", .graph = kSamplerGraph, .binding = {}};
  workflow.binding.params = {
      param(WorkflowParam::prompt, "6", "text"),
      param(WorkflowParam::negative, "7", "text"),
      param(WorkflowParam::seed, "3", "seed"),
      param(WorkflowParam::width, "5", "width"),
      param(WorkflowParam::height, "5", "height"),
      param(WorkflowParam::steps, "3", "steps"),
      param(WorkflowParam::cfg, "3", "cfg"),
      param(WorkflowParam::sampler, "3", "sampler_name"),
      param(WorkflowParam::scheduler, "3", "scheduler"),
      param(WorkflowParam::checkpoint, "4", "ckpt_name"),
      param(WorkflowParam::batch_size, "5", "batch_size"),
  };
  workflow.binding.loras = LoraBinding{.model = {"4", 0}, .clip = NodeSlot{"4", 1}, .place = {}};
  workflow.binding.outputs = {{.name = "sprite", .node = "9"}};
  return workflow;
}

/// The same with pictures that come over the socket.
inline WorkflowTemplate make_socket_template() {
  WorkflowTemplate workflow = make_sampler_template();
  TestJson graph = TestJson::parse(workflow.graph);
  graph["9"] = {{"class_type", "SaveImageWebsocket"}, {"inputs", {{"images", {"8", 0}}}}};
  workflow.graph = graph.dump();
  workflow.binding.outputs = {{.name = "sprite", .node = "9", .count = 1, .websocket = true}};
  return workflow;
}

/// img2img: the job's first reference is where the sampler begins.
inline WorkflowTemplate make_reference_template() {
  WorkflowTemplate workflow = make_sampler_template();
  TestJson graph = TestJson::parse(workflow.graph);
  graph["11"] = {{"class_type", "LoadImage"}, {"inputs", {{"image", "example.png"}}}};
  graph["5"] = {{"class_type", "ImageScale"},
                {"inputs",
                 {{"image", {"11", 0}},
                  {"upscale_method", "nearest-exact"},
                  {"width", 64},
                  {"height", 64},
                  {"crop", "disabled"}}}};
  graph["12"] = {{"class_type", "VAEEncode"},
                 {"inputs", {{"pixels", {"5", 0}}, {"vae", {"4", 2}}}}};
  graph["3"]["inputs"]["latent_image"] = {"12", 0};
  workflow.name = "img2img";
  workflow.graph = graph.dump();
  std::erase_if(workflow.binding.params,
                [](const ParamBinding& one) { return one.param == WorkflowParam::batch_size; });
  workflow.binding.images = {
      {.name = "init", .target = {.node = "11", .title = {}, .input = "image"}, .place = {}}};
  return workflow;
}

/// Deadlines for a test: what takes seconds in life takes tenths of them.
inline ComfyOptions quick_options(const std::string& url) {
  ComfyOptions options;
  options.url = url;
  options.templates = {make_sampler_template()};
  options.http = {.request = 2s, .post = 2s, .post_grace = 500ms, .transfer = 5s};
  options.tracking = {.job = 20s,
                      .stall = 10s,
                      .poll = 50ms,
                      .slow_poll = 100ms,
                      .lost_gap = 100ms,
                      .history_late = 1s,
                      .worker_dead = 300ms,
                      .unreachable = 3s};
  options.socket_wait = 2s;
  options.socket_silence = 300ms;
  options.reconnect_pause = 20ms;
  options.cancel_wait = 5s;
  options.cancel_repeat = 50ms;
  options.status_age = 1h;
  options.models_age = 1h;
  return options;
}

inline BackendJob make_job(std::string id = "job-1", std::uint64_t seed = 7) {
  BackendJob job;
  job.request.id = std::move(id);
  job.request.prompt = "pixel art knight";
  job.request.negative = "blurry";
  job.request.size = {64, 64};
  job.request.steps = 4;
  job.request.seed = seed;
  return job;
}

inline std::shared_ptr<Backend> make_backend(ComfyOptions options) {
  auto backend = make_comfy_backend(std::move(options));
  REQUIRE_MESSAGE(backend, (backend ? "" : backend.error().message));
  return *backend;
}

/// Looks until `holds`, for at most 10 s.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// A backend that has looked at its server, so that the next requests are those of jobs.
inline std::shared_ptr<Backend> make_settled_backend(ComfyOptions options) {
  auto backend = make_backend(std::move(options));
  CHECK(eventually([&] { return !backend->status().version.empty(); }));
  CHECK(eventually([&] { return !backend->list_models().empty(); }));
  return backend;
}

inline Result<Bytes> run_job(Backend& backend, const BackendJob& job,
                             const std::stop_token& stop = {}) {
  return backend.run(job, [](const BackendProgress&) {}, stop);
}

/// "" or why there is no picture of 64x64.
inline std::string why_not(const Result<Bytes>& outcome) {
  if (!outcome) return outcome.error().message;
  const auto image = decode_png(*outcome);
  if (!image) return image.error().message;
  return image->size == Size{64, 64} ? "" : "another size";
}

/// A job on a thread of its own.
class BackgroundRun {
 public:
  BackgroundRun(std::shared_ptr<Backend> backend, BackendJob job)
      : backend_(std::move(backend)), job_(std::move(job)) {
    thread_ = std::jthread([this] {
      auto outcome = backend_->run(
          job_,
          [this](const BackendProgress& progress) {
            const std::lock_guard lock(mutex_);
            progress_.push_back(progress);
          },
          stop_.get_token());
      outcome_ = std::move(outcome);
      is_over_ = true;
    });
  }
  ~BackgroundRun() { stop_.request_stop(); }

  void stop() { stop_.request_stop(); }
  bool is_over() const { return is_over_; }
  Result<Bytes> join() {
    thread_.join();
    return outcome_;
  }
  std::vector<BackendProgress> progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
  }

 private:
  std::shared_ptr<Backend> backend_;
  BackendJob job_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::vector<BackendProgress> progress_;
  std::atomic<bool> is_over_{false};
  Result<Bytes> outcome_ = Error{};
  std::jthread thread_;
};

inline std::vector<FakeRecord> records_of(const FakeComfy& comfy, std::string_view method,
                                          std::string_view path) {
  std::vector<FakeRecord> found;
  for (FakeRecord& record : comfy.requests()) {
    if (record.method == method && record.path.starts_with(path))
      found.push_back(std::move(record));
  }
  return found;
}

/// A folder of its own, removed at the end.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dgxp-comfy-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Every pixel of another colour and transparency.
inline Image make_image(Size size) {
  Image image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      image.at(x, y) = {static_cast<std::uint8_t>(x * 3), static_cast<std::uint8_t>(y * 5), 99,
                        static_cast<std::uint8_t>(1 + x + y)};
    }
  }
  return image;
}

inline std::string error_of(const auto& outcome) {
  return outcome ? "" : outcome.error().message;
}

}  // namespace dgxp
