#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

struct ColorCount {
  Rgb color;
  std::uint64_t pixels = 0;
};

/// How often each colour occurs among the opaque pixels of all pictures together, sorted by colour.
std::vector<ColorCount> count_colors(std::span<const Image* const> images);

/// Moves each colour behind the first `fixed` to the mean of the pixels that are nearest to it, a
/// few times over (Lloyd), in whole numbers: the squared error in RGB falls.
std::vector<Rgb> settle_colors(std::vector<Rgb> colors, std::span<const ColorCount> counts,
                               std::size_t fixed = 0);

/// From dark to light, each once.
Palette sort_by_lightness(const std::vector<Rgb>& colors);

}  // namespace dgxp
