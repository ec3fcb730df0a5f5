#pragma once

#include <chrono>
#include <functional>

#include "core/store/project_files.hpp"

namespace dgxp {

/// Takes the exclusive flock on `.dgxp/lock`; it is held until the Descriptor closes, and the
/// kernel frees it when the process dies in whatever way. A second open of the lock in the same
/// process waits for the first like any other process.
///
/// Calls `on_wait` once before waiting. Error: `storage` when it is still held after `timeout`.
Result<Descriptor> take_project_lock(const ProjectFiles& files, std::chrono::seconds timeout,
                                     const std::function<void()>& on_wait);

}  // namespace dgxp
