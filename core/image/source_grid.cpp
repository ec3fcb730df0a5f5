#include "core/image/source_grid.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "core/image/choose_grid.hpp"
#include "core/image/exact_grid.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kFewCells = 16;
constexpr double kSoftBlur = 0.2;     // cells
constexpr double kAsExpected = 0.05;  // of a pixel

bool is_expected(double cell) {
  return std::abs(cell - 1) < kAsExpected;
}

std::optional<double> divided(const std::optional<double>& length, double factor) {
  return length ? std::optional(*length / factor) : std::nullopt;
}

std::vector<double> multiplied(std::vector<double> lines, double factor) {
  for (double& line : lines) {
    line *= factor;
  }
  return lines;
}

}  // namespace

bool is_doubtful(const Grid& grid) {
  const bool is_small = std::min(grid.columns.size(), grid.rows.size()) <= kFewCells;
  return is_small || grid.confidence < kClearGrid || grid.cell_width <= 1;
}

bool is_soft(const Interpolation& interpolation) {
  return interpolation.kernel != Kernel::blurred || interpolation.blur > kSoftBlur;
}

Grid confirmed_grid(const Result<Grid>& found, Size size, Size cells) {
  const auto has = [](const std::vector<double>& lines, int count) {
    return lines.size() == static_cast<std::size_t>(count) + 1;
  };
  if (found && has(found->columns, cells.width) && has(found->rows, cells.height)) {
    Grid grid = *found;
    grid.confidence = 1;
    return grid;
  }
  return stretched(make_pixel_grid(cells), magnification(cells, size));
}

Magnification magnification(Size source, Size enlarged) {
  return {.across = static_cast<double>(enlarged.width) / source.width,
          .down = static_cast<double>(enlarged.height) / source.height};
}

GridExpectation shrunk(const GridExpectation& expectation, const Magnification& factor) {
  return {.cell_width = divided(expectation.cell_width, factor.across),
          .cell_height = divided(expectation.cell_height, factor.down)};
}

Grid stretched(Grid grid, const Magnification& factor) {
  grid.columns = multiplied(std::move(grid.columns), factor.across);
  grid.rows = multiplied(std::move(grid.rows), factor.down);
  grid.cell_width *= factor.across;
  grid.cell_height *= factor.down;
  grid.warp = {};
  return grid;
}

Result<Grid> choose_source_grid(const Image& source, const RecoverSpec& spec,
                                const GridExpectation& expectation) {
  if (std::optional<Grid> exact = find_exact_grid(source)) {
    return *std::move(exact);
  }
  const bool is_asked_for = expectation.cell_width && expectation.cell_height &&
                            is_expected(*expectation.cell_width) &&
                            is_expected(*expectation.cell_height);
  if (is_asked_for || has_few_colors(source)) {
    return make_pixel_grid(source.size);
  }
  return choose_grid(source, spec, expectation);
}

}  // namespace dgxp
