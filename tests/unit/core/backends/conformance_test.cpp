// One suite for all backends: whatever stands behind one, a job means the same, and nothing but a
// right picture comes back.
#include "tests/unit/core/backends/conformance.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "core/backends/http_answer.hpp"
#include "core/image/png_codec.hpp"
#include "core/worker/backend_pool.hpp"
#include "core/worker/server_core.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp::test {
namespace {

const ProgressSink kNoProgress = [](const BackendProgress&) {};

Result<Bytes> run(const BackendRig& rig, const BackendJob& job, std::stop_token stop = {}) {
  return rig.backend->run(job, kNoProgress, std::move(stop));
}

std::string error_of(const Result<Bytes>& outcome) {
  return outcome ? "a picture" : outcome.error().message;
}

Image decoded(const Result<Bytes>& outcome) {
  REQUIRE_MESSAGE(outcome, error_of(outcome));
  const auto image = decode_png(*outcome);
  REQUIRE(image);
  return *image;
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// Runs a job on a thread, to be stopped from outside.
class BackgroundRun {
 public:
  BackgroundRun(const BackendRig& rig, BackendJob job)
      : thread_([this, &rig, job = std::move(job)](const std::stop_token& stop) {
          outcome_ = rig.backend->run(
              job, [this](const BackendProgress& seen) { step = seen.step; }, stop);
          over = true;
        }) {}
  void stop() { thread_.request_stop(); }
  Result<Bytes> end() {
    thread_.join();
    return outcome_;
  }
  std::atomic<std::uint32_t> step{0};
  std::atomic<bool> over{false};

 private:
  Result<Bytes> outcome_{Error{}};
  std::jthread thread_;
};

}  // namespace

TEST_CASE("every backend gives a picture of the asked size, drawn from all that the job says") {
  for (const auto make : kAllRigs) {
    const auto rig = make();
    CAPTURE(rig.name);
    auto job = plain_job();
    job.request.prompt = "a \"quoted\" knight \\ with <angles> and \xc3\xa4\n{braces}";
    job.request.negative = "blurry, 3d render";
    job.request.seed = std::uint64_t{1} << 62U;
    job.request.sampler = "euler_ancestral";
    if (rig.drawings) job.request.loras = {{.file = "tiny_px.safetensors", .weight = 0.8}};
    const auto image = decoded(run(rig, job));
    CHECK(image.size == Size{64, 96});
    if (!rig.drawings) continue;
    REQUIRE(rig.drawings().size() == 1);
    const auto drawn = rig.drawings().front();
    CHECK(image == draw_blocky_figure(drawn));
    CHECK(drawn.prompt == job.request.prompt);
    CHECK(drawn.negative == job.request.negative);
    CHECK(drawn.seed == job.request.seed);
    CHECK(stem_of(drawn.checkpoint) == "tiny_sd15");
    CHECK(drawn.steps == 4);
    CHECK(drawn.cfg == 7);
    REQUIRE(drawn.loras.size() == 1);
    CHECK(stem_of(drawn.loras.front().file) == "tiny_px");
    CHECK(drawn.loras.front().model_weight == 0.8);
    const std::set<std::string> names = {"euler_ancestral", "Euler a", "euler_a"};
    CHECK(names.contains(drawn.sampler));
  }
}

TEST_CASE("seeds of 64 bits arrive exactly, or the missing capability is named before") {
  for (const auto make : kServerRigs) {
    const auto rig = make();
    CAPTURE(rig.name);
    const std::uint64_t seeds[] = {std::uint64_t{1} << 63U, ~std::uint64_t{0}};
    for (const auto seed : seeds) {
      auto job = plain_job();
      job.request.seed = seed;
      const auto missing = missing_capability(job.request, rig.backend->info());
      if (!missing.empty()) {
        CHECK(missing == "wide_seeds");
        continue;
      }
      decoded(run(rig, job));
      CHECK(rig.drawings().back().seed == seed);
    }
    auto job = plain_job();
    job.request.seed = (std::uint64_t{1} << 63U) - 1;
    CHECK(missing_capability(job.request, rig.backend->info()) == "");
    decoded(run(rig, job));
    CHECK(rig.drawings().back().seed == job.request.seed);
  }
}

TEST_CASE("progress never goes back and is never full before the picture is there") {
  for (const auto make : kAllRigs) {
    const auto rig = make();
    CAPTURE(rig.name);
    std::vector<double> seen;
    auto job = plain_job();
    job.request.steps = 20;
    const auto outcome = rig.backend->run(
        job,
        [&](const BackendProgress& progress) {
          seen.push_back(progress.total_steps == 0
                             ? 0
                             : static_cast<double>(progress.step) / progress.total_steps);
        },
        {});
    decoded(outcome);
    REQUIRE(!seen.empty());
    CHECK(std::ranges::is_sorted(seen));
    const bool is_placeholder = rig.backend->info().placeholder;
    CHECK((is_placeholder || seen.back() < 1));
  }
}

TEST_CASE("a cancelled run ends soon, gives nothing, and the next job is not touched") {
  for (const auto make : kServerRigs) {
    const auto rig = make();
    CAPTURE(rig.name);
    rig.inject({.kind = FakeFaultKind::stall, .prompt = "number 1", .step = 2});
    BackgroundRun running(rig, plain_job(1));
    REQUIRE(eventually([&] { return running.step > 0; }));
    const auto begin = std::chrono::steady_clock::now();
    running.stop();
    const auto outcome = running.end();
    CHECK(std::chrono::steady_clock::now() - begin < 3s);
    CHECK(!outcome);
    const auto image = decoded(run(rig, plain_job(2)));
    CHECK(image == draw_blocky_figure(rig.drawings().back()));
    CHECK(rig.drawings().back().prompt == "a knight, number 2");
  }
}

TEST_CASE("what is no right picture becomes an error that says why") {
  struct Case {
    FakeFault fault;
    std::string_view words;  ///< in the message
  };
  for (const auto make : kServerRigs) {
    const auto rig = make();
    const Case cases[] = {
        {{.kind = FakeFaultKind::other_size, .size = {32, 32}}, "32x32 instead of 64x96"},
        {{.kind = FakeFaultKind::unreadable_image}, "picture"},
        {{.kind = FakeFaultKind::truncated_image}, "picture"},
        {{.kind = FakeFaultKind::execution_error}, ""},
        {{.kind = FakeFaultKind::http_status, .path = rig.first_path}, "500"},
        {{.kind = FakeFaultKind::http_html, .count = -1, .path = rig.first_path, .status = 502},
         ""},
        {{.kind = FakeFaultKind::http_garbage, .path = rig.first_path}, ""},
        {{.kind = FakeFaultKind::http_html, .count = -1, .path = rig.answer_path, .status = 200},
         ""},
    };
    int number = 10;
    for (const auto& [fault, words] : cases) {
      CAPTURE(rig.name);
      CAPTURE(number);
      rig.inject(fault);
      const auto outcome = run(rig, plain_job(++number));
      CHECK(!outcome);
      INFO(error_of(outcome));
      CHECK(error_of(outcome).find(words) != std::string::npos);
      CHECK(error_of(outcome).find("<html") == std::string::npos);
      rig.clear_faults();
      CHECK(decoded(run(rig, plain_job(++number))).size == Size{64, 96});
    }
  }
}

TEST_CASE("a server that goes away in the middle ends the job with an error in time") {
  for (const auto make : kServerRigs) {
    const auto rig = make();
    CAPTURE(rig.name);
    rig.inject({.kind = FakeFaultKind::stall, .step = 2});
    BackgroundRun running(rig, plain_job());
    REQUIRE(eventually([&] { return running.step > 0; }));
    const auto begin = std::chrono::steady_clock::now();
    rig.go_down();
    REQUIRE(eventually([&] { return running.over.load(); }));
    CHECK(!running.end());
    CHECK(std::chrono::steady_clock::now() - begin < 8s);
    CHECK(!run(rig, plain_job(2)));  // nor is it there for the next
    CHECK(eventually([&] { return !rig.backend->status().healthy; }));
  }
}

TEST_CASE("a capability that a backend lacks is named before the job is sent") {
  for (const auto make : kServerRigs) {
    const auto rig = make();
    CAPTURE(rig.name);
    const auto info = rig.backend->info();
    const auto missing = [&](const std::function<void(GenerateMessage&)>& change) {
      auto job = plain_job();
      change(job.request);
      return std::string(missing_capability(job.request, info));
    };
    const bool is_comfy = rig.name == "comfy";
    const bool is_sdcpp = rig.name == "sdcpp";
    CHECK(missing([](auto& job) { job.workflow = "digest"; }) == (is_comfy ? "" : "workflow"));
    CHECK(missing([](auto& job) { job.seamless = true; }) == (is_sdcpp ? "seamless" : ""));
    CHECK(missing([](auto& job) { job.references = {"a"}; }) == "");
    CHECK(missing([](auto& job) { job.references = {"a", "b"}; }) ==
          (is_comfy ? "" : "many_references"));
    CHECK(missing([](auto& job) { job.loras = {{.file = "x"}}; }) == "");
  }
}

TEST_CASE("two jobs at once on one backend both get their own picture") {
  for (const auto make : kAllRigs) {
    const auto rig = make();
    CAPTURE(rig.name);
    WakeUp wake;
    BackendPool pool({rig.backend}, wake);
    for (int i = 1; i <= 2; ++i) {
      pool.enqueue(static_cast<std::uint64_t>(i), std::make_shared<const BackendJob>(plain_job(i)));
    }
    std::map<std::uint64_t, Digest> pictures;
    REQUIRE(eventually([&] {
      for (const auto& event : pool.take_events()) {
        const auto* ended = std::get_if<RunEnded>(&event.what);
        if (ended == nullptr) continue;
        REQUIRE_MESSAGE(ended->outcome, ended->outcome.error().message);
        pictures[event.run] = pixel_digest(*decode_png(*ended->outcome->png));
      }
      return pictures.size() == 2;
    }));
    CHECK(pictures[1] != pictures[2]);
    if (!rig.drawings) continue;
    for (const auto& drawn : rig.drawings()) {
      CHECK(pictures[drawn.seed] == pixel_digest(draw_blocky_figure(drawn)));
    }
  }
}

TEST_CASE("several backends behind one worker share its queue, each with what it can") {
  const auto comfy = make_comfy_rig();
  const auto sdapi = make_sdapi_rig();
  const auto sdcpp = make_sdcpp_rig();
  // None can finish before all three have begun.
  for (const auto* rig : {&comfy, &sdapi, &sdcpp}) {
    rig->inject({.kind = FakeFaultKind::http_delay, .path = rig->first_path, .delay = 200ms});
  }
  WakeUp wake;
  const std::vector<std::shared_ptr<Backend>> backends = {comfy.backend, sdapi.backend,
                                                          sdcpp.backend};
  BackendPool pool(backends, wake);
  constexpr auto kNow = std::chrono::steady_clock::time_point{1h};
  ServerCore core(backends, pool, {}, 7, kNow);
  const auto ask = [&](MessageBody body) {
    const auto reply = decode_message(
        core.answer(encode_message({std::move(body), {.rid = 1, .v = "1.1"}}), kNow));
    REQUIRE(reply.body);
    return *reply.body;
  };
  constexpr int kJobs = 9;
  std::vector<std::string> ids;
  for (int i = 1; i <= kJobs; ++i) {
    auto job = plain_job(i).request;
    if (i == kJobs) job.seed = ~std::uint64_t{0};  // sdcpp cannot
    ids.push_back(job.id);
    CHECK(std::holds_alternative<JobAcceptedMessage>(ask(std::move(job))));
  }
  const auto all_done = [&] {
    for (auto& event : pool.take_events()) core.take(std::move(event), kNow);
    const auto status = std::get<StatusInfoMessage>(ask(StatusMessage{.jobs = ids}));
    return std::ranges::all_of(status.jobs,
                               [](const JobEntry& job) { return job.state == "done"; });
  };
  CHECK(eventually(all_done));
  std::size_t count = 0;
  for (const auto* rig : {&comfy, &sdapi, &sdcpp}) {
    CAPTURE(rig->name);
    CHECK(!rig->drawings().empty());
    count += rig->drawings().size();
    for (const auto& drawn : rig->drawings()) {
      CHECK((rig != &sdcpp || drawn.seed <= kJobs));
    }
  }
  CHECK(count == kJobs);
}

}  // namespace dgxp::test
