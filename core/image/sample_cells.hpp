#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/image/recover_master.hpp"

namespace dgxp {

/// What a raw picture shows in each cell of a grid, in reading order.
struct CellSamples {
  Size size;                                 ///< in cells
  std::vector<std::array<float, 3>> colors;  ///< mean red, green and blue of the cell's middle
  /// How much red + green + blue rises from the middle of the cell to its left, right, upper and
  /// lower border, as far as its inside tells.
  std::vector<std::array<float, 4>> tilts;
  std::vector<float> spread;  ///< standard deviation of red + green + blue inside the middle
};

/// Whether tilts are measured, which are 0 otherwise. Without them a quick look will do: at every
/// other row of large cells.
enum class SampleTilts { no, yes };

/// Looks at the middle half of each cell's width and height. Cells may lie partly outside of the
/// image, whose border pixels then speak for them.
CellSamples sample_cells(const Image& image, const Grid& grid,
                         SampleTilts tilts = SampleTilts::yes);

/// For each cell, whether most of its middle has an alpha below `threshold`.
std::vector<std::uint8_t> transparent_cells(const Image& image, const Grid& grid, int threshold);

}  // namespace dgxp
