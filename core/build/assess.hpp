#pragma once

#include <vector>

#include "core/build/build_memory.hpp"
#include "core/build/check_workflows.hpp"
#include "core/build/inputs.hpp"
#include "core/build/resolve_palettes.hpp"
#include "core/plan/stale.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// `lock` as it is to be read: entries of masters that an interrupted build wrote, but whose lock
/// it did not, are taken from `pending` (which may be none); entries of jobs that the manifest no
/// longer has are gone.
Lock effective_lock(const ProjectSpec& project, const Inputs& inputs, Lock lock,
                    const Lock* pending);

/// What decides the jobs of a project.
struct JobSources {
  const ProjectSpec* project = nullptr;
  const Inputs* inputs = nullptr;
  const Lock* lock = nullptr;
  const Palettes* palettes = nullptr;
  const Workflows* workflows = nullptr;
  JobMemory* memory = nullptr;  ///< of the last build, or nothing
};

/// Every job of the project with its state, in the order of ProjectSpec::masters.
std::vector<AssessedJob> assess_jobs(const JobSources& sources, const StaleOptions& options);

/// Minutes of GPU time that the stale jobs are estimated to cost: 0.1 s a step and frame, as the
/// public DGX-Pixels worker estimates.
double estimate_gpu_minutes(const std::vector<AssessedJob>& jobs);

}  // namespace dgxp
