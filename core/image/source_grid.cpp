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
constexpr double kMostAway = 0.15;    // cells, of the mean line
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

/// Whether lines are about those between `count` even cells, the outer ones aside.
bool are_even(const std::vector<double>& lines, int length, int count) {
  if (std::abs(static_cast<int>(lines.size()) - 1 - count) > 1) {
    return false;
  }
  const double cell = static_cast<double>(length) / count;
  double away = 0;
  for (int i = 1; i < count; ++i) {
    double least = cell;
    for (const double line : lines) {
      least = std::min(least, std::abs(line - i * cell));
    }
    away += least;
  }
  return away <= kMostAway * cell * count;
}

}  // namespace

bool is_large_grid(const Grid& grid) {
  return std::min(grid.columns.size(), grid.rows.size()) > kFewCells && grid.cell_width > 1;
}

bool is_doubtful(const Grid& grid) {
  return !is_large_grid(grid) || grid.confidence < kClearGrid;
}

bool is_soft(const Interpolation& interpolation) {
  return interpolation.kernel != Kernel::blurred || interpolation.blur > kSoftBlur;
}

Grid divide_evenly(Size size, Size cells) {
  return stretched(make_pixel_grid(cells), magnification(cells, size));
}

bool is_even_grid(const Grid& grid, Size size, Size cells) {
  return are_even(grid.columns, size.width, cells.width) &&
         are_even(grid.rows, size.height, cells.height);
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
