#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/plan/stale.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

/// The workflows that styles name, by StyleSpec::workflow.
using Workflows = std::map<std::string, WorkflowTemplate>;

/// Those that are files of the project, as they travel.
std::map<std::string, Bytes> encode_workflow_files(const Workflows& workflows);

/// Whether each job's values have a place in its workflow: none may get lost on the way.
///
/// Error: `manifest`, naming job, workflow and value of each (the first eight; jobs alike count as
/// one), with the place where the first one's style names it.
Result<Done> check_workflows(const std::vector<AssessedJob>& jobs, const Workflows& workflows);

}  // namespace dgxp
