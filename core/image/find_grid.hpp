#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/image/grid_profile.hpp"
#include "core/image/recover_master.hpp"

namespace dgxp {

/// The cell size the caller has reason to expect, in raw pixels; nothing = any.
struct GridExpectation {
  std::optional<double> cell_width;
  std::optional<double> cell_height;
};

/// The share of cells, 0..1, that are not of one colour in the picture when it is cut at this grid.
using GridJudge = std::function<double(const Grid&)>;

/// The grid that explains the edges best: cell sizes from their spectrum, then all lines of an axis
/// at once by dynamic programming, so that the lines follow drift and blank margins are ruled at an
/// even pace. `judge` is asked about every grid that is worth it; without one the edges alone
/// decide. Nothing when there are no clear edges; faint ones may be left out.
std::optional<Grid> find_grid(const PictureEdges& edges, const GridExpectation& expectation,
                              const GridJudge& judge = {});

/// Even lines over a picture of `size`: `cell` pixels apart, one of them at `offset`.
Grid make_even_grid(Size size, double cell, Point offset);

}  // namespace dgxp
