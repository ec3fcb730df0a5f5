#pragma once

// Backends and jobs for the worker's tests.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/build/ports.hpp"
#include "core/worker/backend.hpp"

namespace dgxp::test {

using namespace std::chrono_literals;

inline Job make_job(int number) {
  Job job;
  job.id = "item/" + std::to_string(number);
  job.key = sha256(job.id);
  job.prompt = "a thing, number " + std::to_string(number);
  job.model.file = "model.safetensors";
  job.raw_size = {64, 64};
  job.frame_size = {16, 16};
  job.render_scale = 4;
  job.seed = static_cast<std::uint32_t>(number);
  job.palette = {Rgb{0, 0, 0}, Rgb{255, 128, 0}};
  return job;
}

/// What EchoBackend answers: enough to tell which job it was drawn for.
inline std::string picture_of(const Job& job) {
  return "picture of " + job.prompt + " seed " + std::to_string(job.seed);
}

/// "Draws" the text above at once.
class EchoBackend : public Backend {
 public:
  explicit EchoBackend(int slots = 1, bool placeholder = false)
      : slots_(slots), placeholder_(placeholder) {}
  BackendInfo info() const override {
    return {.name = "echo", .placeholder = placeholder_, .slots = slots_, .capabilities = {}};
  }
  Result<Bytes> run(const BackendJob& job, const ProgressSink&, std::stop_token) override {
    ++runs;
    return to_bytes("picture of " + job.request.prompt + " seed " +
                    std::to_string(job.request.seed.value_or(0)));
  }
  std::atomic<int> runs{0};

 private:
  int slots_;
  bool placeholder_;
};

/// Draws nothing until the test opens the gate; notices a stop.
class GateBackend : public EchoBackend {
 public:
  using EchoBackend::EchoBackend;
  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    progress({.stage = "sampling", .step = 1, .total_steps = 4, .eta_seconds = 1.5});
    ++entered;
    std::unique_lock lock(mutex_);
    opened_.wait(lock, stop, [&] { return open_; });
    if (stop.stop_requested()) {
      ++stopped;
      return Error{ErrorKind::worker, "stopped"};
    }
    lock.unlock();
    return EchoBackend::run(job, progress, stop);
  }
  void open_gate() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  std::atomic<int> entered{0};
  std::atomic<int> stopped{0};

 private:
  std::mutex mutex_;
  std::condition_variable_any opened_;
  bool open_ = false;
};

/// How all jobs of a worker ended.
struct Outcome {
  std::map<Digest, std::string> pictures;
  std::map<Digest, std::string> errors;
  int placeholders = 0;
  int accepted = 0;
  int progress = 0;
  std::string lost;  ///< the Error of poll(), if it gave one
};

/// Polls until `jobs` have ended, the worker is lost or `limit` has passed.
inline Outcome collect(Worker& worker, std::size_t jobs, std::chrono::milliseconds limit = 20s) {
  Outcome outcome;
  const auto end = std::chrono::steady_clock::now() + limit;
  while (outcome.pictures.size() + outcome.errors.size() < jobs &&
         std::chrono::steady_clock::now() < end) {
    const auto event = worker.poll(100ms);
    if (!event) {
      outcome.lost = event.error().message;
      return outcome;
    }
    if (!*event) continue;
    const WorkerEvent& what = **event;
    if (what.kind == WorkerEvent::Kind::accepted) ++outcome.accepted;
    if (what.kind == WorkerEvent::Kind::progress) ++outcome.progress;
    if (what.kind == WorkerEvent::Kind::failed) outcome.errors[what.key] = what.error;
    if (what.kind == WorkerEvent::Kind::done) {
      outcome.pictures[what.raw.key] = std::string(as_text(what.raw.png));
      outcome.placeholders += what.raw.placeholder ? 1 : 0;
    }
  }
  return outcome;
}

/// Waits for something that another thread does; false when it did not within ten seconds.
template <typename Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

}  // namespace dgxp::test
