#include "core/atlas/grid_layout.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>

#include "core/atlas/packing.hpp"

namespace dgxp {

CellGrid make_grid(std::span<const Size> frames, const AtlasSpec& spec) {
  CellGrid grid{.cell = spec.cell, .margin = spec.extrude, .spacing = 2 * spec.extrude};
  if (grid.cell == Size{}) {
    for (const Size& frame : frames)
      grid.cell = {std::max(grid.cell.width, frame.width),
                   std::max(grid.cell.height, frame.height)};
  }
  if (frames.empty() || grid.cell.width <= 0 || grid.cell.height <= 0) return grid;
  const Size most =
      largest_page({.max_size = spec.max_size, .padding = 0, .power_of_two = spec.power_of_two});
  const Size pitch{grid.cell.width + grid.spacing, grid.cell.height + grid.spacing};
  const int most_columns = most.width / pitch.width;
  const int most_rows = most.height / pitch.height;
  if (most_columns == 0 || most_rows == 0) return grid;

  const auto count = static_cast<std::int64_t>(frames.size());
  using Score = std::tuple<int, std::int64_t, int>;
  std::optional<Score> best;
  for (int columns = 1; columns <= most_columns; ++columns) {
    const std::int64_t rows = (count + columns - 1) / columns;
    if (rows > most_rows) continue;
    grid.columns = columns;
    grid.rows = static_cast<int>(rows);
    const Size page = grid_page_size(grid, grid.cells_on_page(), spec.power_of_two);
    const Score score{std::max(page.width, page.height), page.area(), -columns};
    if (!best || score < *best) best = score;
  }
  if (!best) {
    grid.columns = most_columns;
    grid.rows = most_rows;
    return grid;
  }
  grid.columns = -std::get<2>(*best);
  grid.rows = static_cast<int>((count + grid.columns - 1) / grid.columns);
  return grid;
}

CellGrid grid_of(const Atlas& atlas, const AtlasSpec& spec) {
  std::vector<Size> frames;
  for (const PlacedFrame& frame : atlas.frames) frames.push_back(frame.rect.size());
  return make_grid(frames, spec);
}

Size grid_page_size(const CellGrid& grid, int count, bool power_of_two) {
  const int rows = (count + grid.columns - 1) / grid.columns;
  const Size extent{grid.columns * (grid.cell.width + grid.spacing),
                    rows * (grid.cell.height + grid.spacing)};
  return page_size(extent, {.max_size = 0, .padding = 0, .power_of_two = power_of_two});
}

}  // namespace dgxp
