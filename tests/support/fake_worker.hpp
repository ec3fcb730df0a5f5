#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/build/ports.hpp"

namespace dgxp {

/// What a test's worker saw; outlives the worker.
struct WorkerLog {
  std::vector<std::string> submitted;  ///< Job::id, in order
  bool cancelled = false;
};

/// Answers each job with what `draw` makes of it; an Error becomes a failed job.
class FakeWorker : public Worker {
 public:
  using Draw = std::function<Result<RawImage>(const Job&)>;
  FakeWorker(Draw draw, WorkerLog& log) : draw_(std::move(draw)), log_(log) {}

  Result<Done> submit(const Job& job) override {
    log_.submitted.push_back(job.id);
    auto raw = draw_(job);
    WorkerEvent event{.key = job.key};
    event.kind = raw ? WorkerEvent::Kind::done : WorkerEvent::Kind::failed;
    if (raw) {
      event.raw = std::move(*raw);
    } else {
      event.error = raw.error().message;
    }
    events_.push_back(std::move(event));
    return Done{};
  }
  Result<std::optional<WorkerEvent>> poll(std::chrono::milliseconds) override {
    if (events_.empty()) return std::optional<WorkerEvent>{};
    std::optional<WorkerEvent> event = std::move(events_.front());
    events_.pop_front();
    return event;
  }
  void cancel_all() override { log_.cancelled = true; }
  Result<bool> makes_placeholders() override { return false; }

 private:
  Draw draw_;
  WorkerLog& log_;
  std::deque<WorkerEvent> events_;
};

class SilentReporter : public Reporter {
 public:
  void job_started(const std::string&, std::size_t, std::size_t) override {}
  void job_progress(const std::string&, const WorkerEvent&) override {}
  void job_done(const std::string&, std::size_t, std::size_t) override {}
  void warning(const std::string&) override {}
  void note(const std::string&) override {}
};

}  // namespace dgxp
