#include "core/backends/sdapi_backend.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "tests/unit/core/backends/conformance.hpp"

namespace dgxp::test {
namespace {

const ProgressSink kSilent = [](const BackendProgress&) {};

bool until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

std::size_t count_of(const FakeDrawServer& fake, const std::string& path) {
  const auto requests = fake.requests();
  return static_cast<std::size_t>(std::ranges::count(requests, path, &FakeRecord::path));
}

}  // namespace

TEST_CASE("user and password of the address let the backend in and stand in no message") {
  const auto fake = make_fake_sdapi({.authorization = "Basic dXNlcjpzZWNyZXQ="});
  const auto port = fake->url().substr(fake->url().rfind(':'));
  const auto good = *make_sdapi_backend({.url = "http://user:secret@127.0.0.1" + port});
  CHECK(good->run(plain_job(), kSilent, {}));
  const auto bad = *make_sdapi_backend({.url = "http://user:wrong@127.0.0.1" + port});
  const auto refused = bad->run(plain_job(), kSilent, {});
  REQUIRE(!refused);
  CHECK(refused.error().message == "txt2img: the server answered 401: Not authenticated");
}

TEST_CASE("a stop while the server draws for somebody else interrupts nobody") {
  const auto fake = make_fake_sdapi();
  fake->inject({.kind = FakeFaultKind::stall, .prompt = "foreign"});
  FakeDrawJob foreign{.id = "task(other)"};
  foreign.drawing = {.prompt = "foreign", .size = {64, 64}, .steps = 3};
  fake->queue().add(foreign);
  const auto backend = *make_sdapi_backend({.url = fake->url(), .poll = 5ms});
  std::stop_source stop;
  std::jthread run([&] { CHECK(!backend->run(plain_job(), kSilent, stop.get_token())); });
  CHECK(until([&] { return count_of(*fake, "/sdapi/v1/txt2img") == 1; }));
  stop.request_stop();
  run.join();
  CHECK(count_of(*fake, "/sdapi/v1/interrupt") == 0);
  fake->queue().release_stalled();
  CHECK(until([&] { return fake->queue().find("task(other)")->state != "generating"; }));
  CHECK(fake->queue().find("task(other)")->state == "completed");
}

TEST_CASE("models and memory are known without waiting, once the server was asked") {
  const auto fake = make_fake_sdapi();
  const auto backend = *make_sdapi_backend({.url = fake->url()});
  CHECK(until([&] { return !backend->list_models().empty(); }));
  const std::vector<ModelEntry> wanted = {
      {.name = "tiny_sd15.safetensors",
       .path = "/models/tiny_sd15.safetensors",
       .model_type = "checkpoint"},
      {.name = "tiny_px.safetensors", .path = "/loras/tiny_px.safetensors", .model_type = "lora"}};
  CHECK(backend->list_models() == wanted);
  CHECK(backend->status().vram_total_mb == 8192);
  CHECK(backend->status().vram_free_mb == 6144);
}

}  // namespace dgxp::test
