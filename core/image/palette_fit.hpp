#pragma once

#include <span>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/sample_cells.hpp"

namespace dgxp {

/// How well the colour that each cell was given (`chosen`, one a cell) explains what the cell
/// shows: 1 where it is as near as the picture's noise lets expect, falling to kLeastFit farther
/// away. Low in many cells is a palette that is not the picture's. It says nothing of which colour
/// is nearer.
inline constexpr float kLeastFit = 0.5F;
std::vector<float> palette_fit(const CellSamples& cells, std::span<const Rgb> chosen);

}  // namespace dgxp
