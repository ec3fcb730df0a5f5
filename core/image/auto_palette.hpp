#pragma once

#include <span>
#include <vector>

#include "core/base/result.hpp"
#include "core/image/color_counts.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

/// The `count` (2..256) colours that serve a whole set of pictures best: libimagequant over the
/// exact merged histogram of their opaque pixels in canonical colour order, so neither the order
/// of pictures nor the number of threads matters. Sorted from dark to light. When the set has no
/// more than `count` colours, exactly these.
///
/// Error: `input` when no picture has an opaque pixel.
Result<Palette> make_auto_palette(std::span<const Image* const> images, int count);
/// The same from their counted colours (count_colors), when the pictures are gone.
Result<Palette> auto_palette_of_counts(const std::vector<ColorCount>& counts, int count);

}  // namespace dgxp
