#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/base/color.hpp"

namespace dgxp {

/// A cell is the 4x4x4 colours from `low` upwards; they stand at (r % 4) * 16 + (g % 4) * 4 + b
/// % 4.
inline constexpr std::size_t kCellColors = 64;

constexpr Rgb cell_color(Rgb low, std::size_t place) {
  return {static_cast<std::uint8_t>(low.r + place / 16),
          static_cast<std::uint8_t>(low.g + place / 4 % 4),
          static_cast<std::uint8_t>(low.b + place % 4)};
}

/// The cube root of x >= 0 with a relative error below 1e-12, several times faster than std::cbrt:
/// a guess from the exponent and two steps of Halley's method. 0 gives 1e-15.
inline double fast_cbrt(double x) {
  x = std::max(x, 1e-45);
  double root = std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) / 3 + 0x2A9F7893782DA1CEU);
  for (int step = 0; step < 2; ++step) {
    const double cube = root * root * root;
    root = root * ((cube + 2 * x) / (2 * cube + x));
  }
  return root;
}

/// What each value of a channel adds to three linear sums, by channel and sum.
struct LinearShares {
  std::array<std::array<std::array<double, 256>, 3>, 3> of{};

  double sum(std::size_t row, Rgb color) const {
    return of[row][0][color.r] + of[row][1][color.g] + of[row][2][color.b];
  }
};
const LinearShares& oklab_shares();  ///< cone responses
const LinearShares& lab_shares();    ///< X, Y, Z by the white point

/// Three coordinates of each colour of a cell.
using CellPoints = std::array<std::array<double, kCellColors>, 3>;

template <typename Curve>
CellPoints cell_points(Rgb low, const LinearShares& shares, Curve curve) {
  CellPoints points;
  for (std::size_t row = 0; row < 3; ++row) {
    const auto& of = shares.of[row];
    for (std::size_t r = 0; r < 4; ++r)
      for (std::size_t g = 0; g < 4; ++g) {
        const double sum = of[0][low.r + r] + of[1][low.g + g];
        for (std::size_t b = 0; b < 4; ++b)
          points[row][16 * r + 4 * g + b] = curve(sum + of[2][low.b + b]);
      }
  }
  return points;
}

/// L, a, b of CIELAB of the colours of a cell, each within 1e-8 of to_lab.
CellPoints lab_cell(Rgb low);

}  // namespace dgxp
