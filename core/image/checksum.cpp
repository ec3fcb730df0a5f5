#include "core/image/checksum.hpp"

#include <libdeflate.h>

namespace dgxp {

std::uint32_t crc32(ByteView data) {
  return libdeflate_crc32(0, data.data(), data.size());
}

std::uint32_t adler32(ByteView data) {
  return libdeflate_adler32(1, data.data(), data.size());
}

}  // namespace dgxp
