#pragma once

#include "core/plan/job.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {

/// What a worker is told of a job. The id is the job's key; the workflow and the references go by
/// digest.
GenerateMessage make_generate(const Job& job);

}  // namespace dgxp
