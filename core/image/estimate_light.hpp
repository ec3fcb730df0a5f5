#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// What is known of the brightness of each cell, in reading order.
struct LightClues {
  Size size;                          ///< in cells
  std::span<const float> rest;        ///< brightness seen less that of the colour the cell may have
  std::span<const float> trust;       ///< weight of `rest`; 1 = a usual cell
  std::span<const float> contrast_x;  ///< brightness of the right neighbour less the left one's
  std::span<const float> contrast_y;  ///< of the lower less the upper one's
  std::span<const std::array<float, 2>> slopes;  ///< rise of brightness inside the cell
};

/// Uneven light over the picture: how much brighter each cell is shown than it is, judged from its
/// neighbours only (what the cell itself shows is not used, so it can be compared with it). Light
/// goes on across cells, so the slopes inside them tell how it differs between neighbours, and
/// cells of sure colour tell its height.
std::vector<float> estimate_light(const LightClues& clues);

}  // namespace dgxp
