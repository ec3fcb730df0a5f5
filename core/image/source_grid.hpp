#pragma once

#include "core/base/result.hpp"
#include "core/image/enlarged_axis.hpp"
#include "core/image/find_grid.hpp"
#include "core/image/recover_master.hpp"

namespace dgxp {

/// Confidence of a grid whose lines are not soft.
inline constexpr double kClearGrid = 0.9;

/// Whether a grid has many cells, of more than a pixel each: lines that blur or a blank picture put
/// in by chance are others.
bool is_large_grid(const Grid& grid);

/// Whether a picture may be the enlargement of another one, by interpolation, rather than show the
/// grid that was found in it: its lines are soft, or it has few cells.
bool is_doubtful(const Grid& grid);

/// Whether cells are so soft that their middles do not show their colours.
bool is_soft(const Interpolation& interpolation);

/// Lines around so many cells of even size that fill a picture of `size`.
Grid divide_evenly(Size size, Size cells);

/// Whether a grid has about those lines.
bool is_even_grid(const Grid& grid, Size size, Size cells);

/// Pixels of an enlargement for each pixel of its source.
struct Magnification {
  double across = 1;
  double down = 1;
};
Magnification magnification(Size source, Size enlarged);

/// The same cells in the pixels of the source.
GridExpectation shrunk(const GridExpectation& expectation, const Magnification& factor);

/// The same grid in the pixels of the enlargement.
Grid stretched(Grid grid, const Magnification& factor);

/// The grid of an opaque picture that was enlarged by interpolation, which is done to what is
/// small: where nothing speaks against it, each of its pixels is a cell.
///
/// Error: `input`, as choose_grid.
Result<Grid> choose_source_grid(const Image& source, const RecoverSpec& spec,
                                const GridExpectation& expectation);

}  // namespace dgxp
