#pragma once

#include <memory>

#include "core/image/cell_solver.hpp"

namespace dgxp {

std::unique_ptr<CellSolver> make_oklab_solver(const Palette& palette);
std::unique_ptr<CellSolver> make_hyab_solver(const Palette& palette);

}  // namespace dgxp
