#include "watchers/debouncer.hpp"

#include <algorithm>
#include <utility>

namespace dgxp {

void Debouncer::add(const Changes& changes, WatchTime now) {
  if (changes.empty()) return;
  if (changes_.empty()) first_ = now;
  last_ = now;
  changes_.add(changes);
}

std::optional<WatchTime> Debouncer::due() const {
  if (changes_.empty()) return std::nullopt;
  return std::min(last_ + times_.quiet, first_ + times_.most);
}

std::optional<Changes> Debouncer::take(WatchTime now) {
  const auto when = due();
  if (!when || now < *when) return std::nullopt;
  return std::exchange(changes_, {});
}

}  // namespace dgxp
