#pragma once

#include "core/base/bytes.hpp"
#include "core/image/image.hpp"
#include "core/image/nearest_table.hpp"
#include "core/image/palette.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// How far apart neighbouring colours of `palette` are, as a step of one channel (0..255): the root
/// mean square distance of each colour to its nearest other one, over the three channels. Ordered
/// dithering moves a channel by at most half of it. 0 for a single colour.
int dither_strength(const Palette& palette);

/// The palette position of each pixel of a picture; of no meaning where it is transparent.
struct PalettePositions {
  Bytes of;
  bool has_holes = false;  ///< whether a pixel is below the alpha threshold
};

/// The nearest position of each pixel.
PalettePositions find_positions(const Image& image, const NearestTable& table, int alpha_threshold);

// `image` is a strip of frames of `frame_width` pixels, which divides its width: what does not move
// in an animation keeps its dithered colours.

/// Ordered dithering with an n x n Bayer matrix (n = 2, 4, 8) anchored at the top left corner of
/// each frame. A pixel that has a colour of the palette keeps it.
PalettePositions dither_ordered(const Image& image, int frame_width, const NearestTable& table,
                                const Palette& palette, int matrix_size, int alpha_threshold);

/// Floyd-Steinberg or Atkinson in whole numbers, each frame row by row from the left. Error flows
/// only from opaque to opaque pixels, so that a figure does not change with what surrounds it. A
/// pixel whose colour is that of the frame before, or within 4 steps of each channel, keeps its
/// position and passes on the same error.
PalettePositions dither_diffused(const Image& image, int frame_width, const NearestTable& table,
                                 const Palette& palette, Dither dither, int alpha_threshold);

}  // namespace dgxp
