#pragma once

// Decides, from what was seen and heard of one posted prompt, what to do next. HTTP decides how a
// prompt ends; the WebSocket only says that it is worth a look. Time is an argument.

#include <chrono>
#include <optional>

#include "core/backends/comfy_api.hpp"
#include "core/backends/comfy_events.hpp"

namespace dgxp {

struct TrackerTimes {
  std::chrono::milliseconds job{30 * 60'000};      ///< from the first POST, queue included
  std::chrono::milliseconds stall{10 * 60'000};    ///< without a step, while steps are heard of
  std::chrono::milliseconds poll{1'000};           ///< between two looks
  std::chrono::milliseconds slow_poll{2'000};      ///< what it grows to
  std::chrono::milliseconds lost_gap{2'000};       ///< between two looks that find nothing
  std::chrono::milliseconds history_late{5'000};   ///< for history behind a success
  std::chrono::milliseconds worker_dead{15'000};   ///< prompts wait and none runs
  std::chrono::milliseconds unreachable{120'000};  ///< without any answer
};

enum class TrackerStep {
  wait,          ///< nothing is due before due()
  look,          ///< ask /queue, and /history when it is not there
  read_history,  ///< ask /history
  ended,         ///< history() says how
  lost,          ///< neither queue nor history has it
  worker_dead,   ///< the server takes prompts and runs none
  stalled,
  overdue,
  unreachable,
};

class PromptTracker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// `posted` is when its first attempt began.
  PromptTracker(const TrackerTimes& times, Time posted, Time now);

  TrackerStep next(Time now) const;
  /// When next() may answer otherwise than now, if nothing is seen or heard meanwhile.
  Time due(Time now) const;

  void hear(const ComfyEvent& event, Time now);
  /// The socket that told of this prompt is gone: steps are no longer heard of.
  void lose_events(Time now);
  void see_running(Time now);
  /// `is_stuck`: no prompt runs.
  void see_pending(bool is_stuck, Time now);
  /// It is neither in the queue nor in history.
  void see_nothing(Time now);
  void see_history(ComfyHistory history, Time now);
  /// The server did not answer.
  void see_failure(Time now);

  const std::optional<ComfyHistory>& history() const { return history_; }
  bool was_running() const { return was_running_; }

 private:
  void schedule(Time now);
  void answered(Time now);
  std::optional<Time> stall_end() const;
  std::optional<Time> dead_end() const;

  TrackerTimes times_;
  Time job_end_;
  Time next_look_;
  std::chrono::milliseconds interval_;
  Time last_answer_;
  std::optional<Time> over_;  ///< when an event first said so
  std::chrono::milliseconds retry_{0};
  std::optional<Time> absent_;  ///< since when
  bool is_lost_ = false;
  std::optional<Time> stuck_;      ///< since when
  std::optional<Time> last_step_;  ///< heard of
  bool was_running_ = false;
  std::optional<ComfyHistory> history_;
};

}  // namespace dgxp
