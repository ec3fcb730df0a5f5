#pragma once

#include <map>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/geometry.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// A truecolour PNG (RGB, or RGBA when `alpha`) with tEXt chunks, as image libraries write it.
std::string fake_png(const Image& image, bool alpha,
                     const std::map<std::string, std::string>& texts);

/// A grey JPEG of 8x8 pixels, padded with comments to about `bytes`.
std::string fake_jpeg(int grey, std::size_t bytes);

/// Nearest neighbour.
Image fake_scaled(const Image& image, Size size);

/// Borders of a mask (grey) fading in over that many pixels.
struct FakeBorders {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};
Image fake_feathered(const Image& mask, FakeBorders borders);

/// `source` at `at` into a mask: "multiply", "add", "subtract", "and", "or" or "xor".
Image fake_combined(const Image& mask, const Image& source, Point at, const std::string& operation);

/// `source` at `at` over `target`, where `mask` (of the source's size; null: everywhere) is light.
Image fake_composited(const Image& target, const Image& source, Point at, const Image* mask);

}  // namespace dgxp
