#include "core/backends/sdcpp_words.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

SdcppServer small_server() {
  return {.model = "pixel", .loras = {"art/line.safetensors"}, .max_width = 64, .max_height = 64};
}

BackendJob knight() {
  BackendJob job;
  job.request.prompt = "a <lora:x:1> knight";
  job.request.negative = "blurry";
  job.request.model = "pixel.safetensors";
  job.request.size = {64, 32};
  job.request.steps = 4;
  job.request.cfg_scale = 7;
  job.request.seed = (std::uint64_t{1} << 63U) - 1;
  job.request.sampler = "euler_ancestral";
  job.request.scheduler = "normal";
  job.request.loras = {{.file = "line.safetensors", .weight = 0.5}};
  return job;
}

std::string refusal(const BackendJob& job) {
  const auto request = make_sdcpp_request(job, small_server());
  return request ? "accepted" : request.error().message;
}

}  // namespace

TEST_CASE("a job becomes a native request with structured LoRAs") {
  const auto request = make_sdcpp_request(knight(), small_server());
  REQUIRE(request);
  CHECK(*request ==
        R"({"batch_count":1,"embed_image_metadata":false,"height":32,)"
        R"("lora":[{"multiplier":0.5,"path":"art/line.safetensors"}],"negative_prompt":"blurry",)"
        R"("output_format":"png","prompt":"a <lora:x:1> knight","sample_params":{)"
        R"("guidance":{"txt_cfg":7.0},"sample_method":"euler_a","sample_steps":4,)"
        R"("scheduler":"discrete"},"seed":9223372036854775807,"width":64})");
}

TEST_CASE("what the server does not have is named before anything is posted") {
  auto job = knight();
  job.request.model = "other.safetensors";
  CHECK(refusal(job) == "the server has model 'pixel', the job wants 'other'");
  job = knight();
  job.request.loras = {{.file = "lime.safetensors"}};
  CHECK(refusal(job) ==
        "LoRA 'lime.safetensors' is not on the server; nearest: 'art/line.safetensors'");
  job = knight();
  job.request.size = {128, 32};
  CHECK(refusal(job) == "the server draws at most 64x64, not 128x32");
  job = knight();
  job.references = {nullptr, nullptr};
  CHECK(refusal(job) == "only one reference picture can be used");
}

TEST_CASE("a job there is read as far as it is well formed") {
  const auto done = read_sdcpp_job(
      R"({"id": "job_1", "status": "completed", "result": {"images": [{"b64_json": "AAAA"}]}})");
  REQUIRE(done);
  CHECK(done->id == "job_1");
  CHECK(done->picture == "AAAA");
  const auto failed =
      read_sdcpp_job(R"({"id": 7, "status": "failed", "error": {"code": "x", "message": "why"}})");
  REQUIRE(failed);
  CHECK(failed->id == "");
  CHECK(failed->error == "why");
  // Two pictures where one was asked for are none.
  const auto two = read_sdcpp_job(
      R"({"status": "completed", "result": {"images": [{"b64_json": "A"}, {"b64_json": "B"}]}})");
  REQUIRE(two);
  CHECK(two->picture == "");
  CHECK(!read_sdcpp_job("<html>"));
  CHECK(!read_sdcpp_server("[]"));
}

}  // namespace dgxp
