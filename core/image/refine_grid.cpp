// Where a line really is: between two neighbouring cells of different colour the pixels from one
// middle to the other are a mixture of both, and the share of the second colour in their sum says
// how far the edge is from it, however soft it is. The mean of these places over all cells along a
// line, then an even curve through all lines, is the refined grid. What is left, place by place,
// shows how the lines bend along their length.
#include "core/image/refine_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "core/image/sum_channels.hpp"

namespace dgxp {
namespace {

constexpr float kLeastContrast = 36.0F;  // RGB distance of two cells that have an edge to measure
constexpr double kMostContrast = 120.0;  // more contrast does not make an edge more exact
constexpr double kFullWeight = kMostContrast * kMostContrast;
constexpr double kReach = 0.45;  // cells; an edge farther from its line is another's
constexpr double kBand = 0.22;   // of a cell on both sides of its middle are looked at

constexpr double kHalfEdges = 10;        // strong edges that give a line half of the full weight
constexpr double kUnseenWeight = 0.002;  // of a line that shows no edge, where it was before
constexpr double kStiffness = 1.0;       // of the curve, against lines of full weight

/// One axis of the picture: `along` is the direction across the lines to be refined.
struct Axis {
  const Image& image;
  const CellSamples& cells;
  const std::vector<double>& lines;
  const std::vector<double>& bands;  ///< the lines of the other axis
  bool columns;                      ///< the lines are vertical

  int length() const { return columns ? image.size.width : image.size.height; }
  int breadth() const { return columns ? image.size.height : image.size.width; }
  std::size_t cell(std::size_t i, std::size_t band) const {
    const auto width = static_cast<std::size_t>(cells.size.width);
    return columns ? band * width + i : i * width + band;
  }
};

struct Measured {
  double sum = 0;  ///< of weight x place
  double weight = 0;
};

/// The sums of the channels over the pixels [from, to) along the axis in the bands' pixels [first,
/// end).
std::array<double, 3> sum_pixels(const Axis& axis, int from, int to, int first, int end) {
  const ChannelSums sum =
      sum_channels(axis.image, axis.columns ? Rect{from, first, to - from, end - first}
                                            : Rect{first, from, end - first, to - from});
  return {static_cast<double>(sum[0]), static_cast<double>(sum[1]), static_cast<double>(sum[2])};
}

/// The pixels between the middles of the cells on both sides of a line.
struct Reach {
  int from = 0;
  int to = 0;
};

/// For each line but the outer two.
std::vector<Reach> reaches_of(const std::vector<double>& lines) {
  std::vector<Reach> reaches(lines.size());
  for (std::size_t line = 1; line + 1 < lines.size(); ++line) {
    reaches[line] = {.from = static_cast<int>(std::lround((lines[line - 1] + lines[line]) / 2)),
                     .to = static_cast<int>(std::lround((lines[line] + lines[line + 1]) / 2))};
  }
  return reaches;
}

/// An edge along a line.
struct Edge {
  std::size_t line = 0;
  double across = 0;  ///< raw pixels along the line
  double place = 0;
  double weight = 0;
};

void measure_band(const Axis& axis, const std::vector<Reach>& reaches, std::size_t band,
                  std::vector<Edge>& edges) {
  const double top = axis.bands[band];
  const double height = axis.bands[band + 1] - top;
  const int first = std::clamp(static_cast<int>(std::lround(top + (0.5 - kBand) * height)), 0,
                               axis.breadth() - 1);
  const int end = std::clamp(static_cast<int>(std::lround(top + (0.5 + kBand) * height)), first + 1,
                             axis.breadth());
  for (std::size_t line = 1; line + 1 < axis.lines.size(); ++line) {
    const auto& before = axis.cells.colors[axis.cell(line - 1, band)];
    const auto& behind = axis.cells.colors[axis.cell(line, band)];
    std::array<double, 3> d{};
    double squared = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      d[c] = static_cast<double>(behind[c]) - static_cast<double>(before[c]);
      squared += d[c] * d[c];
    }
    if (squared < kLeastContrast * kLeastContrast) {
      continue;
    }
    const double width = (axis.lines[line + 1] - axis.lines[line - 1]) / 2;
    const auto [from, to] = reaches[line];
    if (from < 0 || to > axis.length() || to - from < 2) {
      continue;
    }
    const std::array<double, 3> sum = sum_pixels(axis, from, to, first, end);
    double share = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      share += (sum[c] / (end - first) - (to - from) * static_cast<double>(before[c])) * d[c];
    }
    const double place = to - share / squared;
    if (std::abs(place - axis.lines[line]) > kReach * width) {
      continue;
    }
    const double weight = std::min(squared, kFullWeight);
    edges.push_back({line, top + height / 2, place, weight});
  }
}

