// What the worker costs: 200 jobs of about 20 ms through client, wire, worker and ComfyUI backend,
// beside a loop that only posts the same 200 graphs to the same server and fetches nothing. The
// server is the ComfyUI of the tests, whose sampler takes its time and no CPU.
#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/backends/comfy_backend.hpp"
#include "core/backends/http_client.hpp"
#include "core/worker/worker_client.hpp"
#include "core/worker/worker_server.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"

namespace dgxp::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int kJobs = 200;
constexpr int kRounds = 3;
constexpr double kGoal = 0.5;  // seconds per 100 jobs
constexpr int kSide = 512;
constexpr std::chrono::milliseconds kStep{5};
constexpr int kSteps = 4;
constexpr std::chrono::minutes kLimit{2};

constexpr std::string_view kGraph = R"({
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "tiny_sd15.safetensors"}},
  "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
  "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
  "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
  "3": {"class_type": "KSampler", "inputs": {"seed": 0, "steps": 4, "cfg": 7.0,
        "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": ["4", 0],
        "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
  "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
  "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "bench"}}
})";

ParamBinding bind(WorkflowParam param, std::string node, std::string input) {
  return {.param = param, .targets = {{std::move(node), "", std::move(input)}}};
}

WorkflowTemplate workflow() {
  WorkflowBinding binding;
  binding.params = {bind(WorkflowParam::prompt, "6", "text"),
                    bind(WorkflowParam::seed, "3", "seed"),
                    bind(WorkflowParam::width, "5", "width"),
                    bind(WorkflowParam::height, "5", "height"),
                    bind(WorkflowParam::steps, "3", "steps"),
                    bind(WorkflowParam::cfg, "3", "cfg"),
                    bind(WorkflowParam::sampler, "3", "sampler_name"),
                    bind(WorkflowParam::scheduler, "3", "scheduler")};
  binding.outputs = {{.name = "sprite", .node = "9"}};
  return {"bench", std::string(kGraph), binding};
}

FakeComfyOptions server_options() {
  FakeComfyOptions options;
  options.previews = false;
  options.step_time = kStep;
  // One picture for all: what is measured is not how fast a test draws.
  options.draw = [](const FakeDrawing& drawing) {
    return Image(drawing.size, Rgba{40, 60, 80, 255});
  };
  return options;
}

std::string prompt_of(int round, int job) {
  return fmt::format("sprite {} of round {}", job, round);
}

/// Seconds until the server has run all prompts; 0 when something failed.
double time_bare_posts(int round) {
  FakeComfy comfy(server_options());
  auto base = parse_http_base(comfy.url());
  if (!base) return 0;
  HttpClient client(*std::move(base), {});
  const auto begin = Clock::now();
  for (int job = 0; job < kJobs; ++job) {
    const auto bound = bind_workflow(workflow(), {.prompt = prompt_of(round, job),
                                                  .seed = static_cast<std::uint64_t>(job),
                                                  .width = kSide,
                                                  .height = kSide,
                                                  .filename_prefix = fmt::format("bare/{}", job)});
    if (!bound) return 0;
    const auto reply = client.send({.method = "POST",
                                    .path = "/prompt",
                                    .body = "{\"prompt\":" + bound->graph + "}",
                                    .content_type = "application/json"});
    if (!reply || reply->status != 200) return 0;
  }
  if (!comfy.wait_until_idle(kLimit)) return 0;
  return Seconds(Clock::now() - begin).count();
}

Job job_of(int round, int number) {
  Job job;
  job.id = fmt::format("sprite/{}", number);
  job.prompt = prompt_of(round, number);
  job.key = sha256(fmt::format("{}/{}", round, number));
  job.sampler = {.name = "euler", .scheduler = "normal", .steps = kSteps, .cfg = 7};
  job.raw_size = {kSide, kSide};
  job.frame_size = {kSide / 16, kSide / 16};
  job.seed = static_cast<std::uint32_t>(number);
  return job;
}

/// Seconds from the first submit to the last picture; 0 when something failed.
double time_worker(int round) {
  FakeComfy comfy(server_options());
  ComfyOptions options;
  options.url = comfy.url();
  options.templates = {workflow()};
  auto backend = make_comfy_backend(std::move(options));
  if (!backend) return 0;
  const auto server = WorkerServer::start({.address = "tcp://127.0.0.1:0"}, {*std::move(backend)});
  if (!server) return 0;
  auto client = connect_worker({.address = (*server)->address()});
  if (!client) return 0;
  const auto begin = Clock::now();
  for (int job = 0; job < kJobs; ++job) {
    if (!(*client)->submit(job_of(round, job))) return 0;
  }
  int done = 0;
  while (done < kJobs && Clock::now() - begin < kLimit) {
    const auto event = (*client)->poll(std::chrono::seconds(1));
    if (!event) return 0;
    if (!*event) continue;
    if ((*event)->kind == WorkerEvent::Kind::failed) {
      fmt::print("failed: {}\n", (*event)->error);
      return 0;
    }
    if ((*event)->kind == WorkerEvent::Kind::done) ++done;
  }
  return done == kJobs ? Seconds(Clock::now() - begin).count() : 0;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace
}  // namespace dgxp::bench

int main() {
  using namespace dgxp::bench;
  std::vector<double> bare;
  std::vector<double> worker;
  for (int round = 0; round < kRounds; ++round) {
    bare.push_back(time_bare_posts(round));
    worker.push_back(time_worker(round));
    if (bare.back() == 0 || worker.back() == 0) {
      fmt::print("overhead: a run failed\n");
      return 1;
    }
  }
  const double a = median(bare);
  const double b = median(worker);
  fmt::print(
      "worker overhead, {} jobs of {} ms: bare POST loop {:.2f} s, through the worker {:.2f} s: "
      "{:.2f} s per 100 jobs (goal {})\n",
      kJobs, kSteps * kStep.count(), a, b, (b - a) * 100 / kJobs, kGoal);
}
