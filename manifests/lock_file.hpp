#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/spec/lock.hpp"

namespace dgxp {

/// Error: `manifest`, with file:line:col and a caret, also for a conflict marker of git (the hint
/// then says what to do).
Result<Lock> parse_lock(std::string_view file, ByteView content);

/// Sorted YAML, one block a job, LF, no time: `parse_lock(write_lock(lock))` is `lock`, and equal
/// locks give equal text.
std::string write_lock(const Lock& lock);

}  // namespace dgxp
