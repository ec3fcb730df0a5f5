#pragma once

#include <span>

#include "core/atlas/pack_atlas.hpp"
#include "core/base/geometry.hpp"
#include "core/spec/atlas_spec.hpp"

namespace dgxp {

/// The cells of a grid: the same on all pages, the last of which may have fewer rows.
struct CellGrid {
  Size cell;
  int margin = 0;   ///< between the border of the page and the first cell
  int spacing = 0;  ///< between two cells
  int columns = 0;
  int rows = 0;  ///< of a full page

  int cells_on_page() const { return columns * rows; }
  /// The top left corner of cell `index`, counted row by row from 0 on its page.
  Point corner(int index) const {
    return {margin + index % columns * (cell.width + spacing),
            margin + index / columns * (cell.height + spacing)};
  }
};

/// The most square grid for `frames`, with `spec.cell` or the largest frame as cell. `columns` is 0
/// when there are no frames or one cell with its extrusion is larger than a page.
CellGrid make_grid(std::span<const Size> frames, const AtlasSpec& spec);

/// The grid of an atlas that pack_atlas made.
CellGrid grid_of(const Atlas& atlas, const AtlasSpec& spec);

/// The size of a page that holds `count` cells (at least 1).
Size grid_page_size(const CellGrid& grid, int count, bool power_of_two);

}  // namespace dgxp
