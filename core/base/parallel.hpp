#pragma once

#include <cstddef>
#include <functional>

namespace dgxp {

/// Calls `task(i)` once for every i in [0, count) on up to `threads` threads (at least 1) and
/// returns when all have ended. Which thread runs which i is not fixed, so a task writes only to
/// its own slot: then the result does not depend on the number of threads. A task must not throw.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& task);

}  // namespace dgxp
