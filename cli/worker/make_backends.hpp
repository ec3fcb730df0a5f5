#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/worker/backend.hpp"
#include "manifests/worker_config.hpp"

namespace dgxp {

/// What a worker of this configuration draws with; one backend for each URL.
///
/// `headers` ("Name: value") come before those of the header file and of DGXP_WORKER_HEADERS.
/// Error: `usage` for an option that is no use with this backend or a bad URL or header;
/// `storage`, when a file or the state folder cannot be opened.
Result<std::vector<std::shared_ptr<Backend>>> make_backends(const WorkerConfig& config,
                                                            std::vector<std::string> headers,
                                                            int threads);

/// "procedural", when nothing is said.
std::string backend_name(const WorkerConfig& config);

}  // namespace dgxp
