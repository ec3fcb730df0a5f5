#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/backends/comfy_api.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// What is known of a server: version, memory, models, health. Asking never waits: it gives what
/// is known and, when that is old, has it looked up by a thread that otherwise sleeps.
class ComfyCensus {
 public:
  struct Ages {
    std::chrono::milliseconds status{5'000};
    std::chrono::milliseconds models{30'000};
  };
  ComfyCensus(ComfyApi& api, Ages ages);
  ComfyCensus(ComfyCensus&&) = delete;
  ~ComfyCensus() = default;

  BackendStatus status();
  std::vector<ModelEntry> models();

  /// A job went well.
  void note_success();
  void note_error(std::string message);
  /// The server takes prompts and runs none. `endings` of its socket so far: another start of it
  /// would add one.
  void note_dead_worker(std::string message, std::uint64_t endings);
  /// Why nothing should be posted now, or "".
  std::string dead_worker(std::uint64_t endings) const;
  void note_alive();

 private:
  using Time = std::chrono::steady_clock::time_point;
  void serve(const std::stop_token& stop);
  void look_up_status(const std::stop_token& stop);
  void look_up_models(const std::stop_token& stop);

  ComfyApi& api_;
  Ages ages_;
  mutable std::mutex mutex_;
  std::condition_variable_any wanted_;
  BackendStatus status_;
  bool is_reached_ = true;
  std::string dead_worker_;  ///< empty: it is alive
  std::uint64_t dead_endings_ = 0;
  Time dead_since_{};
  std::vector<ModelEntry> models_;
  std::optional<Time> status_time_;
  std::optional<Time> models_time_;
  bool wants_status_ = true;  // the first look is at the start
  bool wants_models_ = true;
  std::jthread thread_;
};

}  // namespace dgxp
