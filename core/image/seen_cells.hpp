#pragma once

#include <array>
#include <cstdint>

namespace dgxp {

/// What all cells of a picture show, with room for eight more behind, and the colours that they may
/// have.
struct SeenCells {
  std::array<const float*, 3> seen{};    ///< red, green and blue
  const float* light = nullptr;          ///< on the cells
  float brightness = 1;                  ///< of light, in each channel
  const std::int32_t* colors = nullptr;  ///< of the palette, red in the lowest byte
};

}  // namespace dgxp
