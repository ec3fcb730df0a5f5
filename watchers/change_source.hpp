#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "core/base/result.hpp"
#include "watchers/changes.hpp"

namespace dgxp {

/// Tells which of a set of files may have changed. For one thread.
class ChangeSource {
 public:
  virtual ~ChangeSource() = default;
  /// From now on these files are watched, whether they exist or not, and no others. Paths are
  /// relative to the project, '/' between parts, tidy. What changed before this call may stay
  /// untold: look at the files after it. True when folders are watched that were not before.
  virtual Result<bool> watch(const std::set<std::string>& paths) = 0;
  /// What has changed since the last call. Never waits.
  virtual Changes take() = 0;
  /// Readable when take() has something; -1 when only time can tell.
  virtual int descriptor() const = 0;
  /// How often take() has to be called anyway; nothing = never.
  virtual std::optional<std::chrono::milliseconds> interval() const = 0;
};

using OpenSource = Result<std::unique_ptr<ChangeSource>> (*)(const std::filesystem::path& project);

struct SourceOptions {
  std::optional<std::chrono::milliseconds> poll = {};  ///< asked for: look this often, no events
  OpenSource open_events = nullptr;                    ///< instead of those of the kernel
};

struct OpenedSource {
  std::unique_ptr<ChangeSource> source;
  std::string name;  ///< "inotify" or "polling"
  std::string note;  ///< why it is polling though nobody asked for it, or ""
};

/// Events of the kernel where there are any, else looking at all files in turns: on network file
/// systems, which tell nothing of what other machines write, and when the kernel has no room.
OpenedSource open_change_source(const std::filesystem::path& project, const SourceOptions& options);

inline constexpr std::chrono::milliseconds kPollInterval{500};

/// Waits until one of the descriptors is readable (or closed), but not longer than `timeout`
/// (nothing = for ever); those that are -1 are left out. No descriptor and no time-out: at once.
void wait_for_any(std::span<const int> descriptors,
                  std::optional<std::chrono::milliseconds> timeout);

}  // namespace dgxp
