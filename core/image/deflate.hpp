#pragma once

#include <span>

#include "core/base/bytes.hpp"
#include "core/image/deflate_block.hpp"
#include "core/image/deflate_token.hpp"

namespace dgxp {

inline constexpr std::size_t kThoroughBytes = std::size_t{64} << 10U;

enum class DeflateEffort { fast, small };

/// `data` as a zlib stream (RFC 1950, 1951). The bytes depend on `data` and `effort` alone:
/// whole-number arithmetic, no threads, no library but for the checksum. `small` searches for
/// nearly the shortest stream up to kThoroughBytes, which is every sprite; beyond that it takes one
/// quick pass, as `fast` always does.
Bytes compress_zlib(ByteView data, DeflateEffort effort = DeflateEffort::small);

/// The stream of tokens that stand for `data`.
Bytes write_zlib(ByteView data, std::span<const DeflateToken> tokens, BlockCare care);

}  // namespace dgxp
