#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/spec/lock.hpp"

namespace dgxp {

using LockedSlots = std::map<std::string, LockedSlot>;  ///< of one atlas, by frame name

/// An entry of a lock as it was put into words.
template <typename Value>
struct WrittenEntry {
  std::string key;
  Value value;
  std::string text;
};

/// Writes one lock after the other, in a process that does so: of each only what differs from the
/// one before is put into words again.
class LockWriter {
 public:
  /// write_lock(lock). Good until the next call.
  const std::string& write(const Lock& lock);
  /// What the last call gave; nothing before the first one.
  const std::string& text() const { return text_; }

 private:
  using WrittenSlots = std::vector<std::pair<std::string, LockedSlot>>;

  // Rows and not maps: they are only walked through, beside the maps of a lock.
  std::vector<WrittenEntry<LockedJob>> jobs_;
  std::map<std::string, LockedPalette> palettes_;
  std::vector<WrittenEntry<WrittenSlots>> layout_;
  std::string text_;
};

}  // namespace dgxp
