#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/digest.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// The quick answer to "is there anything to do": after a build that left everything up to date,
/// `.dgxp/stamp` remembers every file that the build read or made by size, inode, mtime, ctime
/// and content digest, and every path that it found absent. It is a cache: damaged or of another
/// version it counts as absent, and deleting it costs only time.
struct StampInput {
  Digest question;                 ///< of what was asked: tool version, manifest name, options
  std::vector<std::string> paths;  ///< relative to the project, present or absent
  /// What the build saw or put in a file (an empty Digest: it found none). What has changed since
  /// is noted as changed, so that a file saved during the build is not taken for built. Paths named
  /// here need not be in `paths`.
  std::map<std::string, Digest> known = {};
  /// When the build began to read. Files that are older need not be read again if their digest is
  /// known; files that are newer and whose digest is not known are noted as changed.
  std::optional<std::chrono::system_clock::time_point> began = {};
};

/// True when the stamp answers the same question and no file has changed since. Decided by
/// content: a file whose times alone changed, or that was written in the same clock tick as the
/// stamp, is read and compared by digest. Reads nothing else, writes nothing, takes no lock.
bool is_up_to_date(const std::filesystem::path& project, const Digest& question);

/// Waits up to 25 ms when files were written a moment ago, so that their times can be told from
/// those of a later change. Error: `storage`; a stamp that could not be written is no reason to
/// fail a build.
Result<Done> write_stamp(const std::filesystem::path& project, const StampInput& input);

/// Forgets the stamp (before a build begins to write).
void remove_stamp(const std::filesystem::path& project);

}  // namespace dgxp
