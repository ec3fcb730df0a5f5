#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/candidate_shares.hpp"
#include "core/image/color_lanes.hpp"

namespace dgxp {

/// Colours that a cell may have.
struct NearColors {
  std::array<std::uint16_t, kCandidates> index{};  ///< nearest first
  std::array<float, kCandidates> distance{};       ///< squared
  std::size_t count = 0;
};

/// Finds the nearest of some colours, four of which are looked at at once.
class NearestColors {
 public:
  explicit NearestColors(std::span<const Rgb> colors);

  /// The nearest colours to `color`, as far as they are not much farther than the nearest.
  NearColors find(const std::array<float, 3>& color);

 private:
  std::vector<ColorLanes> fours_;
  std::vector<FourFloats> distances_;  ///< of the colour that was asked for last
};

}  // namespace dgxp
