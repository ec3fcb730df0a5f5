#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/image/candidate_shares.hpp"
#include "core/image/color_noise.hpp"
#include "core/image/seen_cells.hpp"

namespace dgxp {

/// Colours that cells likely have, from what they show beyond which noise is judged.
struct NoiseWitnesses {
  static constexpr std::size_t kMany = 128;
  static constexpr float kLeastShare = 0.001F;

  std::array<std::uint32_t, kMany + kCandidates> cell{};
  std::array<std::uint16_t, kMany + kCandidates> color{};
  std::array<float, kMany + kCandidates> share{};
  std::size_t count = 0;

  /// If it `is_one`, without a branch. There must be room: for `kMany`, and one cell more.
  void add_if(bool is_one, std::size_t of_cell, std::uint16_t its_color, float its_share) {
    cell.data()[count] = static_cast<std::uint32_t>(of_cell);
    color.data()[count] = its_color;
    share.data()[count] = its_share;
    count += is_one && !(its_share < kLeastShare) ? 1 : 0;
  }
};

/// Adds what they show to `noise`, one after the other, but for what is no noise.
using AddNoise = void (*)(const SeenCells& cells, const NoiseWitnesses& some, ColorNoise& noise);

}  // namespace dgxp
