#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/color.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// A picture as positions in a palette of its own.
struct IndexedImage {
  Size size;
  std::vector<Rgba> palette;          ///< at most 256, the transparent one first
  std::vector<std::uint32_t> counts;  ///< pixels of each; empty when nobody has counted
  Bytes indexes;                      ///< one a pixel
};

/// The colours in the order of their first use, not counted yet. Nothing when there are more than
/// 256, or a pixel is partly transparent.
std::optional<IndexedImage> index_colors(const Image& image);

IndexedImage with_counts(IndexedImage image);

/// The colours of a picture that changes in places.
class ColorIndex {
 public:
  /// What index_colors gives, counted. Rows but those from `begin` to before `end` have to be what
  /// they were at the last call for a picture of this size; so they are not looked at. Good until
  /// the next call.
  const std::optional<IndexedImage>& update(const Image& image, int begin, int end);

 private:
  bool number_again(const Image& image, int begin, int end);

  std::optional<IndexedImage> indexed_;
  std::size_t settled_ = 0;  ///< so many pixels in front show all colours, and so their order
};

/// The new position of each old one.
using PaletteOrder = std::array<std::uint8_t, 256>;
/// Orders that leave the transparent colour where it is. Ties keep their order.
PaletteOrder order_by_use(const IndexedImage& image);    ///< the most used first, as counted
PaletteOrder order_by_light(const IndexedImage& image);  ///< the darkest first
IndexedImage reordered(IndexedImage image, const PaletteOrder& order);

/// 1, 2, 4 or 8 bits.
unsigned least_depth(std::size_t colors);

/// Rows of filter type 0 and packed indexes, the first pixel in the high bits.
Bytes pack_rows(const IndexedImage& image, unsigned depth);

/// The rows of `plain` (each behind a filter byte of 0, `row_bytes` without it), each with the
/// filter that leaves it least rough. `pixel_bytes` is how far back the pixel before stands.
Bytes filter_rows(const Bytes& plain, std::size_t row_bytes, std::size_t pixel_bytes);

}  // namespace dgxp
