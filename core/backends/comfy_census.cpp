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

ComfyCensus::ComfyCensus(ComfyApi& api, Ages ages)
    : api_(api),
      ages_(ages),
      watch_([this](const std::stop_token& stop) { return look(stop); }, ages.status) {}

BackendStatus ComfyCensus::status() {
  BackendStatus status = watch_.status();
  const std::lock_guard lock(mutex_);
  status.healthy = status.healthy && dead_worker_.empty();
  return status;
}

void ComfyCensus::note_success() {
  note_alive();
  watch_.note_success();
}

void ComfyCensus::note_dead_worker(std::string message, std::uint64_t endings) {
  const std::lock_guard lock(mutex_);
  dead_worker_ = message;
  dead_endings_ = endings;
  dead_since_ = Clock::now();
  watch_.note_error(std::move(message));
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

ServerLook ComfyCensus::look(const std::stop_token& stop) {
  ServerLook seen;
  const auto stats = api_.stats(stop);
  if (!stats) {
    seen.status = known_.status;
    seen.status.healthy = false;
    seen.status.last_error = stats.error().message;
    return seen;
  }
  known_.status.version = "ComfyUI " + stats->version;
  known_.status.vram_free_mb = stats->vram_free_mb;
  known_.status.vram_total_mb = stats->vram_total_mb;
  if (const auto queue = api_.queue_length(stop)) known_.status.queue = *queue;
  seen.status = known_.status;
  if (!known_.models_time || Clock::now() - *known_.models_time > ages_.models) {
    seen.models = look_up_models(stop);
    known_.models_time = Clock::now();
  }
  return seen;
}

/// Nothing when the server did not tell all of them: what was known stays.
std::optional<std::vector<ModelEntry>> ComfyCensus::look_up_models(const std::stop_token& stop) {
  std::vector<ModelEntry> found;
  for (const ModelFolder& folder : kFolders) {
    const auto names = api_.models(folder.folder, stop);
    // A server without that folder has no such models.
    if (!names && names.error().status == 404) continue;
    if (!names) return std::nullopt;
    for (const std::string& name : *names) {
      found.push_back({.name = name,
                       .path = fmt::format("{}/{}", folder.folder, name),
                       .model_type = folder.type});
    }
  }
  return found;
}

}  // namespace dgxp