/// The curve through `places` of least bend: minimises weight x deviation^2 + stiffness x second
/// difference^2 by solving its five-band system (symmetric, positive definite).
std::vector<double> even_curve(const std::vector<double>& places,
                               const std::vector<double>& weights, double stiffness) {
  const std::size_t n = places.size();
  std::vector<std::array<double, 3>> band(n);  // the diagonal and two places right of it
  std::vector<double> right(n);
  for (std::size_t i = 0; i < n; ++i) {
    band[i][0] = weights[i];
    right[i] = weights[i] * places[i];
  }
  for (std::size_t i = 1; i + 1 < n; ++i) {
    constexpr std::array<double, 3> kBend{1, -2, 1};
    for (std::size_t a = 0; a < 3; ++a) {
      for (std::size_t b = a; b < 3; ++b) {
        band[i - 1 + a][b - a] += stiffness * kBend[a] * kBend[b];
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 1; d < 3 && i + d < n; ++d) {
      const double factor = band[i][d] / band[i][0];
      for (std::size_t e = d; e < 3; ++e) {
        band[i + d][e - d] -= factor * band[i][e];
      }
      right[i + d] -= factor * right[i];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t d = 1; d < 3 && i + d < n; ++d) {
      right[i] -= band[i][d] * right[i + d];
    }
    right[i] /= band[i][0];
  }
  return right;
}

std::vector<Edge> find_edges(const Axis& axis) {
  std::vector<Edge> edges;
  const std::vector<Reach> reaches = reaches_of(axis.lines);
  for (std::size_t band = 0; band + 1 < axis.bands.size(); ++band) {
    measure_band(axis, reaches, band, edges);
  }
  return edges;
}

std::vector<double> refine_axis(const Axis& axis, const std::vector<Edge>& edges) {
  if (axis.lines.size() < 4) {
    return axis.lines;
  }
  std::vector<Measured> measured(axis.lines.size());
  for (const Edge& edge : edges) {
    measured[edge.line].sum += edge.weight * edge.place;
    measured[edge.line].weight += edge.weight;
  }
  std::vector<double> places(axis.lines);
  std::vector<double> weights(axis.lines.size(), kUnseenWeight);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (measured[i].weight > 0) {
      const double clear = measured[i].weight / kFullWeight;
      places[i] = measured[i].sum / measured[i].weight;
      weights[i] = clear / (clear + kHalfEdges);
    }
  }
  std::vector<double> refined = even_curve(places, weights, kStiffness);
  for (std::size_t i = 0; i + 1 < refined.size(); ++i) {
    if (refined[i + 1] - refined[i] < 1) {
      return axis.lines;
    }
  }
  return refined;
}

/// How far edges are from their lines.
std::vector<WarpClue> clues_of(const std::vector<Edge>& edges, const std::vector<double>& lines,
                               bool columns) {
  std::vector<WarpClue> clues;
  clues.reserve(edges.size());
  for (const Edge& edge : edges) {
    clues.push_back({.x = columns ? edge.place : edge.across,
                     .y = columns ? edge.across : edge.place,
                     .away = edge.place - lines[edge.line],
                     .weight = edge.weight / kFullWeight});
  }
  return clues;
}

}  // namespace

Grid refine_grid(const Image& image, const Grid& grid, const CellSamples& cells) {
  const Axis across{image, cells, grid.columns, grid.rows, true};
  const Axis down{image, cells, grid.rows, grid.columns, false};
  const std::vector<Edge> columns = find_edges(across);
  const std::vector<Edge> rows = find_edges(down);
  Grid refined = grid;
  refined.columns = refine_axis(across, columns);
  refined.rows = refine_axis(down, rows);
  const std::vector<WarpClue> x = clues_of(columns, refined.columns, true);
  const std::vector<WarpClue> y = clues_of(rows, refined.rows, false);
  refined.warp = GridWarp(image.size, x, y);
  return refined;
}

}  // namespace dgxp
