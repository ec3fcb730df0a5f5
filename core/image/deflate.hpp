#pragma once

#include "core/base/bytes.hpp"

namespace dgxp {

/// `data` as a zlib stream (RFC 1950, 1951). The bytes depend on `data` alone: whole-number
/// arithmetic, no library, no threads. Up to 64 KiB, which is every sprite, it searches for nearly
/// the shortest stream; beyond that it takes one quick pass.
Bytes compress_zlib(ByteView data);

}  // namespace dgxp
