#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/bytes.hpp"
#include "core/image/deflate_token.hpp"
#include "core/image/image.hpp"
#include "core/image/png_rows.hpp"

namespace dgxp {

enum class PngColorType : std::uint8_t {
  gray = 0,
  truecolor = 2,
  indexed = 3,
  truecolor_alpha = 6
};

/// One way to write the pixels of a picture: what stands in IHDR, PLTE and tRNS, and the rows that
/// IDAT holds compressed.
struct PngForm {
  PngColorType type = PngColorType::indexed;
  unsigned depth = 8;
  bool is_filtered = false;
  std::vector<Rgba> palette;  ///< indexed: the transparent colour first
  Bytes transparency;         ///< the data of tRNS
  Bytes rows;

  /// Bytes that this form spends on PLTE and tRNS.
  std::size_t chunk_bytes() const;
};

/// Indexes of `depth` bits, filter 0 throughout.
PngForm plain_form(const IndexedImage& image, unsigned depth);
/// Indexes from dark to light: neighbours then differ by little, which suits smooth pictures.
PngForm filtered_form(const IndexedImage& image);
/// Nothing when a pixel is not gray, or black is both a colour and what stands for transparency.
std::optional<PngForm> gray_form(const IndexedImage& image);
/// Red, green and blue as they are: spares the palette, which is most of a tiny picture. Nothing
/// when black is both a colour and what stands for transparency.
std::optional<PngForm> truecolor_form(const IndexedImage& image);
/// For pictures that have no palette.
PngForm truecolor_alpha_form(const Image& image);

/// The form with each row filtered.
PngForm filtered(PngForm form, Size size);

}  // namespace dgxp
