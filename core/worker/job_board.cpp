#include "core/worker/job_board.hpp"

#include <algorithm>

#include "core/worker/progress_event.hpp"

namespace dgxp {

bool is_open_state(std::string_view state) {
  return state == "queued" || state == "running";
}

std::vector<JobView> JobBoard::take_snapshot(const StatusInfoMessage& info,
                                             const Envelope& envelope) {
  std::map<std::string, JobView> before;
  before.swap(jobs_);
  std::vector<JobView> changed;
  for (const JobEntry& entry : info.jobs) {
    const auto known = before.find(entry.job_id);
    JobView view = known != before.end() ? known->second : JobView{.id = entry.job_id};
    view.state = peer_text(entry.state);
    view.step = entry.step;
    view.total_steps = entry.total_steps;
    view.error = peer_text(entry.error);
    if (known == before.end() || !(view == known->second)) changed.push_back(view);
    jobs_.emplace(entry.job_id, std::move(view));
  }
  epoch_ = envelope.epoch;
  seq_ = envelope.seq.value_or(0);
  is_stale_ = false;
  return changed;
}

bool JobBoard::is_news(const Message& update) {
  if (!update.envelope.epoch || !update.envelope.seq) return true;  // of a worker of 1.0
  if (update.envelope.epoch != epoch_) {
    is_stale_ = true;
    return false;
  }
  const std::uint64_t seq = *update.envelope.seq;
  const bool is_heartbeat = std::holds_alternative<StatusInfoMessage>(update.body);
  if (seq <= seq_) return false;
  if (is_heartbeat || seq != seq_ + 1) is_stale_ = true;
  seq_ = seq;
  return !is_heartbeat;
}

std::optional<JobView> JobBoard::take_update(const Message& update) {
  if (!is_news(update)) return std::nullopt;
  const auto job = [&](const std::string& id, std::string_view state) -> JobView& {
    JobView& view = jobs_[id];
    view.id = id;
    view.state = state;
    return view;
  };
  if (const auto* started = std::get_if<JobStartedMessage>(&update.body)) {
    return job(started->job_id, "running");
  }
  if (const auto* progress = std::get_if<ProgressMessage>(&update.body)) {
    JobView& view = job(progress->job_id, "running");
    const WorkerEvent event = progress_event({}, *progress);
    view.stage = event.stage;
    view.step = static_cast<std::uint32_t>(event.step);
    view.total_steps = static_cast<std::uint32_t>(event.total_steps);
    view.eta_seconds = event.eta_seconds;
    return view;
  }
  if (const auto* preview = std::get_if<PreviewMessage>(&update.body)) {
    JobView& view = job(preview->job_id, "running");
    view.preview = preview->image;
    view.preview_path = peer_text(preview->image_path);
    return view;
  }
  if (const auto* done = std::get_if<JobCompleteMessage>(&update.body)) {
    JobView& view = job(done->job_id, "done");
    view.step = view.total_steps;
    view.eta_seconds = 0;
    return view;
  }
  if (const auto* error = std::get_if<JobErrorMessage>(&update.body)) {
    JobView& view = job(error->job_id, error->cancelled ? "cancelled" : "failed");
    view.error = error->cancelled ? "" : peer_text(error->error);
    return view;
  }
  return std::nullopt;
}

}  // namespace dgxp
