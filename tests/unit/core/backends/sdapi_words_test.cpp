#include "core/backends/sdapi_words.hpp"

#include <doctest/doctest.h>

#include "core/backends/base64.hpp"
#include "core/backends/http_answer.hpp"

namespace dgxp {
namespace {

GenerateMessage knight() {
  GenerateMessage job;
  job.id = "j";
  job.prompt = "a knight";
  job.size = {8, 8};
  job.seed = 7;
  job.model = "pixel.safetensors";
  return job;
}

std::string refusal(const std::string& body) {
  const auto picture = read_sdapi_picture(body, knight());
  return picture ? "a picture" : picture.error().message;
}

}  // namespace

TEST_CASE("LoRAs follow the prompt as tags, and a tag inside the prompt stays text") {
  auto job = knight();
  job.prompt = "a <lora:evil:9> knight <b> <hypernet:x:1> <3";
  job.loras = {{.file = "art/pixel.safetensors", .weight = 0.8}, {.file = "line.pt", .weight = -1}};
  const auto prompt = prompt_with_loras(job);
  REQUIRE(prompt);
  CHECK(*prompt ==
        "a < lora:evil:9> knight <b> < hypernet:x:1> <3 <lora:pixel:0.8> <lora:line:-1>");
  job.loras = {{.file = "a:b.safetensors"}};
  const auto refused = prompt_with_loras(job);
  REQUIRE(!refused);
  CHECK(refused.error().message == "LoRA 'a:b.safetensors': its name cannot stand in a prompt");
}

TEST_CASE("a job becomes one request for one picture") {
  auto request = knight();
  request.sampler = "euler_ancestral";
  request.seed = ~std::uint64_t{0};
  request.seamless = true;
  BackendJob job{.request = request};
  const auto call = make_sdapi_call(job, "task-1");
  REQUIRE(call);
  CHECK(call->path == "/sdapi/v1/txt2img");
  CHECK(call->body ==
        R"({"batch_size":1,"do_not_save_grid":true,"force_task_id":"task-1","height":8,"n_iter":1,)"
        R"("negative_prompt":"","override_settings":{"sd_model_checkpoint":"pixel"},)"
        R"("override_settings_restore_afterwards":false,"prompt":"a knight",)"
        R"("sampler_name":"Euler a","save_images":false,"seed":18446744073709551615,)"
        R"("send_images":true,"subseed_strength":0,"tiling":true,"width":8})");
  job.references = {std::make_shared<const Bytes>(Bytes{1, 2, 3})};
  const auto second = make_sdapi_call(job, "task-2");
  REQUIRE(second);
  CHECK(second->path == "/sdapi/v1/img2img");
  CHECK(second->body.find(R"("init_images":["AQID"])") != std::string::npos);
  CHECK(second->body.find(R"("denoising_strength":0.6)") != std::string::npos);
  job.request.denoise = 0.25;
  const auto third = make_sdapi_call(job, "task-3");
  REQUIRE(third);
  CHECK(third->body.find(R"("denoising_strength":0.25)") != std::string::npos);
}

TEST_CASE("an answer about another seed or model is no picture of the job") {
  CHECK(refusal(R"({"images": ["AAAA"], "info": "{\"all_seeds\": [8]}"})") ==
        "the server drew with seed 8 instead of 7");
  CHECK(refusal(R"({"images": ["AAAA"], "info": "{\"seed\": -1}"})") ==
        "the server drew with seed -1 instead of 7");
  CHECK(refusal(R"({"images": ["AAAA"], "info": "{\"sd_model_name\": \"other\"}"})") ==
        "the server drew with model 'other' instead of 'pixel'");
}

TEST_CASE("an answer without a whole picture says what it lacks") {
  CHECK(refusal("<html>") == "the server's answer is no JSON");
  CHECK(refusal("[]") == "the server's answer holds no picture");
  CHECK(refusal(R"({"images": []})") == "the server's answer holds no picture");
  CHECK(refusal(R"({"images": [7]})") == "the server's answer holds no picture");
  CHECK(refusal(R"({"images": ["A"]})") == "the server's picture is no base64");
  CHECK(refusal(R"({"images": ["AAAA"], "info": "no JSON"})").starts_with("the server's picture:"));
}

TEST_CASE("progress is read within bounds, whatever the server says") {
  const auto seen = read_sdapi_progress(
      R"({"progress": 0.5, "eta_relative": 3, "current_task": "task-1",
          "state": {"sampling_step": 10, "sampling_steps": 20, "job_count": 2}})");
  REQUIRE(seen);
  CHECK(seen->step == 10);
  CHECK(seen->steps == 20);
  CHECK(seen->fraction == 0.5);
  CHECK(seen->queue == 2);
  CHECK(seen->task == "task-1");
  const auto wild = read_sdapi_progress(
      R"({"progress": 7e300, "eta_relative": -1, "state": {"sampling_step": -3}})");
  REQUIRE(wild);
  CHECK(wild->fraction == 1);
  CHECK(wild->eta_seconds == 0);
  CHECK(wild->step == 0);
  CHECK(!read_sdapi_progress("nothing"));
}

TEST_CASE("base64 is read strictly and written with padding") {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    const auto parsed = parse_base64(to_base64(as_bytes(text)));
    REQUIRE(parsed);
    CHECK(as_text(*parsed) == text);
  }
  CHECK(to_base64(as_bytes("fooba")) == "Zm9vYmE=");
  CHECK(as_text(*parse_base64("data:image/png;base64,Zm9v")) == "foo");
  for (const auto* bad : {"Zm9", "Zm9v\n", "Zm9*", "Zh==", "Z===", "====", "=AAA", "data:,Zm9v"}) {
    CAPTURE(bad);
    CHECK(!parse_base64(bad));
  }
}

TEST_CASE("a refusal is one line, and a web page is not shown") {
  const auto said = [](long status, const std::string& type, const std::string& body) {
    return refusal_of({.status = status, .content_type = type, .body = to_bytes(body)}, "txt2img")
        .message;
  };
  CHECK(
      said(500, "application/json", R"({"error": "RuntimeError", "errors": "CUDA: no memory"})") ==
      "txt2img: the server answered 500: CUDA: no memory");
  CHECK(said(422, "application/json", R"({"detail": [{"msg": "value is not an integer"}]})") ==
        "txt2img: the server answered 422: value is not an integer");
  CHECK(said(400, "application/json", R"({"error": {"message": "no such LoRA"}})") ==
        "txt2img: the server answered 400: no such LoRA");
  CHECK(said(502, "text/html", "<html>Bad") == "txt2img: the server answered 502: a web page");
  CHECK(said(500, "", "first\nsecond") == "txt2img: the server answered 500: first");
  CHECK(said(503, "", "") == "txt2img: the server answered 503");
}

}  // namespace dgxp
