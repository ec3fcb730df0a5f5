#pragma once

#include <memory>
#include <vector>

#include "core/build/ports.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// A worker in this process: server and client on one ZeroMQ context, by inproc. Nothing is
/// started before the first call that needs it.
std::unique_ptr<Worker> start_embedded_worker(std::vector<std::shared_ptr<Backend>> backends);

}  // namespace dgxp
