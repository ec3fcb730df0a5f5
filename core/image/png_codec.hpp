#pragma once

#include "core/base/bytes.hpp"
#include "core/base/geometry.hpp"
#include "core/base/result.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// What a PNG may be before a byte is allocated for it.
struct PngLimits {
  Size max_size{4096, 4096};
  std::size_t max_bytes = 32U << 20U;
};

/// Strict: any bit depth and colour type, no ancillary chunk is looked at but tRNS, everything up
/// to IEND must be there and nothing behind it.
///
/// Error: `input`, without a file name (the caller adds it).
Result<Image> decode_png(ByteView content, PngLimits limits = {});

/// An indexed PNG of the least bit depth: IHDR, PLTE, tRNS, IDAT, IEND and nothing else. Colours
/// stand in PLTE in the order of first use after the transparent one, so the same pixels give the
/// same bytes. More than 256 different colours, or a partly transparent pixel: RGBA truecolour.
/// Bytes depend on nothing but the pixels (not on machine, thread count or the zlib installed).
Bytes encode_png(const Image& image);

}  // namespace dgxp
