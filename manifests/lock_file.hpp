#pragma once

#include <cstddef>
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

/// More bytes are no lock.
inline constexpr std::size_t kLargestLock = 16U << 20U;

/// How many masters the text of a write_lock calls placeholders, without reading all of it. Its
/// lines may end in CRLF.
std::size_t count_placeholders(std::string_view lock_text);

}  // namespace dgxp
