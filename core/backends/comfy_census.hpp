#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/backends/comfy_api.hpp"
#include "core/backends/server_watch.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// What is known of a ComfyUI: what a ServerWatch sees (version, memory, queue; its models, less
/// often), and whether it runs the prompts that it takes. Asking never waits.
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
  std::vector<ModelEntry> models() { return watch_.models(); }

  /// A job went well.
  void note_success();
  void note_error(std::string message) { watch_.note_error(std::move(message)); }
  /// The server takes prompts and runs none. `endings` of its socket so far: another start of it
  /// would add one.
  void note_dead_worker(std::string message, std::uint64_t endings);
  /// Why nothing should be posted now, or "".
  std::string dead_worker(std::uint64_t endings) const;
  void note_alive();

 private:
  using Time = std::chrono::steady_clock::time_point;
  /// What is known of it from one look to the next; the thread of the watch alone uses it.
  struct Known {
    BackendStatus status;
    std::optional<Time> models_time;
  };
  ServerLook look(const std::stop_token& stop);
  std::optional<std::vector<ModelEntry>> look_up_models(const std::stop_token& stop);

  ComfyApi& api_;
  Ages ages_;
  Known known_;
  mutable std::mutex mutex_;
  std::string dead_worker_;  ///< empty: it is alive
  std::uint64_t dead_endings_ = 0;
  Time dead_since_{};
  ServerWatch watch_;  // last: its thread uses the others
};

}  // namespace dgxp
