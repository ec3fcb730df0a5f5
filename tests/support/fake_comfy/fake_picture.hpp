#pragma once

#include <map>
#include <string>

#include "core/base/bytes.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// A truecolour PNG (RGB, or RGBA when `alpha`) with tEXt chunks, as image libraries write it.
std::string fake_png(const Image& image, bool alpha,
                     const std::map<std::string, std::string>& texts);

/// A grey JPEG of 8x8 pixels, padded with comments to about `bytes`.
std::string fake_jpeg(int grey, std::size_t bytes);

/// Nearest neighbour.
Image fake_scaled(const Image& image, Size size);

}  // namespace dgxp
