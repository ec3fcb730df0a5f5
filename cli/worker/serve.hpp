#pragma once

#include "cli/commands/commands.hpp"

namespace dgxp {

/// Serves until it is asked to stop.
int run_worker_command(const Context& context, const WorkerArguments& arguments);

}  // namespace dgxp
