#pragma once

#include <filesystem>
#include <span>
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
};

/// True when the stamp answers the same question and no file has changed since. Decided by
/// content: a file whose times alone changed, or that was written in the same clock tick as the
/// stamp, is read and compared by digest. Reads nothing else, writes nothing, takes no lock.
bool is_up_to_date(const std::filesystem::path& project, const Digest& question);

/// Error: `storage`; a stamp that could not be written is no reason to fail a build.
Result<Done> write_stamp(const std::filesystem::path& project, const StampInput& input);

/// Forgets the stamp (before a build begins to write).
void remove_stamp(const std::filesystem::path& project);

}  // namespace dgxp
