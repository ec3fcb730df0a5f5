#pragma once

#include <cstdint>
#include <vector>

#include "core/base/color.hpp"
#include "core/base/digest.hpp"
#include "core/base/geometry.hpp"

namespace dgxp {

/// Pixels in reading order, straight alpha.
struct Image {
  Size size;
  std::vector<Rgba> pixels;

  Image() = default;
  explicit Image(Size s, Rgba fill = kTransparent)
      : size(s), pixels(static_cast<std::size_t>(s.area()), fill) {}
  Rgba& at(int x, int y) { return pixels[index(x, y)]; }
  const Rgba& at(int x, int y) const { return pixels[index(x, y)]; }
  bool contains(int x, int y) const {
    return x >= 0 && y >= 0 && x < size.width && y < size.height;
  }
  friend bool operator==(const Image&, const Image&) = default;

 private:
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) +
           static_cast<std::size_t>(x);
  }
};

/// Whether a pixel that a palette shall colour counts as part of the figure: alpha is at least
/// half.
inline bool is_opaque(Rgba pixel) {
  return pixel.a >= 128;
}

/// The part of `image` inside `rect`, which must lie within it.
Image crop(const Image& image, Rect rect);

/// Copies all of `source` (alpha too) to `at`; parts outside `target` are left out.
void paste(Image& target, const Image& source, Point at);

/// Each frame (of `frame_width` pixels) of a horizontal strip flipped left to right on its own;
/// the frames keep their order. `frame_width` divides the width.
Image mirror_frames(const Image& strip, int frame_width);

/// Fully transparent pixels set to 0,0,0,0.
Image with_cleared_transparency(Image image);

/// SHA-256 over width, height (both u32 little-endian) and the RGBA bytes, after
/// with_cleared_transparency. Equal pictures have equal digests whatever file they came from.
Digest pixel_digest(const Image& image);

}  // namespace dgxp
