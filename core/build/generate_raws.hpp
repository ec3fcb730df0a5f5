#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/build/make_masters.hpp"
#include "core/build/ports.hpp"

namespace dgxp {

struct GenerateRequest {
  std::vector<const Job*> jobs;  ///< in the order they are submitted
  bool only_for_art = false;     ///< all jobs are placeholders: useless if the worker makes such
  OpenWorker open_worker;
  std::stop_token stop;
};

struct GenerateOutcome {
  std::map<std::string, bool> placeholder;  ///< by Job::id, for each raw image that came
  std::vector<FailedJob> failed;
};

/// Sends the jobs to a worker, keeps the raw images in the store as they come, and reports
/// progress. A job that fails is listed and the others go on.
///
/// Error: `worker` when it cannot be reached or is lost; `interrupted` after cancelling;
/// `storage` when a raw image cannot be kept.
Result<GenerateOutcome> generate_raws(const GenerateRequest& request, Store& store,
                                      Reporter& reporter);

}  // namespace dgxp
