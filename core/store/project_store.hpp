#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/build/ports.hpp"

namespace dgxp {

struct ProjectLogs;

enum class Sync { yes, no };

struct StoreOptions {
  std::string manifest = {};  ///< its file name: each has its own log of what it delivered
  Sync sync = Sync::yes;      ///< fsync before rename, and each folder once a delivery
  std::chrono::seconds lock_timeout{60};
  /// Called once when another process holds the project's lock, before waiting for it.
  std::function<void()> on_wait = [] {};
  /// Of the stores of this project before, in a process that opens several; it has to outlive them.
  ProjectLogs* logs = nullptr;
};

/// Opens the project in `folder` (that of the manifest) for writing: makes `.dgxp/` (with a
/// .gitignore of its own), takes the exclusive flock on `.dgxp/lock` (held until the returned
/// object dies), empties `.dgxp/stage/` and removes `.dgxp-*.tmp` litter.
///
/// A Store is for one thread; read(), read_if_present() and find_raw() alone may be called from
/// several at once. Paths in messages are `folder` joined with the path, as the user named it.
///
/// Error: `storage` with path and reason; when the lock is still held after `lock_timeout`.
Result<std::unique_ptr<Store>> open_project(const std::filesystem::path& folder,
                                            const StoreOptions& options);

/// The same for verbs that only look (`plan`, `check`, `status`, `explain`): makes nothing, takes
/// no lock; its writing calls are an Error `storage`.
Result<std::unique_ptr<Store>> open_project_read_only(const std::filesystem::path& folder);

/// Reads and replaces a plain file anywhere, for the verbs on files (`recover`, `pack` ...). "-" is
/// standard input or output.
Result<Bytes> read_plain_file(const std::filesystem::path& path, std::size_t max_bytes);
Result<Done> write_plain_file(const std::filesystem::path& path, ByteView content);

}  // namespace dgxp
