#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/os.hpp"

namespace dgxp {

// Opening files below a folder so that no name, however hostile, leads out of it: by
// openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS), and where the kernel has
// none (or a sandbox hides it) by walking down part by part with O_NOFOLLOW.

/// "a/./b//c" as "a/b/c". Nothing when the path is absolute, empty, has a part ".." or one longer
/// than 255 bytes, a control character, or more than 4000 bytes.
std::optional<std::string> tidy_path(std::string_view path);

struct SplitPath {
  std::string folder;  ///< "" for the project itself
  std::string name;
};
SplitPath split_path(const std::string& tidy);

/// `path` is relative to the folder `root`. Descriptors are close-on-exec.
/// Error: ELOOP for a symbolic link anywhere, EXDEV for a way out.
OsResult<Descriptor> open_beneath(int root, const std::string& path, int flags, mode_t mode = 0);
OsResult<Descriptor> open_beneath_by_walk(int root, const std::string& path, int flags,
                                          mode_t mode = 0);

/// A folder, for use with the *at calls and fsync; "" is `root` itself.
OsResult<Descriptor> open_folder_beneath(int root, const std::string& folder);

struct MadeFolder {
  Descriptor descriptor;
  std::vector<std::string> changed_parents;  ///< folders that got a new entry, to be synced
};
/// The same, making what is missing.
OsResult<MadeFolder> make_folder_beneath(int root, const std::string& folder);

}  // namespace dgxp
