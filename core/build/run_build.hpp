#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "core/build/build_memory.hpp"
#include "core/build/check_workflows.hpp"
#include "core/build/make_masters.hpp"
#include "core/build/ports.hpp"
#include "core/build/render_outputs.hpp"
#include "core/plan/stale.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// What a build may do.
enum class BuildMode {
  build,   ///< everything that is needed
  locked,  ///< no worker, no master, no lock: outputs from what git holds
  check,   ///< as locked, and writes nothing at all
};

struct BuildRequest {
  const ProjectSpec* project = nullptr;
  Lock lock;  ///< assets.lock, empty when there is none
  std::string lock_path = "assets.lock";
  std::string lock_text;                ///< its bytes now, "" when there is none
  std::shared_ptr<const Lock> pending;  ///< at pending_lock_path, of an interrupted build, or none
  std::function<std::string(const Lock&)> write_lock;  ///< the text of a lock
  BuildMode mode = BuildMode::build;
  StaleOptions stale;
  std::set<std::string> recover_again;  ///< jobs to recover from their raw image, fresh or not
  bool recover_edited = false;          ///< those of them that were edited by hand, too
  std::optional<std::set<std::string>> told;  ///< masters that notes and findings are wanted of
  Repack repack = Repack::no;
  int threads = 1;
  OpenWorker open_worker;
  Workflows workflows;  ///< those that styles name
  std::stop_token stop;
  BuildMemory* memory = nullptr;  ///< of the builds before, in a process that makes several
};

/// Where a build notes the lock it is about to write, before the first master changes: so the next
/// one can tell its own masters from edited ones when it was killed in between.
std::string pending_lock_path(const std::string& lock_path);

/// How an output on disk differs from what is made of masters, manifest and lock.
struct Drift {
  enum class Kind { missing, differs, same_pixels };
  std::string path;
  Kind kind = Kind::differs;
};

struct BuildReport {
  std::vector<AssessedJob> jobs;  ///< with the state they had before the build
  MadeMasters made;
  DeliveryReport delivery;
  bool lock_written = false;
  bool lock_outdated = false;  ///< the lock on disk is not what a build would write
  std::vector<Drift> drift;    ///< for locked and check, sorted by path
  std::vector<std::string> notes;
  std::vector<Finding> findings;
  std::vector<std::string> paths;  ///< every file read or made, for the build stamp
  bool is_complete = true;         ///< false when outputs were not made (failed jobs)
};

/// One line a stage: gather, assess, make masters, render, write masters and lock, deliver.
///
/// Error: any kind; then no output has been touched (masters and raw images may have been kept).
Result<BuildReport> run_build(BuildRequest request, Store& store, Reporter& reporter);

/// What stands before the first change: everything `plan`, `status` and `explain` need.
struct Assessment {
  Inputs inputs;
  Lock lock;
  Palettes palettes;
  std::vector<AssessedJob> jobs;
};
Result<Assessment> assess(const BuildRequest& request, Store& store);

/// How each file differs from what is on disk; files that are equal are left out.
Result<std::vector<Drift>> find_drift(const std::vector<OutputFile>& files, Store& store);

}  // namespace dgxp
