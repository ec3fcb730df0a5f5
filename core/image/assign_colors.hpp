#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/sample_cells.hpp"
#include "core/image/split_colors.hpp"

namespace dgxp {

/// Which of the given colours each cell has, in reading order.
struct ColorChoice {
  std::vector<std::uint16_t> index;
  std::vector<float> confidence;  ///< 0..1: how much likelier it is than the next best colour
};

/// The likeliest colour of each cell: near to what the picture shows, often used in it and often
/// beside its neighbours. Noise, light and usage are estimated from the cells themselves in a few
/// rounds. There are 1..65535 `colors`.
ColorChoice assign_colors(const CellSamples& cells, std::span<const Rgb> colors,
                          SimdLevel level = simd_level());

}  // namespace dgxp
