#pragma once

#include <cstddef>
#include <cstdint>

#include "core/image/color_noise.hpp"
#include "core/image/seen_cells.hpp"

namespace dgxp {

/// Cells of known colours, to ask how much light they show.
struct LightQuestion {
  SeenCells cells;
  const std::uint16_t* color = nullptr;  ///< of each cell
  const float* confidence = nullptr;     ///< 0..1 in these
  const float* looks = nullptr;          ///< brightness of each of the palette in even light
  std::uint16_t most_common = 0;         ///< of the palette
  float common_trust = 1;                ///< in the light of its cells, against that of others
  const NoiseShape* common = nullptr;    ///< around that one
  const NoiseShape* others = nullptr;    ///< and around the others
};

/// See LightEstimate::judge. There is room for eight cells more.
struct ShownLight {
  float* shown = nullptr;
  float* expected = nullptr;
  float* trust = nullptr;
};

/// Answers for the first `count` cells.
using ShowLight = void (*)(const LightQuestion& question, std::size_t count,
                           const ShownLight& answer);

}  // namespace dgxp
