#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "core/backends/http_client.hpp"

namespace dgxp {

/// A request whose reply takes minutes, sent by a thread of its own. Dropping it ends it.
class PendingReply {
 public:
  PendingReply(HttpClient& client, HttpRequest request);
  PendingReply(PendingReply&&) = delete;
  ~PendingReply() = default;

  /// Whether the outcome is there, after at most `time`; `stop` cuts the waiting short.
  bool wait(std::chrono::milliseconds time, const std::stop_token& stop);
  /// After wait() said yes.
  const HttpOutcome& outcome() const { return *outcome_; }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<HttpOutcome> outcome_;
  std::jthread thread_;  ///< its stop token ends the transfer
};

}  // namespace dgxp
