#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/cell_points.hpp"
#include "core/image/palette.hpp"
#include "core/image/split_colors.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

using CellAnswer = std::array<std::uint8_t, kCellColors>;

struct CellSolution {
  CellAnswer answer;
  /// Of the box around the cell, aligned to its edge, where every colour has the same answer; 0
  /// where nothing is known of others.
  int edge = 0;
};

/// Finds the nearest palette entries of all colours of a cell, exactly as a search of all entries
/// would: most entries are ruled out for whole boxes at once, the others are compared in fast
/// arithmetic, and where that cannot tell two apart the metric itself decides.
class CellSolver {
 public:
  virtual ~CellSolver() = default;
  /// `low` is the darkest colour of the cell.
  virtual CellSolution solve(Rgb low) const = 0;
};
std::unique_ptr<CellSolver> make_cell_solver(const Palette& palette, ColorMetric metric,
                                             SimdLevel level);

/// A colour of the palette and the first position at which it stands: later ones never win.
struct SolverEntry {
  Rgb color;
  std::uint8_t position = 0;
};
std::vector<SolverEntry> solver_entries(const Palette& palette);

}  // namespace dgxp
