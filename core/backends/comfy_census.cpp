#include "core/backends/comfy_census.hpp"

#include <utility>

#include <fmt/format.h>

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

/// After it a job tries whether the server runs prompts again.
constexpr std::chrono::seconds kDeadTime{60};

struct ModelFolder {
  const char* folder;
  const char* type;
};
/// The first three are those of protocol 1.0.
constexpr ModelFolder kFolders[] = {
    {"checkpoints", "checkpoint"}, {"loras", "lora"}, {"vae", "vae"}, {"controlnet", "controlnet"}};

}  // namespace

ComfyCensus::ComfyCensus(ComfyApi& api, Ages ages) : api_(api), ages_(ages) {
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

BackendStatus ComfyCensus::status() {
  const std::lock_guard lock(mutex_);
  if (!status_time_ || Clock::now() - *status_time_ > ages_.status) {
    wants_status_ = true;
    wanted_.notify_one();
  }
  BackendStatus status = status_;
  status.healthy = is_reached_ && dead_worker_.empty();
  return status;
}

std::vector<ModelEntry> ComfyCensus::models() {
  const std::lock_guard lock(mutex_);
  if (!models_time_ || Clock::now() - *models_time_ > ages_.models) {
    wants_models_ = true;
    wanted_.notify_one();
  }
  return models_;
}

void ComfyCensus::note_success() {
  const std::lock_guard lock(mutex_);
  dead_worker_.clear();
  is_reached_ = true;
}

void ComfyCensus::note_error(std::string message) {
  const std::lock_guard lock(mutex_);
  status_.last_error = std::move(message);
}

void ComfyCensus::note_dead_worker(std::string message, std::uint64_t endings) {
  const std::lock_guard lock(mutex_);
  dead_worker_ = message;
  dead_endings_ = endings;
  dead_since_ = Clock::now();
  status_.last_error = std::move(message);
}

std::string ComfyCensus::dead_worker(std::uint64_t endings) const {
  const std::lock_guard lock(mutex_);
  const bool is_recent = Clock::now() - dead_since_ < kDeadTime && dead_endings_ == endings;
  return is_recent ? dead_worker_ : std::string();
}

void ComfyCensus::note_alive() {
  const std::lock_guard lock(mutex_);
  dead_worker_.clear();
}

void ComfyCensus::serve(const std::stop_token& stop) {
  while (true) {
    bool is_status = false;
    {
      std::unique_lock lock(mutex_);
      if (!wanted_.wait(lock, stop, [&] { return wants_status_ || wants_models_; })) return;
      is_status = wants_status_;
    }
    if (is_status) {
      look_up_status(stop);
    } else {
      look_up_models(stop);
    }
  }
}

void ComfyCensus::look_up_status(const std::stop_token& stop) {
  const auto stats = api_.stats(stop);
  const auto queue = stats ? api_.queue_length(stop) : ComfyResult<std::uint32_t>(0);
  const std::lock_guard lock(mutex_);
  wants_status_ = false;
  status_time_ = Clock::now();
  if (!stats) {
    is_reached_ = false;
    status_.last_error = stats.error().message;
    return;
  }
  is_reached_ = true;
  status_.version = "ComfyUI " + stats->version;
  status_.vram_free_mb = stats->vram_free_mb;
  status_.vram_total_mb = stats->vram_total_mb;
  if (queue) status_.queue = *queue;
}

void ComfyCensus::look_up_models(const std::stop_token& stop) {
  std::vector<ModelEntry> found;
  bool is_whole = true;
  for (const ModelFolder& folder : kFolders) {
    const auto names = api_.models(folder.folder, stop);
    if (!names) {
      // A server without that folder has no such models; any other failure leaves what was known.
      is_whole = is_whole && names.error().status == 404;
      if (!is_whole) break;
      continue;
    }
    for (const std::string& name : *names) {
      found.push_back({.name = name,
                       .path = fmt::format("{}/{}", folder.folder, name),
                       .model_type = folder.type});
    }
  }
  const std::lock_guard lock(mutex_);
  wants_models_ = false;
  models_time_ = Clock::now();
  if (is_whole) models_ = std::move(found);
}

}  // namespace dgxp
