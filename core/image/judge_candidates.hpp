#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/image/color_beliefs.hpp"
#include "core/image/color_noise.hpp"
#include "core/image/local_usage.hpp"
#include "core/image/seen_cells.hpp"

namespace dgxp {

/// What cells show and what is known of their picture, to ask how likely each of their candidates
/// is.
struct CandidateQuestion {
  SeenCells cells;
  std::uint16_t most_common = 0;       ///< of the palette
  const NoiseShape* common = nullptr;  ///< around that one
  const NoiseShape* others = nullptr;  ///< and around the others
  const ColorUsage* usage = nullptr;   ///< nothing: each colour is as likely as the others
  const LocalUsage* local = nullptr;   ///< nothing: or is, wherever the cell may be
  /// Candidates that need so much more noise than the likeliest are ruled out.
  float far = std::numeric_limits<float>::infinity();
  /// So are those whose `shown` is less.
  float least_shown = 0;
};

/// Sets `alone` and `shown` of `count` of the cells, which have two candidates or more. `kept` has
/// a bit for each candidate of a cell that is not ruled out (see ColorBeliefs::keep), the lowest
/// for the first; what is said of the others means nothing.
using JudgeCandidates = void (*)(const CandidateQuestion& question, CellBelief* beliefs,
                                 const std::uint32_t* cells, std::size_t count, std::uint8_t* kept);

}  // namespace dgxp
