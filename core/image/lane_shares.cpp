#include "core/image/lane_shares.hpp"

#include "core/image/cell_points.hpp"

namespace dgxp {
namespace {

LaneShares in_floats(const LinearShares& shares) {
  LaneShares floats;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t v = 0; v < 256; ++v)
        floats.of.at(row).at(c).at(v) = static_cast<float>(shares.of.at(row).at(c).at(v));
  return floats;
}

}  // namespace

const LaneShares& oklab_lane_shares() {
  static const LaneShares kShares = in_floats(oklab_shares());
  return kShares;
}
const LaneShares& lab_lane_shares() {
  static const LaneShares kShares = in_floats(lab_shares());
  return kShares;
}

}  // namespace dgxp
