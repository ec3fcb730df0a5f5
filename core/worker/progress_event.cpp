#include "core/worker/progress_event.hpp"

#include <algorithm>
#include <utility>

#include "core/base/diagnostic.hpp"

namespace dgxp {
namespace {

constexpr std::uint32_t kMostSteps = 1000000;
constexpr double kLongestEta = 1e9;
constexpr std::size_t kLongestText = 1000;

}  // namespace

std::string peer_text(std::string_view text) {
  return escape_for_terminal(text.substr(0, kLongestText));
}

WorkerEvent progress_event(const Digest& key, const ProgressMessage& progress) {
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::progress;
  event.key = key;
  event.stage = peer_text(progress.stage);
  event.total_steps = static_cast<int>(std::min(progress.total_steps, kMostSteps));
  event.step = std::min(static_cast<int>(std::min(progress.step, kMostSteps)), event.total_steps);
  event.eta_seconds = std::clamp(progress.eta_s, 0.0, kLongestEta);
  return event;
}

WorkerEvent preview_event(const Digest& key, std::uint32_t step, Bytes picture) {
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::preview;
  event.key = key;
  event.step = static_cast<int>(std::min(step, kMostSteps));
  event.picture = std::move(picture);
  return event;
}

}  // namespace dgxp
