#pragma once

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

}  // namespace dgxp
