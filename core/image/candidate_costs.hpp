#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/image/candidate_shares.hpp"
#include "core/image/color_beliefs.hpp"
#include "core/image/color_noise.hpp"
#include "core/image/split_colors.hpp"

namespace dgxp {

/// Cells and what they show, to ask how much noise each of their candidates would need.
struct CandidateQuestion {
  const CellBelief* beliefs = nullptr;   ///< of all cells
  std::array<const float*, 3> seen{};    ///< red, green and blue of all cells
  const float* light = nullptr;          ///< of all cells
  float brightness = 1;                  ///< of light, in each channel
  const std::int32_t* colors = nullptr;  ///< of the palette, red in the lowest byte
  std::uint16_t most_common = 0;         ///< of them
  const NoiseShape* common = nullptr;    ///< around that one
  const NoiseShape* others = nullptr;    ///< and around the others
};

/// Answers for `count` of the cells: NoiseLanes::cost of each candidate. What stands behind a
/// cell's last candidate means nothing.
using AnswerCandidates = void (*)(const CandidateQuestion& question, const std::uint32_t* cells,
                                  std::size_t count, CandidateShares* costs);
AnswerCandidates answer_candidates(SimdLevel level);

#if defined(__x86_64__)
extern const AnswerCandidates kAnswerCandidatesAvx2;
#endif

}  // namespace dgxp
