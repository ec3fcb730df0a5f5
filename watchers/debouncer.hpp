#pragma once

#include <chrono>
#include <optional>

#include "watchers/changes.hpp"

namespace dgxp {

using WatchTime = std::chrono::steady_clock::time_point;

struct DebounceTimes {
  std::chrono::milliseconds quiet{25};  ///< without an event, then it is acted on
  std::chrono::milliseconds most{250};  ///< after the first event, however many follow
};

/// Gathers events until a burst of them is over: an editor's save is several, a checkout thousands.
class Debouncer {
 public:
  explicit Debouncer(DebounceTimes times) : times_(times) {}

  void add(const Changes& changes, WatchTime now);
  /// When take() has something; nothing while there is no change.
  std::optional<WatchTime> due() const;
  /// All changes since the last take(), once they are due; else nothing.
  std::optional<Changes> take(WatchTime now);

 private:
  DebounceTimes times_;
  Changes changes_;
  WatchTime first_;
  WatchTime last_;
};

}  // namespace dgxp
