#include "watchers/live_session.hpp"

#include <algorithm>
#include <utility>

namespace dgxp {

SessionActions LiveSession::step(const SessionEvent& event) {
  switch (event.kind) {
    case SessionEvent::Kind::changed:
      debouncer_.add(event.changes, event.time);
      break;
    case SessionEvent::Kind::time_passed:
      break;
    case SessionEvent::Kind::half_saved:
      if (state_ == State::building) state_ = State::idle;
      half_saved_.add(event.changes);
      if (!half_saved_since_) half_saved_since_ = event.time;
      break;
    case SessionEvent::Kind::build_finished:
      if (state_ == State::building) state_ = State::idle;
      half_saved_since_.reset();
      break;
    case SessionEvent::Kind::stop:
      state_ = State::ended;
      break;
  }
  return next(event.time);
}

SessionActions LiveSession::next(WatchTime now) {
  SessionActions actions;
  if (state_ == State::ended) {
    actions.end = true;
    return actions;
  }
  if (state_ == State::building) return actions;
  std::optional<Changes> changes = debouncer_.take(now);
  const bool waits = !half_saved_.empty();
  const WatchTime last_try = half_saved_since_.value_or(now) + kLongestSave;
  const bool is_last_try = half_saved_since_.has_value() && now >= last_try;
  if (changes || (waits && is_last_try)) {
    actions.build = std::move(changes).value_or(Changes{});
    actions.build->add(std::exchange(half_saved_, {}));
    actions.is_last_try = is_last_try;
    state_ = State::building;
    return actions;
  }
  actions.wake_at = debouncer_.due();
  if (waits) actions.wake_at = std::min(actions.wake_at.value_or(last_try), last_try);
  return actions;
}

}  // namespace dgxp
