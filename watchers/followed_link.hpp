#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "watchers/change_source.hpp"

namespace dgxp {

/// A file that may be a symbolic link, wherever it leads to: tells of changes behind the link.
/// Those of the link itself are the business of whoever watches its folder.
class FollowedLink {
 public:
  FollowedLink(std::filesystem::path link, SourceOptions options)
      : link_(std::move(link)), options_(options) {}

  /// Watches what the link leads to now, over other links if need be; nothing for a plain file.
  /// Error: when that can be watched in no way.
  Result<Done> look();
  /// Whether something behind the link may have changed since the last call. Never waits.
  bool take();
  /// As of ChangeSource.
  std::vector<int> descriptors() const;
  std::optional<std::chrono::milliseconds> interval() const;

 private:
  struct Step {
    std::filesystem::path path;
    OpenedSource source;
  };
  std::filesystem::path link_;
  SourceOptions options_;
  std::vector<Step> steps_;
};

/// The files that `path` leads to, the last of which is no link (or is missing). At most as many as
/// the kernel would follow.
std::vector<std::filesystem::path> follow_link(const std::filesystem::path& path);

}  // namespace dgxp
