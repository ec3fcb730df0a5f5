#pragma once

#include "core/image/recover_master.hpp"
#include "core/image/sample_cells.hpp"

namespace dgxp {

/// The lines of `grid` moved to where the colours really change, to parts of a pixel, and bent
/// evenly where the picture shows no edge; what edges along a line are away from it then is their
/// warp. `cells` are the samples of `image` on `grid`.
Grid refine_grid(const Image& image, const Grid& grid, const CellSamples& cells);

}  // namespace dgxp
