#pragma once

#include <optional>

#include "watchers/changes.hpp"
#include "watchers/debouncer.hpp"

namespace dgxp {

/// What happened, and when.
struct SessionEvent {
  enum class Kind {
    changed,         ///< `changes` were seen
    time_passed,     ///< nothing but that
    half_saved,      ///< the `changes` that were to be built are in the middle of being saved
    build_finished,  ///< the build that was asked for has ended, or was not needed
    stop,            ///< somebody asked to end
  };
  Kind kind = Kind::time_passed;
  WatchTime time;
  Changes changes = {};
};

/// What to do now. At most one of `build` and `end`.
struct SessionActions {
  std::optional<Changes> build;      ///< build because of these
  bool is_last_try = false;          ///< with `build`: build even what looks half saved
  bool end = false;                  ///< stop watching
  std::optional<WatchTime> wake_at;  ///< send `time_passed` then, if nothing comes before
};

/// When to build while a project is watched: one build at a time, when a burst of changes is over,
/// and again for what changed meanwhile. A file that is missing or empty in the middle of being
/// saved is waited for, but not longer than `kLongestSave`. Pure: time comes in with the events.
class LiveSession {
 public:
  explicit LiveSession(DebounceTimes times) : debouncer_(times) {}

  SessionActions step(const SessionEvent& event);

  static constexpr std::chrono::milliseconds kLongestSave{500};

 private:
  enum class State { idle, building, ended };
  SessionActions next(WatchTime now);

  Debouncer debouncer_;
  State state_ = State::idle;
  Changes half_saved_;
  std::optional<WatchTime> half_saved_since_;
};

}  // namespace dgxp
