#pragma once

#include <iterator>
#include <string>
#include <utility>

namespace dgxp {

/// Finds entries of a map by keys that mostly come in its order: the next one is tried first, which
/// saves comparing a key with ten others. Entries may be added meanwhile, but not removed.
template <typename Map>
class InOrder {
 public:
  explicit InOrder(Map& map) : map_(map), next_(map.begin()) {}

  /// nullptr when there is none.
  auto* find(const std::string& key) {
    const bool is_next = next_ != map_.end() && next_->first == key;
    const auto found = is_next ? next_ : map_.find(key);
    if (found == map_.end()) return static_cast<decltype(&found->second)>(nullptr);
    next_ = std::next(found);
    return &found->second;
  }

 private:
  Map& map_;
  decltype(std::declval<Map&>().begin()) next_;
};

}  // namespace dgxp
