#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/project.hpp"
#include "core/store/file_memory.hpp"
#include "core/store/log_table.hpp"

namespace dgxp {

/// How a resident project is built.
struct ResidentOptions {
  WorkerChoice worker;
  Sync sync = Sync::yes;
};

/// How one build ended.
struct ResidentBuild {
  enum class Kind {
    done,        ///< `report` says what was made, and what failed
    refused,     ///< `error`; what is wrong with the manifest was shown
    half_saved,  ///< a file is missing or empty, as in the middle of being saved: nothing was done
  };
  Kind kind = Kind::done;
  BuildReport report;
  std::optional<Error> error;
};

/// A project that is built again and again by one process, which remembers what it read. Every
/// build is the one of `dgxp build`, and leaves the same bytes.
class ResidentProject {
 public:
  ResidentProject(const Context& context, ManifestPlace files, ResidentOptions options);

  /// Every file that a build read, looked for or made: those to be told of.
  std::set<std::string> paths() const;
  /// Another number whenever paths() is another set.
  std::size_t paths_revision() const { return memory_.revision(); }
  /// Takes notice of what `paths` hold now. True when one of them holds something else than the
  /// last build read or made.
  bool look_again(const std::set<std::string>& paths);
  /// What look_again() found since the last build, sorted.
  std::vector<std::string> changed() const;

  enum class HalfSaved { waits, is_built };
  /// `changed_now` is asked once the project's lock is held: the paths that were written since.
  /// `on_start` hears what changed() is, unless a half saved file is waited for.
  ResidentBuild build(const std::function<std::set<std::string>()>& changed_now,
                      HalfSaved half_saved,
                      const std::function<void(const std::vector<std::string>&)>& on_start);

  const ManifestPlace& files() const { return files_; }
  ByteView manifest_text() const;

 private:
  std::optional<ChangedFile> look_at_manifest();
  bool is_half_saved() const;
  Result<Done> load_manifest_again();
  void take_notice_of(const BuildReport& report);
  Result<BuildReport> build_in(Store& store);

  Context context_;
  ManifestPlace files_;
  ResidentOptions options_;
  FileMemory memory_;
  ProjectLogs logs_;
  BuildMemory build_memory_;
  LockMemory lock_memory_;
  std::map<std::string, ChangedFile> changed_;
  std::set<std::string> made_by_jobs_;    ///< masters that may be missing
  std::vector<std::string> built_paths_;  ///< of the last build
  std::optional<LoadedManifest> manifest_;
  std::optional<std::optional<Bytes>> seen_manifest_;  ///< an inner nothing: there was none
  Bytes text_;
};

}  // namespace dgxp
