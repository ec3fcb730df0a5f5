#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/worker/protocol.hpp"
#include "core/worker/worker_client.hpp"

namespace dgxp {

/// What a worker says of itself, for people who look for what is wrong.
struct WorkerReport {
  std::chrono::microseconds round_trip{0};  ///< of a ping
  bool speaks_1_1 = false;
  bool updates_arrive = false;  ///< of a worker of 1.1, which greets new subscribers
  StatusInfoMessage status;
  std::vector<ModelEntry> models;
};

/// Asks a worker how it is; `endpoint.reply_timeout` for each of the three questions.
///
/// Error: `usage` for a bad or unprotected address; `worker` when there is no answer, with who
/// listens there instead.
Result<WorkerReport> probe_worker(const WorkerEndpoint& endpoint);

}  // namespace dgxp
