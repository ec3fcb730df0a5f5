#pragma once

#include "core/base/bytes.hpp"
#include "core/base/geometry.hpp"
#include "core/base/result.hpp"
#include "core/image/image.hpp"
#include "core/image/png_rows.hpp"

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

/// What decode_png says of the size, from the header alone.
///
/// Error: `input`, as decode_png.
Result<Size> read_png_size(ByteView content, PngLimits limits = {});

/// How long encode_png may search.
enum class PngEffort {
  fast,   ///< one quick pass, for watching and previews
  small,  ///< orders of the palette, bit depths and filters are tried: for what is kept
};

enum class PngColors {
  indexed,  ///< a palette wherever one is possible, as masters have, for those who edit them
  any,      ///< gray or truecolour where that is smaller
};

/// A PNG of IHDR, PLTE, tRNS, IDAT, IEND and nothing else; the transparent colour of a palette
/// stands first. More than 256 different colours, or a partly transparent pixel: RGBA truecolour.
/// Bytes depend on nothing but the arguments (not on machine, thread count or the zlib installed).
Bytes encode_png(const Image& image, PngEffort effort = PngEffort::small,
                 PngColors colors = PngColors::indexed);
/// The same bytes for a picture that index_colors has seen. It may not be empty. `memory`, of a
/// picture encoded before or empty, has no say in the bytes, and becomes that of this one.
struct PngMemory;
Bytes encode_png(const IndexedImage& image, PngEffort effort, PngColors colors = PngColors::indexed,
                 PngMemory* memory = nullptr);

}  // namespace dgxp
