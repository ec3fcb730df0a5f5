#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// What one look at a server shows.
struct ServerLook {
  BackendStatus status;                           ///< without `last_error`: that of before stays
  std::optional<std::vector<ModelEntry>> models;  ///< nothing: what was known stays
};

/// What is known of a server that draws. Asking never waits: it gives what is known and, when that
/// is old, has `look` called by a thread that otherwise sleeps.
class ServerWatch {
 public:
  using Look = std::function<ServerLook(const std::stop_token&)>;
  ServerWatch(Look look, std::chrono::milliseconds age);
  ServerWatch(ServerWatch&&) = delete;
  ~ServerWatch() = default;

  BackendStatus status();
  std::vector<ModelEntry> models();
  /// How a job ended that nobody stopped. `is_gone`: nobody answers there.
  void note_end(const Result<Bytes>& picture, bool is_gone);
  void note_success();
  void note_error(std::string message);

 private:
  void want_if_old();
  void serve(const std::stop_token& stop);

  Look look_;
  std::chrono::milliseconds age_;
  std::mutex mutex_;
  std::condition_variable_any wanted_;
  BackendStatus status_;
  std::vector<ModelEntry> models_;
  std::optional<std::chrono::steady_clock::time_point> time_;
  bool wants_look_ = true;  // the first is at the start
  std::jthread thread_;
};

}  // namespace dgxp
