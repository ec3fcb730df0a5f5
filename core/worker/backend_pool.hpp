#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "core/base/digest.hpp"
#include "core/base/result.hpp"
#include "core/worker/backend.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {

struct RunStarted {};
struct RunEnded {
  struct Picture {
    std::shared_ptr<const Bytes> png;
    Digest digest;
    bool placeholder = false;
  };
  Result<Picture> outcome;
  std::chrono::duration<double> duration{};
};
/// What happened to a run, in the order in which it happened.
struct RunEvent {
  std::uint64_t run = 0;
  std::variant<RunStarted, BackendProgress, RunEnded> what;
};

/// Runs jobs on the threads of its backends, those of higher priority first, else first in, first
/// out; each job goes to the first free backend that can take it. A backend that says that it is
/// not healthy gets only what no other one can take, and a job that it failed moves on once. Its
/// calls return at once, whatever the backends do. At the end running jobs are asked to stop and
/// waited for.
class BackendPool {
 public:
  /// `wake` is raised when take_events() has something new; it outlives the pool.
  BackendPool(std::vector<std::shared_ptr<Backend>> backends, WakeUp& wake);
  BackendPool(BackendPool&&) = delete;
  ~BackendPool();

  void enqueue(std::uint64_t run, std::shared_ptr<const BackendJob> job);
  /// A queued run is forgotten (true). A running one is asked to stop; its RunEnded still comes.
  bool cancel(std::uint64_t run);
  /// While `held`, no further run starts: results are not being fetched.
  void hold(bool held);
  /// What happened since the last call. Of progress there is one report of a run for each
  /// allow_progress() of it, the newest: a backend that reports all the time wakes nobody.
  std::vector<RunEvent> take_events();
  void allow_progress(std::uint64_t run);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dgxp
