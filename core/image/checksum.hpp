#pragma once

#include <cstdint>

#include "core/base/bytes.hpp"

namespace dgxp {

/// The CRC-32 of PNG and zip.
std::uint32_t crc32(ByteView data);

/// The checksum at the end of a zlib stream.
std::uint32_t adler32(ByteView data);

}  // namespace dgxp
