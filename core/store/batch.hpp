#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/store/project_files.hpp"
#include "core/store/project_store.hpp"

namespace dgxp {

/// Files on their way into the project. They are written to `.dgxp/stage/`, outside of every
/// folder that someone watches but on the same file system, brought to disk, and then moved in by
/// one rename each, so that no reader ever sees half a file (ARCHITECTURE.md "Delivery"). What was
/// not published when a Batch dies is removed.
///
/// Errors: `storage` with path and reason; the files in place are then still whole.
class Batch {
 public:
  Batch(const ProjectFiles& files, Sync sync)
      : files_(files), sync_(sync), folders_(files.root()) {}
  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  /// Whether the file is missing or holds something else. Error also when there is something else
  /// than a file in that place: a folder or a link.
  Result<bool> differs(const std::string& path, ByteView content);
  /// Writes the content aside. `path` is tidy.
  Result<Done> stage(const std::string& path, ByteView content);
  /// What was staged is now on the disk and the folders that it goes to are there.
  Result<Done> settle();
  /// Moves all that was staged into place, in the order of staging.
  Result<Done> publish();
  /// Removes a file; one that is already gone is no error.
  Result<Done> remove(const std::string& path);
  /// Brings to disk the folders in which something was published or removed.
  Result<Done> sync_folders();

 private:
  struct Staged {
    std::string path;
    std::string name;  ///< in the stage folder
    Descriptor file;   ///< until it is settled
  };
  Result<Done> write_staged(Staged& staged, ByteView content);
  Result<Done> settle_files();
  Result<Done> make_target_folders();
  Result<Done> publish_one(const Staged& staged);
  int move_across(const Staged& staged, int folder, const SplitPath& target);
  void keep_mode(const Staged& staged);

  static constexpr std::size_t kMaxUnsettled = 64;
  const ProjectFiles& files_;
  Sync sync_;
  FolderCache folders_;
  Descriptor stage_folder_;
  std::vector<Staged> staged_;
  std::size_t settled_ = 0;    ///< how many of staged_ are on disk
  std::size_t published_ = 0;  ///< how many of staged_ are in place
  std::set<std::string> changed_folders_;
};

/// Removes what a killed process left in `.dgxp/stage/`. Only under the project's lock.
void empty_stage(const ProjectFiles& files);

/// Removes `.dgxp-*.tmp` from a folder, left by a process killed while it moved a file to another
/// file system. Only under the project's lock.
void remove_litter(const ProjectFiles& files, const std::string& folder);

/// The folders in which a Batch ever had to make such files.
std::vector<std::string> folders_with_litter(const ProjectFiles& files);

}  // namespace dgxp
