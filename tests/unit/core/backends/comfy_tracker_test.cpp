#include "core/backends/comfy_tracker.hpp"

#include <doctest/doctest.h>

using namespace dgxp;
using namespace std::chrono_literals;
using Kind = ComfyEvent::Kind;
using Step = TrackerStep;

namespace {

const PromptTracker::Time kStart = PromptTracker::Time() + 1h;

PromptTracker make_tracker() {
  return {TrackerTimes{}, kStart, kStart};
}

ComfyEvent event(Kind kind, std::string node = {}) {
  return {.kind = kind, .prompt = "p", .node = std::move(node), .nodes = {}};
}

}  // namespace

TEST_CASE("R11: a prompt is looked at after 1 s and then at least every 2 s") {
  PromptTracker tracker = make_tracker();
  CHECK(tracker.next(kStart) == Step::wait);
  CHECK(tracker.due(kStart) == kStart + 1s);
  auto now = kStart;
  for (int i = 0; i < 20; ++i) {
    const auto due = tracker.due(now);
    CHECK(due - now >= 1s);
    CHECK(due - now <= 2s);
    now = due;
    CHECK(tracker.next(now) == Step::look);
    tracker.see_running(now);
  }
}

TEST_CASE("R10: an event only triggers a read of history, which alone ends a prompt") {
  for (const Kind kind : {Kind::success, Kind::error, Kind::interrupted, Kind::executing}) {
    PromptTracker tracker = make_tracker();
    tracker.hear(event(kind), kStart + 10ms);
    CHECK(tracker.next(kStart + 10ms) == Step::read_history);
    tracker.see_history({.completed = true}, kStart + 12ms);
    CHECK(tracker.next(kStart + 12ms) == Step::ended);
  }
  PromptTracker tracker = make_tracker();
  tracker.hear(event(Kind::executing, "3"), kStart + 10ms);
  tracker.hear(event(Kind::executed, "9"), kStart + 10ms);
  CHECK(tracker.next(kStart + 10ms) == Step::wait);
}

TEST_CASE("R12: behind a success history is read again for 5 s, soon at first") {
  PromptTracker tracker = make_tracker();
  tracker.hear(event(Kind::success), kStart);
  auto now = kStart;
  int reads = 0;
  while (tracker.next(now) == Step::read_history) {
    ++reads;
    tracker.see_nothing(now);
    now = tracker.due(now);
  }
  CHECK(now == kStart + 5s);
  CHECK(reads > 10);
  CHECK(reads < 30);
  CHECK(tracker.next(now) == Step::look);
  tracker.see_nothing(now);
  CHECK(tracker.due(now) == now + 2s);
  tracker.see_nothing(now + 2s);
  CHECK(tracker.next(now + 2s) == Step::lost);
}

TEST_CASE("R13: only absence twice, 2 s apart, is a loss") {
  PromptTracker tracker = make_tracker();
  tracker.see_nothing(kStart + 1s);
  CHECK(tracker.next(kStart + 2s) == Step::wait);
  CHECK(tracker.next(kStart + 3s) == Step::look);
  tracker.see_pending(false, kStart + 3s);
  CHECK(tracker.next(kStart + 3s) == Step::wait);
  tracker.see_nothing(kStart + 4s);
  tracker.see_failure(kStart + 5s);
  tracker.see_nothing(kStart + 7s);
  CHECK(tracker.next(kStart + 7s) == Step::wait);
  tracker.see_nothing(kStart + 9s);
  CHECK(tracker.next(kStart + 9s) == Step::lost);
}

TEST_CASE("R15: an error event of a prompt that still runs does not end it") {
  PromptTracker tracker = make_tracker();
  tracker.hear(event(Kind::error), kStart);
  CHECK(tracker.next(kStart) == Step::read_history);
  tracker.see_nothing(kStart);
  tracker.see_nothing(kStart + 4900ms);
  CHECK(tracker.next(kStart + 5s) == Step::look);
  tracker.see_running(kStart + 5s);
  CHECK(tracker.next(kStart + 5s) == Step::wait);
  tracker.hear(event(Kind::success), kStart + 20s);
  CHECK(tracker.next(kStart + 20s) == Step::read_history);
}

TEST_CASE("R33: prompts that wait while none runs for 15 s mean a dead worker") {
  PromptTracker tracker = make_tracker();
  tracker.see_pending(true, kStart + 1s);
  tracker.see_pending(true, kStart + 15s);
  CHECK(tracker.next(kStart + 15s) != Step::worker_dead);
  CHECK(tracker.next(kStart + 16s) == Step::worker_dead);
  tracker.see_pending(false, kStart + 16s);
  CHECK(tracker.next(kStart + 16s) == Step::wait);
}

TEST_CASE("R34: a job has a deadline, and a step has one while steps are heard of") {
  PromptTracker tracker = make_tracker();
  for (auto now = kStart; now < kStart + 30min; now += 2s) tracker.see_pending(false, now);
  CHECK(tracker.next(kStart + 30min) == Step::overdue);

  PromptTracker silent = make_tracker();
  for (auto now = kStart; now < kStart + 20min; now += 2s) silent.see_running(now);
  CHECK(silent.next(kStart + 20min) != Step::stalled);

  PromptTracker stalled = make_tracker();
  stalled.hear(event(Kind::progress, "3"), kStart);
  for (auto now = kStart; now < kStart + 10min; now += 2s) stalled.see_running(now);
  CHECK(stalled.next(kStart + 10min) == Step::stalled);
  stalled.lose_events(kStart + 10min);
  CHECK(stalled.next(kStart + 10min) == Step::look);
}

TEST_CASE("A server that does not answer is given up after two minutes, and looked at till then") {
  PromptTracker tracker = make_tracker();
  auto now = kStart;
  int looks = 0;
  while (tracker.next(now) != Step::unreachable) {
    if (tracker.next(now) == Step::look) {
      ++looks;
      tracker.see_failure(now);
    }
    now = tracker.due(now);
  }
  CHECK(now == kStart + 2min);
  CHECK(looks > 50);
}
