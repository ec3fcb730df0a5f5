#pragma once

#include <memory>

#include "core/image/cell_solver.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

std::unique_ptr<CellSolver> make_ciede2000_solver(const Palette& palette, SimdLevel level);

}  // namespace dgxp
