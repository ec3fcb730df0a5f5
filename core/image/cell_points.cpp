#include "core/image/cell_points.hpp"

#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

LinearShares make_shares(const Matrix& matrix, const std::array<double, 3>& divisors) {
  LinearShares shares;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t channel = 0; channel < 3; ++channel)
      for (std::size_t value = 0; value < 256; ++value)
        shares.of.at(row).at(channel).at(value) = matrix.at(row).at(channel) *
                                                  linear_light(static_cast<std::uint8_t>(value)) /
                                                  divisors.at(row);
  return shares;
}

}  // namespace

const LinearShares& oklab_shares() {
  static const LinearShares kShares = make_shares({{{0.4122214708, 0.5363325363, 0.0514459929},
                                                    {0.2119034982, 0.6806995451, 0.1073969566},
                                                    {0.0883024619, 0.2817188376, 0.6299787005}}},
                                                  {1, 1, 1});
  return kShares;
}

const LinearShares& lab_shares() {
  static const LinearShares kShares = make_shares(kRgbToXyz, kXyzWhite);
  return kShares;
}

CellPoints lab_cell(Rgb low) {
  CellPoints points = cell_points(low, lab_shares(), [](double t) {
    return t > kLabCurveStart ? fast_cbrt(t) : (kLabCurveSlope * t + 16.0) / 116.0;
  });
  for (std::size_t i = 0; i < kCellColors; ++i) {
    const double x = points[0][i];
    const double y = points[1][i];
    const double z = points[2][i];
    points[0][i] = 116.0 * y - 16.0;
    points[1][i] = 500.0 * (x - y);
    points[2][i] = 200.0 * (y - z);
  }
  return points;
}

}  // namespace dgxp
