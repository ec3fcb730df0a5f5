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

}  // namespace

CellSamples sample_cells(const Image& image, const Grid& grid) {
  const std::vector<Span> across = middles(grid.columns, image.size.width);
  const std::vector<Span> down = middles(grid.rows, image.size.height);
  CellSamples cells;
  cells.size = {static_cast<int>(across.size()), static_cast<int>(down.size())};
  cells.colors.reserve(across.size() * down.size());
  cells.spread.reserve(across.size() * down.size());
  for (const Span& rows : down) {
    for (const Span& columns : across) {
      std::array<std::int64_t, 3> sum{};
      std::array<std::int64_t, 3> squares{};
      for (int y = rows.first; y < rows.end; ++y) {
        for (int x = columns.first; x < columns.end; ++x) {
          const Rgba& p = image.at(x, y);
          sum[0] += p.r;
          sum[1] += p.g;
          sum[2] += p.b;
          squares[0] += p.r * p.r;
          squares[1] += p.g * p.g;
          squares[2] += p.b * p.b;
        }
      }
      const auto count =
          static_cast<double>((rows.end - rows.first) * (columns.end - columns.first));
      std::array<float, 3> mean{};
      double variance = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const double m = static_cast<double>(sum[c]) / count;
        mean[c] = static_cast<float>(m);
        variance += std::max(0.0, static_cast<double>(squares[c]) / count - m * m);
      }
      cells.colors.push_back(mean);
      cells.spread.push_back(static_cast<float>(std::sqrt(variance / 3)));
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
