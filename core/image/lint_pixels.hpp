#pragma once

#include <optional>

#include "core/image/flaw.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// What one frame shows by itself. Each function reports at most one flaw; Flaw::frame is left 0.

/// Art whose pixels are larger than one pixel, as a whole or in a part: every change of colour in a
/// square of it lies on the lines of a coarser grid, in both directions.
std::optional<Flaw> find_mixed_pixels(const Image& frame);

/// Single opaque pixels away from the one figure that holds nearly all others, and no more of them
/// than one would overlook.
std::optional<Flaw> find_stray_pixels(const Image& frame);

/// Holes in an outline: the figure's border has one colour but for a few single pixels.
std::optional<Flaw> find_outline_gaps(const Image& frame);

/// A frame without an opaque pixel.
std::optional<Flaw> find_empty_canvas(const Image& frame);

/// Pixels that are neither opaque nor transparent: the first of them, and how many there are.
std::optional<Flaw> find_soft_alpha(const Image& frame);

/// A frame without a transparent pixel; for figures whose background should have gone.
std::optional<Flaw> find_full_canvas(const Image& frame);

/// Where the right edge meets the left one, or the bottom the top: colours jump there more than
/// anywhere inside the tile.
std::optional<Flaw> find_tile_seam(const Image& tile);

}  // namespace dgxp
