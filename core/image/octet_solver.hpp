#pragma once

#include <memory>

#include "core/image/cell_solver.hpp"
#include "core/image/palette.hpp"
#include "core/image/split_colors.hpp"

namespace dgxp {

/// For oklab, hyab and ciede2000.
std::unique_ptr<CellSolver> make_octet_solver(const Palette& palette, ColorMetric metric,
                                              SimdLevel level);

}  // namespace dgxp
