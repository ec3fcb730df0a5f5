#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/fake_comfy/fake_faults.hpp"
#include "tests/support/fake_comfy/fake_files.hpp"
#include "tests/support/fake_comfy/fake_run.hpp"

namespace dgxp {

/// Queue, history and the one thread that runs prompts.
class FakeEngine {
 public:
  struct Sockets {
    std::function<void(FakeOutgoing)> send;
    std::function<void(const std::string& client_id, int code)> close;
  };
  FakeEngine(const FakeComfyOptions& options, FakeFaultBox& faults, Sockets sockets);
  ~FakeEngine();

  FakeJson object_info() const;
  FakeFiles& files() { return files_; }

  /// The number it got; nothing when it broke the queue, as two equal entries do.
  std::optional<FakeJson> enqueue(FakeQueued prompt, const FakeJson& number, bool front);
  FakeJson queue() const;  ///< as GET /queue
  std::size_t remaining() const;
  FakeJson history(const std::string& id) const;  ///< "" = all
  void clear_history();
  void erase_history(const std::string& id);
  /// Whether it was there.
  bool erase_pending(const std::string& id);
  void clear_pending();
  /// Interrupts what runs; `id` "" = whatever it is.
  bool interrupt(const std::string& id);
  /// "pending", "in_progress", "completed", "failed", "cancelled" or "".
  std::string job_status(const std::string& id) const;
  /// The node that runs for this client, or "".
  std::string running_node(const std::string& client_id) const;
  void kill_worker();
  void release_stalled();
  /// Everything but the files as at the start.
  void restart();
  void set_pace(std::chrono::milliseconds node_time, std::chrono::milliseconds step_time);
  bool wait_until_stalled(std::chrono::milliseconds limit) const;
  bool wait_until_idle(std::chrono::milliseconds limit) const;
  std::vector<FakeDrawing> drawings() const;

 private:
  void work();
  void run_next(std::unique_lock<std::mutex>& lock);
  FakeRunTools tools_for(const FakeQueued& prompt, std::uint64_t life);
  void finish(const FakeQueued& prompt, std::uint64_t life, FakeRunResult result);
  bool pause(std::chrono::milliseconds time, std::uint64_t life);
  void send_status();
  FakeJson entry_of(const FakeQueued& prompt) const;

  const FakeComfyOptions& options_;
  FakeFaultBox& faults_;
  Sockets sockets_;
  FakeFiles files_;
  FakeCache cache_;  ///< of the worker thread
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<FakeQueued> pending_;  ///< sorted by number
  std::optional<FakeQueued> running_;
  bool busy_ = false;  ///< until the last event of a run is out
  std::string running_node_;
  FakeJson history_ = FakeJson::object();
  std::vector<FakeDrawing> drawings_;
  std::chrono::milliseconds node_time_;
  std::chrono::milliseconds step_time_;
  std::int64_t next_number_ = 0;
  std::uint64_t life_ = 0;  ///< counts restarts
  std::uint64_t releases_ = 0;
  bool is_stalled_ = false;
  bool interrupted_ = false;
  bool dead_ = false;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace dgxp
