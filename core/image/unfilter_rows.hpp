#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/bytes.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// Undoes the filters of `raw` rows of 8-bit RGB (3 bytes a pixel, `image` gets alpha 255) or RGBA
/// (4) into the pixels of `image`. `raw` holds for each row a filter byte and its pixels, and has
/// one byte more behind the last. False when a row names a filter that there is not.
bool unfilter_pixels(const Bytes& raw, std::size_t pixel_bytes, Image& image);

/// Undoes in place the filters of rows of `row_bytes` bytes, each behind its filter byte, whose
/// pixels are one byte or less. False as above.
bool unfilter_bytes(Bytes& raw, std::size_t row_bytes);

}  // namespace dgxp
