#pragma once

#include <span>
#include <string>

#include "core/worker/backend.hpp"
#include "core/worker/server_core.hpp"

namespace dgxp {

struct NamedBackendStatus {
  std::string name;
  BackendStatus status;
};

/// What a worker has done and how its backends are, in the text format of Prometheus (0.0.4).
std::string metrics_text(const ServerCounters& counters,
                         std::span<const NamedBackendStatus> backends, const std::string& version);

}  // namespace dgxp
