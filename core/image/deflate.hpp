#pragma once

#include <cstdint>

#include "core/base/bytes.hpp"

namespace dgxp {

/// `data` as a zlib stream (RFC 1950).
Bytes compress_zlib(ByteView data);

/// The CRC-32 of PNG and zip.
std::uint32_t crc32(ByteView data);

}  // namespace dgxp
