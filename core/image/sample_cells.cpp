#include "core/image/sample_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace dgxp {
namespace {

constexpr std::size_t kBins = 4;
/// What the means of four equal parts between 1/6 and 5/6 of a cell say of the rise from its middle
/// to the border behind the last of them. Fitted to light that changes over one to two cells.
constexpr std::array<double, kBins> kTiltWeights{-0.52, -0.24, 0.42, 1.08};

constexpr int kManyRows = 4;   // of a middle; every other of them says much the same as all
constexpr double kPair = 2.5;  // pixels; smaller cells are sampled as a whole

/// Pixels of a cell along one axis.
struct Span {
  int first = 0;  ///< of the middle half
  int end = 0;
  std::array<int, kBins + 1> bins{};  ///< edges of the parts
  bool fine = false;                  ///< whether every part has a pixel
};

/// floor(place + 0.5) without a call.
int nearest_pixel(double place) {
  const double moved = place + 0.5;
  const int whole = static_cast<int>(moved);
  return whole - (moved < whole ? 1 : 0);
}

/// Between two lines; the middle has at least one pixel.
Span middle(double begin, double end, int length) {
  const double width = end - begin;
  const auto pixel = [&](double share) { return nearest_pixel(begin + share * width); };
  Span span;
  // Of two pixels neither is the middle.
  const double margin = width < kPair ? 0.0 : 0.25;
  span.first = std::clamp(pixel(margin), 0, length - 1);
  span.end = std::clamp(pixel(1 - margin), span.first + 1, length);
  span.fine = pixel(1.0 / 6) >= 0 && pixel(5.0 / 6) <= length;
  for (std::size_t bin = 0; bin <= kBins; ++bin) {
    span.bins[bin] = pixel((1.0 + static_cast<double>(bin)) / 6);
    span.fine = span.fine && (bin == 0 || span.bins[bin] > span.bins[bin - 1]);
  }
  return span;
}

/// Calls `look` with the column and row span of each cell, in reading order.
template <typename Look>
void each_cell(const Size& image, const Grid& grid, Look look) {
  for (std::size_t row = 0; row + 1 < grid.rows.size(); ++row) {
    const double top = grid.rows[row];
    const double bottom = grid.rows[row + 1];
    for (std::size_t column = 0; column + 1 < grid.columns.size(); ++column) {
      const double left = grid.columns[column];
      const double right = grid.columns[column + 1];
      const GridWarp::Shift shift = grid.warp.at((left + right) / 2, (top + bottom) / 2);
      look(middle(left + shift.x, right + shift.x, image.width),
           middle(top + shift.y, bottom + shift.y, image.height));
    }
  }
}

Size cell_count(const Grid& grid) {
  return {static_cast<int>(grid.columns.size()) - 1, static_cast<int>(grid.rows.size()) - 1};
}

/// Sums over the middle of one cell; `all` is red + green + blue. 64 bits hold a cell of 16384
/// pixels a side.
struct Sums {
  std::array<std::int64_t, 3> channel{};
  std::int64_t squares = 0;  ///< of all
};

Sums sum_middle(const Image& image, const Span& columns, const Span& rows, int step) {
  Sums sums;
  for (int y = rows.first; y < rows.end; y += step) {
    const Rgba* row = &image.at(0, y);
    std::array<int, 3> part{};
    std::int64_t squares = 0;
    for (int x = columns.first; x < columns.end; ++x) {
      const Rgba& p = row[x];
      const int all = p.r + p.g + p.b;
      part[0] += p.r;
      part[1] += p.g;
      part[2] += p.b;
      squares += all * all;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      sums.channel[c] += part[c];
    }
    sums.squares += squares;
  }
  return sums;
}

/// The sum of red + green + blue.
std::int64_t sum_box(const Image& image, int left, int right, int top, int bottom) {
  std::int64_t sum = 0;
  for (int y = top; y < bottom; ++y) {
    const Rgba* row = &image.at(0, y);
    int part = 0;
    for (int x = left; x < right; ++x) {
      part += row[x].r + row[x].g + row[x].b;
    }
    sum += part;
  }
  return sum;
}

/// The rises to the two borders along one axis, from the means of the parts less that of the
/// middle.
std::array<float, 2> tilts_of(const std::array<double, kBins>& parts) {
  double back = 0;
  double ahead = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    ahead += kTiltWeights[bin] * parts[bin];
    back += kTiltWeights[kBins - 1 - bin] * parts[bin];
  }
  return {static_cast<float>(back), static_cast<float>(ahead)};
}

std::array<float, 4> measure_tilts(const Image& image, const Span& columns, const Span& rows,
                                   double mean) {
  std::array<float, 4> tilts{};
  std::array<double, kBins> parts{};
  if (columns.fine) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const int left = columns.bins[bin];
      const int right = columns.bins[bin + 1];
      const auto sum = sum_box(image, left, right, rows.first, rows.end);
      parts[bin] =
          static_cast<double>(sum) / (static_cast<double>(right - left) * (rows.end - rows.first)) -
          mean;
    }
    const std::array<float, 2> rise = tilts_of(parts);
    tilts[0] = rise[0];
    tilts[1] = rise[1];
  }
  if (rows.fine) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const int top = rows.bins[bin];
      const int bottom = rows.bins[bin + 1];
      const auto sum = sum_box(image, columns.first, columns.end, top, bottom);
      parts[bin] = static_cast<double>(sum) /
                       (static_cast<double>(bottom - top) * (columns.end - columns.first)) -
                   mean;
    }
    const std::array<float, 2> rise = tilts_of(parts);
    tilts[2] = rise[0];
    tilts[3] = rise[1];
  }
  return tilts;
}

}  // namespace

CellSamples sample_cells(const Image& image, const Grid& grid, SampleTilts tilts) {
  CellSamples cells;
  cells.size = cell_count(grid);
  each_cell(image.size, grid, [&](const Span& columns, const Span& rows) {
    const int height = rows.end - rows.first;
    const int step = tilts == SampleTilts::no && height >= kManyRows ? 2 : 1;
    const double count =
        static_cast<double>(columns.end - columns.first) * ((height + step - 1) / step);
    const Sums sums = sum_middle(image, columns, rows, step);
    std::array<float, 3> mean{};
    for (std::size_t c = 0; c < 3; ++c) {
      mean[c] = static_cast<float>(static_cast<double>(sums.channel[c]) / count);
    }
    const double all =
        static_cast<double>(sums.channel[0] + sums.channel[1] + sums.channel[2]) / count;
    const double variance = static_cast<double>(sums.squares) / count - all * all;
    cells.colors.push_back(mean);
    cells.spread.push_back(static_cast<float>(std::sqrt(std::max(0.0, variance))));
    cells.tilts.push_back(tilts == SampleTilts::yes ? measure_tilts(image, columns, rows, all)
                                                    : std::array<float, 4>{});
  });
  return cells;
}

std::vector<std::uint8_t> transparent_cells(const Image& image, const Grid& grid, int threshold) {
  std::vector<std::uint8_t> cells;
  each_cell(image.size, grid, [&](const Span& columns, const Span& rows) {
    int clear = 0;
    for (int y = rows.first; y < rows.end; ++y) {
      for (int x = columns.first; x < columns.end; ++x) {
        clear += image.at(x, y).a < threshold ? 1 : 0;
      }
    }
    const int count = (rows.end - rows.first) * (columns.end - columns.first);
    cells.push_back(clear * 2 > count ? 1 : 0);
  });
  return cells;
}

}  // namespace dgxp
