#include "core/image/grid_doubt.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr double kUsualBroken = 0.006;  // share of broken cells that the right grid may show
constexpr double kBrokenDoubt = 5.0;
constexpr double kUsualFactor = 1.3;  // cells may be so much larger or smaller than expected
constexpr double kFactorDoubt = 0.3;  // standard deviation of the logarithm of the rest
constexpr double kLeastAgreement = 0.5;
constexpr float kLeastContrast = 40.0F;  // red + green + blue
constexpr int kLeastEdges = 40;          // along one axis
constexpr double kMostStray = 0.01;      // of edges that stand elsewhere than at every n-th line
constexpr double kTooFine = 0.5;

double exp_of(double negative) {
  return static_cast<double>(plain_exp(static_cast<float>(negative)));
}

double agreement(const Grid& grid, const GridExpectation& expectation) {
  if (!expectation.cell_width || !expectation.cell_height) {
    return 1;
  }
  const double asked = *expectation.cell_width * *expectation.cell_height;
  const double found = grid.cell_width * grid.cell_height;
  const double factor = std::sqrt(std::max(asked / found, found / asked));
  const double off =
      static_cast<double>(plain_log(static_cast<float>(factor / kUsualFactor))) / kFactorDoubt;
  return off <= 0 ? 1.0 : std::max(kLeastAgreement, exp_of(-off * off / 2));
}

/// Colour changes between neighbouring cells, by the line they stand at.
struct EdgeCounts {
  std::vector<int> columns;
  std::vector<int> rows;
};

EdgeCounts count_edges(const CellSamples& samples) {
  const auto width = static_cast<std::size_t>(samples.size.width);
  const auto height = static_cast<std::size_t>(samples.size.height);
  EdgeCounts counts{std::vector<int>(width), std::vector<int>(height)};
  const auto differ = [&](std::size_t a, std::size_t b) {
    float sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      sum += std::abs(samples.colors[a][c] - samples.colors[b][c]);
    }
    return sum >= kLeastContrast ? 1 : 0;
  };
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t i = y * width + x;
      counts.columns[x] += x > 0 ? differ(i - 1, i) : 0;
      counts.rows[y] += y > 0 ? differ(i - width, i) : 0;
    }
  }
  return counts;
}

/// Whether all edges stand at every `step`-th line.
bool is_stepped(const std::vector<int>& edges, std::size_t step) {
  std::array<int, 3> by_phase{};
  int all = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    by_phase[i % step] += edges[i];
    all += edges[i];
  }
  const int most = *std::ranges::max_element(by_phase);
  return all >= kLeastEdges && all - most <= kMostStray * all;
}

bool is_too_fine(const CellSamples& samples) {
  const EdgeCounts edges = count_edges(samples);
  for (const std::size_t step : {2U, 3U}) {
    if (is_stepped(edges.columns, step) && is_stepped(edges.rows, step)) {
      return true;
    }
  }
  return false;
}

}  // namespace

double trust_in_grid(const Grid& grid, const CellPurity& purity, const CellSamples& samples,
                     const GridExpectation& expectation) {
  const double broken = std::max(0.0, purity.broken_share() - kUsualBroken);
  // Where cells of this size are expected, or pixels are cells, blocks of them are what was drawn.
  const bool expected =
      grid.cell_width <= 1 || (expectation.cell_width && agreement(grid, expectation) == 1.0);
  return exp_of(-kBrokenDoubt * broken) * agreement(grid, expectation) *
         (!expected && is_too_fine(samples) ? kTooFine : 1.0);
}

}  // namespace dgxp
