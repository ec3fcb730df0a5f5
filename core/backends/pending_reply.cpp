#include "core/backends/pending_reply.hpp"

#include <utility>

namespace dgxp {

PendingReply::PendingReply(HttpClient& client, HttpRequest request) {
  thread_ =
      std::jthread([this, &client, request = std::move(request)](const std::stop_token& stop) {
        auto outcome = client.send(request, stop);
        const std::lock_guard lock(mutex_);
        outcome_ = std::move(outcome);
        changed_.notify_all();
      });
}

bool PendingReply::wait(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, stop, time, [&] { return outcome_.has_value(); });
}

}  // namespace dgxp
