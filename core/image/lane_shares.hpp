#pragma once

#include <array>

namespace dgxp {

/// LinearShares (cell_points.hpp) in single floats: by sum, channel and value.
struct LaneShares {
  std::array<std::array<std::array<float, 256>, 3>, 3> of{};
};
const LaneShares& oklab_lane_shares();
const LaneShares& lab_lane_shares();

}  // namespace dgxp
