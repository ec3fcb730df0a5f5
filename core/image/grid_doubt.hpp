#pragma once

#include "core/image/cell_purity.hpp"
#include "core/image/find_grid.hpp"
#include "core/image/sample_cells.hpp"

namespace dgxp {

/// 0..1: how much speaks against a grid whose lines may be as clear as any. Cells of several
/// colours say that it is too coarse, blocks of cells that are all alike that it is too fine, and
/// cells of another size than was expected that it is one of both.
double trust_in_grid(const Grid& grid, const CellPurity& purity, const CellSamples& samples,
                     const GridExpectation& expectation);

}  // namespace dgxp
