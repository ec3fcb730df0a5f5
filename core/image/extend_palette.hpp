#pragma once

#include <span>
#include <vector>

#include "core/image/color_counts.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

/// The colours of `base`, which stay as they are, and behind them at most `count` more (together at
/// most 256) that make the squared error in RGB of all pictures small, from dark to light. Fewer
/// when the pictures have fewer other colours. Whole numbers throughout; the order of pictures does
/// not matter.
Palette extend_palette(const Palette& base, std::span<const Image* const> images, int count);
/// The same from their counted colours (count_colors), when the pictures are gone.
Palette extend_palette_by_counts(const Palette& base, const std::vector<ColorCount>& counts,
                                 int count);

}  // namespace dgxp
