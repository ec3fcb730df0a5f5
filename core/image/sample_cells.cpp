#include "core/image/sample_cells.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dgxp {
namespace {

struct Span {
  int first = 0;
  int end = 0;
};

/// The pixels in the middle half between each two lines, at least one.
std::vector<Span> middles(const std::vector<double>& lines, int length) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const double width = lines[i + 1] - lines[i];
    const int first = static_cast<int>(std::floor(lines[i] + 0.25 * width + 0.5));
    const int end = static_cast<int>(std::floor(lines[i] + 0.75 * width + 0.5));
    const int clamped = std::clamp(first, 0, length - 1);
    spans.push_back({clamped, std::clamp(end, clamped + 1, length)});
  }
  return spans;
}

/// Sums over the middle of one cell; places are counted from its corner, `all` is red + green +
/// blue. 64 bits hold a cell of 16384 pixels a side.
struct Sums {
  std::array<std::int64_t, 3> channel{};
  std::int64_t squares = 0;  ///< of all
  std::int64_t all_x = 0;    ///< of all times x
  std::int64_t all_y = 0;    ///< of all times y
};

Sums sum_cell(const Image& image, const Span& columns, const Span& rows) {
  Sums sums;
  for (int y = rows.first; y < rows.end; ++y) {
    std::array<std::int64_t, 3> row{};
    for (int x = columns.first; x < columns.end; ++x) {
      const Rgba& p = image.at(x, y);
      const int all = p.r + p.g + p.b;
      row[0] += p.r;
      row[1] += p.g;
      row[2] += p.b;
      sums.squares += all * all;
      sums.all_x += std::int64_t{all} * (x - columns.first);
    }
    for (std::size_t c = 0; c < 3; ++c) {
      sums.channel[c] += row[c];
    }
    sums.all_y += (row[0] + row[1] + row[2]) * (y - rows.first);
  }
  return sums;
}

/// Least squares rise per pixel of values at 0 .. length - 1, `breadth` of them at each place.
double rise(double moment, double sum, double length, double breadth) {
  const double square = breadth * length * (length * length - 1) / 12;
  return square > 0 ? (moment - sum * (length - 1) / 2) / square : 0.0;
}

}  // namespace

CellSamples sample_cells(const Image& image, const Grid& grid) {
  const std::vector<Span> across = middles(grid.columns, image.size.width);
  const std::vector<Span> down = middles(grid.rows, image.size.height);
  CellSamples cells;
  cells.size = {static_cast<int>(across.size()), static_cast<int>(down.size())};
  for (std::size_t j = 0; j < down.size(); ++j) {
    const double cell_height = grid.rows[j + 1] - grid.rows[j];
    const double height = down[j].end - down[j].first;
    for (std::size_t i = 0; i < across.size(); ++i) {
      const double cell_width = grid.columns[i + 1] - grid.columns[i];
      const double width = across[i].end - across[i].first;
      const double count = width * height;
      const Sums sums = sum_cell(image, across[i], down[j]);
      std::array<float, 3> mean{};
      for (std::size_t c = 0; c < 3; ++c) {
        mean[c] = static_cast<float>(static_cast<double>(sums.channel[c]) / count);
      }
      const auto all = static_cast<double>(sums.channel[0] + sums.channel[1] + sums.channel[2]);
      const double variance =
          static_cast<double>(sums.squares) / count - all / count * (all / count);
      cells.colors.push_back(mean);
      cells.spread.push_back(static_cast<float>(std::sqrt(std::max(0.0, variance))));
      cells.slopes.push_back(
          {static_cast<float>(rise(static_cast<double>(sums.all_x), all, width, height) *
                              cell_width),
           static_cast<float>(rise(static_cast<double>(sums.all_y), all, height, width) *
                              cell_height)});
    }
  }
  return cells;
}

std::vector<std::uint8_t> transparent_cells(const Image& image, const Grid& grid, int threshold) {
  const std::vector<Span> across = middles(grid.columns, image.size.width);
  const std::vector<Span> down = middles(grid.rows, image.size.height);
  std::vector<std::uint8_t> cells;
  for (const Span& rows : down) {
    for (const Span& columns : across) {
      int clear = 0;
      for (int y = rows.first; y < rows.end; ++y) {
        for (int x = columns.first; x < columns.end; ++x) {
          clear += image.at(x, y).a < threshold ? 1 : 0;
        }
      }
      const int count = (rows.end - rows.first) * (columns.end - columns.first);
      cells.push_back(clear * 2 > count ? 1 : 0);
    }
  }
  return cells;
}

}  // namespace dgxp
