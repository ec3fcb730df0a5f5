#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.hpp"
#include "core/plan/job.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// Why a job's master is used as it is, or must be drawn (again).
enum class JobState {
  fresh,
  edited,            ///< its pixels were changed by hand: used as it is
  edited_outdated,   ///< edited, and its recipe changed since: kept, the user is told
  recovery_changed,  ///< other recovery options: recovered again when the raw image is at hand
  is_new,            ///< neither in the lock nor on disk
  recipe_changed,
  rerolled,
  seed_changed,    ///< the project's or the sprite's seed changed
  master_missing,  ///< in the lock, but its file is gone
  placeholder,     ///< drawn by the procedural backend, and a real worker is configured
};

/// "fresh", "new", "recipe changed" ...
std::string_view to_text(JobState state);

/// True for the states that need a raw image.
bool needs_generation(JobState state);

struct AssessedJob {
  Job job;  ///< as it would be sent today
  const MasterSpec* master = nullptr;
  JobState state = JobState::fresh;
  std::optional<Digest> present;  ///< pixel digest of the master's file, if there is one
};

struct StaleOptions {
  bool real_worker = false;       ///< a worker other than the embedded one is configured
  bool overwrite_edited = false;  ///< edited masters are drawn again when their recipe changed
};

/// The state of one job, from the lock's entry (or nullptr), what is on disk and what is wanted.
JobState find_job_state(const Job& job, const Digest& recovery, const LockedJob* locked,
                        const std::optional<Digest>& present, const StaleOptions& options);

}  // namespace dgxp
