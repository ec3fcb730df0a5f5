#include "core/backends/server_watch.hpp"

#include <utility>

namespace dgxp {

ServerWatch::ServerWatch(Look look, std::chrono::milliseconds age)
    : look_(std::move(look)), age_(age) {
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

BackendStatus ServerWatch::status() {
  const std::lock_guard lock(mutex_);
  want_if_old();
  return status_;
}

std::vector<ModelEntry> ServerWatch::models() {
  const std::lock_guard lock(mutex_);
  want_if_old();
  return models_;
}

void ServerWatch::want_if_old() {
  if (time_ && std::chrono::steady_clock::now() - *time_ <= age_) return;
  wants_look_ = true;
  wanted_.notify_one();
}

void ServerWatch::note_end(const Result<Bytes>& picture, bool is_gone) {
  if (picture) {
    note_success();
    return;
  }
  const std::lock_guard lock(mutex_);
  status_.last_error = picture.error().message;
  if (is_gone) status_.healthy = false;
}

void ServerWatch::note_success() {
  const std::lock_guard lock(mutex_);
  status_.healthy = true;
}

void ServerWatch::note_error(std::string message) {
  const std::lock_guard lock(mutex_);
  status_.last_error = std::move(message);
}

void ServerWatch::serve(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!wanted_.wait(lock, stop, [&] { return wants_look_; })) return;
    }
    ServerLook look = look_(stop);
    const std::lock_guard lock(mutex_);
    if (look.status.last_error.empty()) look.status.last_error = status_.last_error;
    status_ = std::move(look.status);
    if (look.models) models_ = *std::move(look.models);
    time_ = std::chrono::steady_clock::now();
    wants_look_ = false;
  }
}

}  // namespace dgxp
