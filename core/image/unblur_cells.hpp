#pragma once

#include "core/image/sample_cells.hpp"

namespace dgxp {

/// What blur lets of the colours of neighbours into the middle of each cell: 0 where edges are
/// sharp, a tenth where they are softer than a cell is wide.
struct CellLeak {
  double across = 0;  ///< share of the left and of the right neighbour
  double down = 0;    ///< of the upper and of the lower one
};

/// Judged from the tilts inside the cells.
CellLeak measure_leak(const CellSamples& cells);

/// Takes out of the colours what leaked into them, where that is enough to be seen.
void unblur_cells(CellSamples& cells);

}  // namespace dgxp
