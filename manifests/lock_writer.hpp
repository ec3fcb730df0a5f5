#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/spec/lock.hpp"

namespace dgxp {

using LockedSlots = std::map<std::string, LockedSlot>;  ///< of one atlas, by frame name

/// Writes one lock after the other, in a process that does so: of each only what differs from the
/// one before is put into words again.
class LockWriter {
 public:
  /// write_lock(lock). Good until the next call.
  const std::string& write(const Lock& lock);
  /// What the last call gave; nothing before the first one.
  const std::string& text() const { return text_; }

 private:
  // Rows and not maps: they are only walked through, beside the maps of a lock.
  struct WrittenJob {
    std::string id;
    LockedJob job;
    std::string text;
  };
  struct WrittenAtlas {
    std::string name;
    std::vector<std::pair<std::string, LockedSlot>> slots;
    std::string text;
  };
  /// True when they are not those of before.
  bool update_jobs(const std::map<std::string, LockedJob>& jobs);
  bool update_layout(const std::map<std::string, LockedSlots>& layout);

  std::vector<WrittenJob> jobs_;
  std::map<std::string, LockedPalette> palettes_;
  std::vector<WrittenAtlas> layout_;
  std::string text_;
};

}  // namespace dgxp
