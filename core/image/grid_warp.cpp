// Least squares: a few knots with bilinear interpolation between them, held together by springs, so
// that single edges that are off move nothing and places without edges follow their surroundings.
#include "core/image/grid_warp.hpp"

#include <algorithm>
#include <utility>

namespace dgxp {
namespace {

constexpr double kStiffness = 4.0;  // of the springs between knots, in clear edges
constexpr double kRest = 1.0;       // of the spring from each knot to no displacement

/// Solves a symmetric positive definite system in place of its right side.
std::vector<double> solve(std::vector<double> matrix, std::vector<double> right) {
  const std::size_t n = right.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const double factor = matrix[i * n + j] / matrix[i * n + i];
      if (factor == 0) {
        continue;
      }
      for (std::size_t k = j; k < n; ++k) {
        matrix[j * n + k] -= factor * matrix[i * n + k];
      }
      right[j] -= factor * right[i];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) {
      right[i] -= matrix[i * n + j] * right[j];
    }
    right[i] /= matrix[i * n + i];
  }
  return right;
}

}  // namespace

GridWarp::GridWarp(Size picture, std::span<const WarpClue> columns, std::span<const WarpClue> rows)
    : step_x_(static_cast<double>(picture.width) / (kKnots - 1)),
      step_y_(static_cast<double>(picture.height) / (kKnots - 1)),
      x_(fit(columns)),
      y_(fit(rows)) {}

GridWarp::Between GridWarp::column(double x) const {
  return between(x / step_x_);
}

GridWarp::Between GridWarp::row(double y) const {
  return between(y / step_y_);
}

/// The knots around a place that is given in steps.
GridWarp::Between GridWarp::between(double place) {
  const double inside = std::clamp(place, 0.0, static_cast<double>(kKnots - 1));
  const auto before = std::min(static_cast<std::size_t>(inside), kKnots - 2);
  return {.before = before, .share = inside - static_cast<double>(before)};
}

GridWarp::Blend GridWarp::blend(const Between& column, const Between& row) {
  const double right = column.share;
  const double down = row.share;
  const std::size_t first = row.before * kKnots + column.before;
  return {
      .knot = {first, first + 1, first + kKnots, first + kKnots + 1},
      .share = {(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down}};
}

std::vector<double> GridWarp::fit(std::span<const WarpClue> clues) const {
  constexpr std::size_t kCount = kKnots * kKnots;
  std::vector<double> matrix(kCount * kCount);  // of which the upper half is read
  std::vector<double> right(kCount);
  for (const WarpClue& clue : clues) {
    const Blend at = blend(column(clue.x), row(clue.y));
    for (std::size_t a = 0; a < 4; ++a) {
      const double share = clue.weight * at.share[a];
      right[at.knot[a]] += share * clue.away;
      for (std::size_t b = a; b < 4; ++b) {
        matrix[at.knot[a] * kCount + at.knot[b]] += share * at.share[b];
      }
    }
  }
  const auto spring = [&](std::size_t a, std::size_t b) {
    matrix[a * kCount + a] += kStiffness;
    matrix[b * kCount + b] += kStiffness;
    matrix[a * kCount + b] -= kStiffness;
  };
  for (std::size_t i = 0; i < kCount; ++i) {
    matrix[i * kCount + i] += kRest;
    if ((i + 1) % kKnots != 0) {
      spring(i, i + 1);
    }
    if (i + kKnots < kCount) {
      spring(i, i + kKnots);
    }
  }
  return solve(std::move(matrix), std::move(right));
}

GridWarp::Shift GridWarp::at(const Between& column, const Between& row) const {
  Shift shift;
  if (empty()) {
    return shift;
  }
  const Blend blended = blend(column, row);
  for (std::size_t k = 0; k < 4; ++k) {
    shift.x += blended.share[k] * x_[blended.knot[k]];
    shift.y += blended.share[k] * y_[blended.knot[k]];
  }
  return shift;
}

}  // namespace dgxp
