#include "core/image/deflate.hpp"

#include <memory>
#include <new>

#include <libdeflate.h>

namespace dgxp {
namespace {

struct Free {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

}  // namespace

Bytes compress_zlib(ByteView data) {
  const std::unique_ptr<libdeflate_compressor, Free> compressor(libdeflate_alloc_compressor(12));
  if (!compressor) throw std::bad_alloc();
  Bytes stream(libdeflate_zlib_compress_bound(compressor.get(), data.size()));
  stream.resize(libdeflate_zlib_compress(compressor.get(), data.data(), data.size(), stream.data(),
                                         stream.size()));
  return stream;
}

std::uint32_t crc32(ByteView data) {
  return libdeflate_crc32(0, data.data(), data.size());
}

}  // namespace dgxp
