#include "core/backends/comfy_tracker.hpp"

#include <algorithm>
#include <utility>

namespace dgxp {

using std::chrono::milliseconds;
using Kind = ComfyEvent::Kind;

PromptTracker::PromptTracker(const TrackerTimes& times, Time posted, Time now)
    : times_(times),
      job_end_(posted + times.job),
      next_look_(now + times.poll),
      interval_(times.poll),
      last_answer_(now) {}

std::optional<PromptTracker::Time> PromptTracker::stall_end() const {
  if (!last_step_ || over_) return std::nullopt;
  return *last_step_ + times_.stall;
}

std::optional<PromptTracker::Time> PromptTracker::dead_end() const {
  if (!stuck_) return std::nullopt;
  return *stuck_ + times_.worker_dead;
}

TrackerStep PromptTracker::next(Time now) const {
  if (history_) return TrackerStep::ended;
  if (is_lost_) return TrackerStep::lost;
  if (now >= job_end_) return TrackerStep::overdue;
  if (now >= last_answer_ + times_.unreachable) return TrackerStep::unreachable;
  if (const auto end = dead_end(); end && now >= *end) return TrackerStep::worker_dead;
  if (const auto end = stall_end(); end && now >= *end) return TrackerStep::stalled;
  if (now < next_look_) return TrackerStep::wait;
  const bool is_awaited = over_ && now < *over_ + times_.history_late;
  return is_awaited ? TrackerStep::read_history : TrackerStep::look;
}

PromptTracker::Time PromptTracker::due(Time) const {
  Time due = std::min({next_look_, job_end_, last_answer_ + times_.unreachable});
  if (const auto end = dead_end()) due = std::min(due, *end);
  if (const auto end = stall_end()) due = std::min(due, *end);
  return due;
}

void PromptTracker::schedule(Time now) {
  next_look_ = now + interval_;
  interval_ = std::min(times_.slow_poll, interval_ * 3 / 2);
}

void PromptTracker::answered(Time now) {
  last_answer_ = now;
}

void PromptTracker::hear(const ComfyEvent& event, Time now) {
  answered(now);
  switch (event.kind) {
    case Kind::start:
    case Kind::cached:
    case Kind::progress:
    case Kind::state:
      last_step_ = now;
      stuck_.reset();
      return;
    case Kind::executing:
      last_step_ = now;
      if (!event.node.empty()) return;
      break;
    case Kind::success:
    case Kind::error:
    case Kind::interrupted:
      break;
    default:
      return;
  }
  if (over_) {
    // executing(null) comes when history is written: worth another look at once.
    if (event.kind == Kind::executing) next_look_ = now;
    return;
  }
  over_ = now;
  retry_ = milliseconds(5);
  next_look_ = now;
}

void PromptTracker::lose_events(Time now) {
  last_step_.reset();
  if (!over_) next_look_ = now;
  interval_ = times_.poll;
}

void PromptTracker::see_running(Time now) {
  answered(now);
  was_running_ = true;
  stuck_.reset();
  absent_.reset();
  // An error that was no end, or an event that came before its time.
  if (over_ && now >= *over_ + times_.history_late) over_.reset();
  schedule(now);
}

void PromptTracker::see_pending(bool is_stuck, Time now) {
  answered(now);
  absent_.reset();
  if (!is_stuck) {
    stuck_.reset();
  } else if (!stuck_) {
    stuck_ = now;
  }
  schedule(now);
}

void PromptTracker::see_nothing(Time now) {
  answered(now);
  stuck_.reset();
  if (over_ && now < *over_ + times_.history_late) {
    next_look_ = std::min(now + retry_, *over_ + times_.history_late);
    retry_ = std::min(retry_ * 2, milliseconds(500));
    return;
  }
  if (!absent_) {
    absent_ = now;
    next_look_ = now + times_.lost_gap;
  } else if (now >= *absent_ + times_.lost_gap) {
    is_lost_ = true;
  }
}

void PromptTracker::see_history(ComfyHistory history, Time now) {
  answered(now);
  history_ = std::move(history);
}

void PromptTracker::see_failure(Time now) {
  absent_.reset();
  interval_ = times_.poll;
  schedule(now);
}

}  // namespace dgxp
