#pragma once

#include <array>

namespace dgxp {

/// What each value of a channel adds to three sums that are linear in light: by sum, channel and
/// value.
struct LaneShares {
  std::array<std::array<std::array<float, 256>, 3>, 3> of{};
};
const LaneShares& oklab_lane_shares();  ///< cone responses
const LaneShares& lab_lane_shares();    ///< X, Y, Z by the white point

}  // namespace dgxp
