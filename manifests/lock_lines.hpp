#pragma once

#include <optional>
#include <string_view>

#include "core/spec/lock.hpp"

namespace dgxp {

/// Reads a lock that is byte for byte what write_lock writes, many times faster than a YAML parser.
/// Nothing for any other text, good or bad: then YAML decides.
std::optional<Lock> parse_lock_lines(std::string_view text);

/// True for keys that stand in a lock without quotes: no reader takes them for a number or a word
/// like null.
bool is_plain_key(std::string_view key);

std::string_view to_text(Origin origin);
std::optional<Origin> parse_origin(std::string_view word);

// What a lock may hold, whichever way it is read.
inline constexpr int kLockVersion = 1;
inline constexpr std::int64_t kLargestSlot = 65'535;  ///< of page, x and y
inline constexpr std::int64_t kLargestReroll = 1'000'000;
inline constexpr std::size_t kMostLockedColors = 256;
inline constexpr std::int64_t kMostAddedColors = 255;  ///< PaletteSpec::extend

}  // namespace dgxp
