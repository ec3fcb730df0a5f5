// Requirements 23 to 26.
#include "comfy_test_support.hpp"

using namespace dgxp;

namespace {

bool is_cancelled(const Result<Bytes>& outcome) {
  return !outcome && outcome.error().kind == ErrorKind::interrupted;
}

}  // namespace

TEST_CASE("R23: a pending prompt is deleted, a running one interrupted, on old and new servers") {
  for (const char* version : {"0.3.64", "0.38.1"}) {
    CAPTURE(version);
    FakeComfy comfy({.version = version});
    comfy.inject({.kind = FakeFaultKind::stall});
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    BackgroundRun running(backend, make_job("running"));
    REQUIRE(eventually([&] { return comfy.prompts().size() == 1; }));
    BackgroundRun pending(backend, make_job("pending", 8));
    REQUIRE(eventually([&] { return comfy.prompts().size() == 2; }));
    pending.stop();
    CHECK(is_cancelled(pending.join()));
    CHECK_FALSE(running.is_over());
    running.stop();
    CHECK(is_cancelled(running.join()));
    CHECK(comfy.wait_until_idle(2s));
    CHECK(comfy.drawings().empty());
  }
}

TEST_CASE("R23: an interrupt that is lost is repeated until the prompt has ended") {
  for (const char* version : {"0.3.64", "0.38.1"}) {
    CAPTURE(version);
    FakeComfy comfy({.version = version});
    comfy.inject({.kind = FakeFaultKind::stall});
    comfy.inject({.kind = FakeFaultKind::interrupt_ignored, .count = 3});
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    BackgroundRun run(backend, make_job());
    REQUIRE(eventually([&] { return comfy.prompts().size() == 1; }));
    run.stop();
    CHECK(is_cancelled(run.join()));
    CHECK(comfy.wait_until_idle(2s));
    CHECK(comfy.drawings().empty());
  }
}

TEST_CASE("R23: a stop ends the run in bounded time even if the prompt never does") {
  FakeComfy comfy;
  comfy.inject({.kind = FakeFaultKind::stall});
  comfy.inject({.kind = FakeFaultKind::interrupt_ignored, .count = -1});
  ComfyOptions options = quick_options(comfy.url());
  options.cancel_wait = 200ms;
  const auto backend = make_settled_backend(options);
  BackgroundRun run(backend, make_job());
  REQUIRE(eventually([&] { return comfy.prompts().size() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  run.stop();
  CHECK(is_cancelled(run.join()));
  CHECK(std::chrono::steady_clock::now() - begin < 3s);
}

TEST_CASE("R23: a stop during a POST that hangs leaves nothing behind") {
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  options.http.post_grace = 50ms;
  options.http.post = 20s;
  const auto backend = make_settled_backend(options);
  comfy.inject({.kind = FakeFaultKind::http_never, .path = "/prompt"});
  BackgroundRun run(backend, make_job());
  REQUIRE(eventually([&] { return !records_of(comfy, "POST", "/prompt").empty(); }));
  const auto begin = std::chrono::steady_clock::now();
  run.stop();
  CHECK(is_cancelled(run.join()));
  CHECK(std::chrono::steady_clock::now() - begin < 3s);
  CHECK(comfy.wait_until_idle(5s));
}

TEST_CASE("R24: a stop before anything was posted posts nothing") {
  FakeComfy comfy;
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  std::stop_source stop;
  stop.request_stop();
  CHECK(is_cancelled(run_job(*backend, make_job(), stop.get_token())));
  CHECK(comfy.prompts().empty());
}

TEST_CASE("R25: cancelling one job touches no other, ours or foreign") {
  FakeComfy comfy;
  comfy.set_pace(1ms, 30ms);
  comfy.add_foreign(1, 4);
  ComfyOptions options = quick_options(comfy.url());
  const auto backend = make_settled_backend(options);
  BackgroundRun neighbour(backend, make_job("neighbour"));
  REQUIRE(eventually([&] { return comfy.prompts().size() == 1; }));
  for (int i = 0; i < 3; ++i) {
    BackgroundRun run(backend, make_job("cancelled-" + std::to_string(i), 100));
    const std::size_t posts = static_cast<std::size_t>(i) + 2;
    REQUIRE(eventually([&] { return comfy.prompts().size() == posts; }));
    run.stop();
    CHECK(is_cancelled(run.join()));
  }
  CHECK(why_not(neighbour.join()) == "");
  CHECK(comfy.wait_until_idle(5s));
  for (const FakeDrawing& drawing : comfy.drawings()) CHECK(drawing.seed != 100);
}

TEST_CASE("R25: twenty jobs that are cancelled within 20 ms of their start all end cancelled") {
  FakeComfy comfy;
  comfy.set_pace(1ms, 10ms);
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  for (int i = 0; i < 20; ++i) {
    BackgroundRun run(backend, make_job("job-" + std::to_string(i), 100));
    const auto when = std::chrono::steady_clock::now() + std::chrono::milliseconds(i);
    while (std::chrono::steady_clock::now() < when) std::this_thread::yield();
    run.stop();
    CHECK(is_cancelled(run.join()));
  }
  CHECK(comfy.wait_until_idle(5s));
  CHECK(why_not(run_job(*backend, make_job("after"))) == "");
}

TEST_CASE("R26: the cancel route of a new server is used, and missing on an old one does no harm") {
  for (const char* version : {"0.3.64", "0.38.1"}) {
    CAPTURE(version);
    const bool is_new = std::string(version) != "0.3.64";
    FakeComfy comfy({.version = version});
    comfy.inject({.kind = FakeFaultKind::stall});
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    BackgroundRun run(backend, make_job());
    REQUIRE(eventually([&] { return comfy.prompts().size() == 1; }));
    run.stop();
    CHECK(is_cancelled(run.join()));
    CHECK_FALSE(records_of(comfy, "POST", "/jobs/").empty());
    CHECK(records_of(comfy, "POST", "/interrupt").empty() == is_new);
  }
}
