#include "core/worker/procedural_backend.hpp"

#include <doctest/doctest.h>

#include "core/image/png_codec.hpp"
#include "core/worker/job_message.hpp"
#include "core/worker/worker_client.hpp"
#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

Job make_walk(int number) {
  Job job = make_job(number);
  job.prompt = "a knight with a sword";
  job.frame_size = {16, 24};
  job.frames = 4;
  job.render_scale = 4;
  job.raw_size = {256, 96};
  job.animation = "walk";
  job.direction = "south";
  return job;
}

}  // namespace

TEST_CASE("make_generate and make_procedural_request carry everything of a job that draws it") {
  Job job = make_walk(7);
  job.seamless = true;
  job.negative = "blurry";
  job.loras = {{.file = "pixel.safetensors", .sha256 = "", .weight = 0.5}};
  job.sampler = {.name = "lcm", .scheduler = "sgm_uniform", .steps = 8, .cfg = 1.5};
  job.sampler.written = {.name = true, .scheduler = true, .steps = true, .cfg = true};
  job.sampler.denoise = 0.5;
  job.view = "side";
  job.background = Background::chroma_key;
  job.workflow_name = "row.json";
  job.workflow = sha256("graph");
  job.references = {sha256("pose")};
  const GenerateMessage message = make_generate(job);
  CHECK(message.id == job.key.hex());
  CHECK(message.negative == "blurry");
  CHECK(message.lora == "pixel.safetensors");
  CHECK(message.loras == std::vector<LoraEntry>{{"pixel.safetensors", 0.5, ""}});
  CHECK(message.sampler == "lcm");
  CHECK(message.denoise == 0.5);
  CHECK(message.scheduler == "sgm_uniform");
  CHECK(message.steps == 8);
  CHECK(message.cfg_scale == 1.5);
  CHECK(message.view == "side");
  CHECK(message.background == to_text(Background::chroma_key));
  CHECK(message.workflow_name == "row.json");
  CHECK(message.workflow == sha256("graph").hex());
  CHECK(message.references == std::vector<std::string>{sha256("pose").hex()});
  const auto request = make_procedural_request(message);
  REQUIRE(request);
  CHECK(request->prompt == job.prompt);
  CHECK(request->frame_size == job.frame_size);
  CHECK(request->frames == 4);
  CHECK(request->render_scale == 4);
  CHECK(request->animation == "walk");
  CHECK(request->direction == "south");
  CHECK(request->seamless);
  CHECK(request->seed == 7);
  CHECK(request->palette == job.palette);
}

TEST_CASE("make_procedural_request derives the frame of a peer of 1.0 and refuses huge pictures") {
  GenerateMessage message;
  message.size = {1024, 768};
  const auto request = make_procedural_request(message);
  REQUIRE(request);
  CHECK(request->render_scale == 16);
  CHECK(request->frame_size == Size{64, 48});
  message.size = {30, 7};
  CHECK(make_procedural_request(message)->render_scale == 1);
  message.size = {8192, 1024};
  CHECK(make_procedural_request(message));
  message.size = {65536, 65536};
  CHECK(make_procedural_request(message).error().message ==
        "a picture of 65536x65536 has more than 67108864 pixels");
}

TEST_CASE("the embedded worker draws the same procedural pictures on any number of threads") {
  std::map<Digest, std::string> first;
  for (const int threads : {1, 3}) {
    const auto worker = start_embedded_worker(threads);
    CHECK(*worker->makes_placeholders());
    for (int i = 0; i < 12; ++i) REQUIRE(worker->submit(make_walk(i)));
    const Outcome outcome = collect(*worker, 12);
    REQUIRE(outcome.pictures.size() == 12);
    CHECK(outcome.placeholders == 12);
    for (const auto& [key, png] : outcome.pictures) {
      const auto image = decode_png(as_bytes(png));
      REQUIRE(image);
      CHECK(image->size == Size{256, 96});
    }
    if (first.empty()) first = outcome.pictures;
    CHECK(outcome.pictures == first);
  }
}

TEST_CASE("make_generate leaves to a workflow what the manifest does not say about the sampler") {
  Job job = make_job(1);
  job.sampler.written.steps = true;
  job.workflow_name.clear();
  GenerateMessage message = make_generate(job);
  CHECK(message.steps == 20);
  CHECK(message.cfg_scale == 7.0);
  CHECK(message.sampler == "euler");
  CHECK(message.scheduler == "normal");
  job.workflow_name = "sprite-sdxl";
  message = make_generate(job);
  CHECK(message.workflow_name == "sprite-sdxl");
  CHECK(message.steps == 20);
  CHECK(message.cfg_scale == 0);
  CHECK(message.sampler == "");
  CHECK(message.scheduler == "");
}
