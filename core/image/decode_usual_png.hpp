#pragma once

#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/geometry.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// The picture of a PNG as most programs write one: not interlaced, 8-bit RGB, RGBA or gray, or a
/// palette. Several times faster than libpng, because the whole stream is inflated at once.
/// `content` is a row of whole chunks behind the signature, and `size` what its header says.
///
/// Nothing when the PNG is of another form or anything is wrong with it: libpng then decides.
std::optional<Image> decode_usual_png(ByteView content, Size size);

}  // namespace dgxp
