#include "core/image/lane_shares.hpp"

#include "core/image/color_metric.hpp"

namespace dgxp {
namespace {

using Matrix = std::array<std::array<double, 3>, 3>;

LaneShares make_shares(const Matrix& matrix, const std::array<double, 3>& divisors) {
  LaneShares shares;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t channel = 0; channel < 3; ++channel)
      for (std::size_t value = 0; value < 256; ++value)
        shares.of.at(row).at(channel).at(value) =
            static_cast<float>(matrix.at(row).at(channel) *
                               linear_light(static_cast<std::uint8_t>(value)) / divisors.at(row));
  return shares;
}

}  // namespace

const LaneShares& oklab_lane_shares() {
  static const LaneShares kShares = make_shares({{{0.4122214708, 0.5363325363, 0.0514459929},
                                                  {0.2119034982, 0.6806995451, 0.1073969566},
                                                  {0.0883024619, 0.2817188376, 0.6299787005}}},
                                                {1, 1, 1});
  return kShares;
}

const LaneShares& lab_lane_shares() {
  static const LaneShares kShares = make_shares(kRgbToXyz, kXyzWhite);
  return kShares;
}

}  // namespace dgxp
