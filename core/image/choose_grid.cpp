#include "core/image/choose_grid.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "core/image/cell_purity.hpp"
#include "core/image/exact_grid.hpp"
#include "core/image/grid_profile.hpp"
#include "core/image/refine_grid.hpp"
#include "core/image/sample_cells.hpp"

namespace dgxp {
namespace {

constexpr int kLeastSide = 8;              // smaller pictures are taken as native
constexpr double kLeastConfidence = 0.25;  // of a grid that was searched for
constexpr double kLeastPureConfidence = 0.05;
constexpr double kMostBroken = 0.01;  // share of cells of several colours
constexpr int kLeastEdged = 100;      // cells that differ from a neighbour
constexpr double kLeastCell = 3.5;    // pixels; smaller ones are not searched for

Error no_grid(const Image& raw) {
  return {ErrorKind::input,
          fmt::format("no pixel grid can be read in this {}x{} picture", raw.size.width,
                      raw.size.height),
          "set 'grid' to the width of a cell in raw pixels"};
}

Error bad_grid(const Image& raw, const std::string& what) {
  return {ErrorKind::input,
          fmt::format("a grid of {} does not fit a picture of {}x{}", what, raw.size.width,
                      raw.size.height),
          "'grid' is the width of a cell in raw pixels, 'size' the number of cells"};
}

/// `count` cells of `cell` pixels from `start` on.
std::vector<double> count_lines(int count, double cell, int start) {
  std::vector<double> lines;
  for (int i = 0; i <= count; ++i) {
    lines.push_back(start + i * cell);
  }
  return lines;
}

/// A grid of so many cells. Where no cell is told, they fill the picture from the offset on.
Result<Grid> make_sized_grid(const Image& image, const RecoverSpec& spec) {
  const Size count = *spec.size;
  const Point offset = spec.offset.value_or(Point{});
  const auto cell_of = [&](int length, int start, int cells) {
    return spec.grid ? *spec.grid : static_cast<double>(length - start) / cells;
  };
  const bool is_positive = count.width >= 1 && count.height >= 1;
  const double width = is_positive ? cell_of(image.size.width, offset.x, count.width) : 0;
  const double height = is_positive ? cell_of(image.size.height, offset.y, count.height) : 0;
  if (!(width >= 1) || !(height >= 1) ||
      offset.x + width * count.width > image.size.width + width ||
      offset.y + height * count.height > image.size.height + height) {
    return bad_grid(image, fmt::format("{}x{} cells", count.width, count.height));
  }
  Grid grid{.columns = count_lines(count.width, width, offset.x),
            .rows = count_lines(count.height, height, offset.y)};
  grid.cell_width = width;
  grid.cell_height = height;
  grid.confidence = 1;
  grid.column_confidence.assign(grid.columns.size(), 1.0F);
  grid.row_confidence.assign(grid.rows.size(), 1.0F);
  return grid;
}

Result<Grid> make_told_grid(const Image& image, const RecoverSpec& spec) {
  if (spec.size) {
    return make_sized_grid(image, spec);
  }
  if (!(*spec.grid >= 1) || *spec.grid > std::min(image.size.width, image.size.height)) {
    return bad_grid(image, fmt::format("{}", *spec.grid));
  }
  return make_even_grid(image.size, *spec.grid, spec.offset.value_or(Point{}));
}

/// How much colours change at the lines of a grid of small cells and how much elsewhere, as the
/// share that is not noise.
double line_relief(const Image& image, int cell) {
  double on_lines = 0;
  double elsewhere = 0;
  for (int y = 0; y < image.size.height; ++y) {
    for (int x = 1; x < image.size.width; ++x) {
      const Rgba& a = image.at(x - 1, y);
      const Rgba& b = image.at(x, y);
      const int change = std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
      (x % cell == 0 ? on_lines : elsewhere) += change;
    }
  }
  const double mean = elsewhere / (cell - 1);
  return on_lines > mean ? 1 - mean / on_lines : 0.0;
}

/// Edges of cells of two or three pixels cannot be told from noise one by one. Where the picture
/// has exactly so many pixels for each cell that was asked for, they are taken as drawn.
std::optional<Grid> find_small_grid(const Image& image, const GridExpectation& expectation) {
  if (!expectation.cell_width || expectation.cell_width != expectation.cell_height ||
      *expectation.cell_width >= kLeastCell || *expectation.cell_width < 2 ||
      *expectation.cell_width != std::floor(*expectation.cell_width)) {
    return std::nullopt;
  }
  const double relief = line_relief(image, static_cast<int>(*expectation.cell_width));
  Grid grid = make_even_grid(image.size, *expectation.cell_width, {});
  grid.confidence = relief;
  return relief >= kLeastConfidence ? std::optional(grid) : std::nullopt;
}

/// Whether the lines of a grid that was searched for stand out, or stand out a little around cells
/// that are all of one colour, as in a blurred picture.
bool is_readable(const Image& image, const Grid& grid) {
  if (grid.confidence >= kLeastConfidence) {
    return true;
  }
  const CellPurity purity = measure_purity(image, grid);
  return grid.confidence >= kLeastPureConfidence && purity.edged >= kLeastEdged &&
         purity.broken_share() <= kMostBroken;
}

}  // namespace

Result<Grid> choose_grid(const Image& image, const RecoverSpec& spec,
                         const GridExpectation& expectation) {
  if (spec.grid || spec.size) {
    return make_told_grid(image, spec);
  }
  if (std::optional<Grid> exact = find_exact_grid(image)) {
    return *std::move(exact);
  }
  if (image.size.width < kLeastSide || image.size.height < kLeastSide || is_native(image)) {
    return make_pixel_grid(image.size);
  }
  if (std::optional<Grid> small = find_small_grid(image, expectation)) {
    return *std::move(small);
  }
  std::optional<Grid> found =
      find_grid(measure_edges(image), expectation,
                [&image](const Grid& grid) { return measure_purity(image, grid).broken_share(); });
  if (!found || !is_readable(image, *found)) {
    return no_grid(image);
  }
  return refine_grid(image, *found, sample_cells(image, *found, SampleTilts::no));
}

}  // namespace dgxp
