#pragma once

#include <string>

#include "core/build/run_build.hpp"

namespace dgxp {

/// The stale jobs and their keys as JSON: what `plan -o` saves and `build --plan` applies.
std::string plan_file_text(const std::vector<AssessedJob>& jobs);

/// Error: `drift` when the project asks for other jobs now than the saved plan says; `input` when
/// the file is not a plan.
Result<Done> check_plan_file(const std::string& path, const BuildRequest& request, Store& store);

}  // namespace dgxp
