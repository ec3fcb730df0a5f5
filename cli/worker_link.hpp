#pragma once

#include <string>

#include "cli/project.hpp"
#include "core/worker/worker_query.hpp"

namespace dgxp {

/// The worker to look at: `flag`, or what choose_worker finds from the folder in which dgxp works.
/// Error: `usage`, when that is the embedded one, which lives only as long as a build.
Result<WorkerEndpoint> find_worker(const Context& context, const std::string& flag);
Result<WorkerQuery> open_worker_query(const Context& context, const std::string& flag);

}  // namespace dgxp
