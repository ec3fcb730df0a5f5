#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/image/float_lanes.hpp"
#include "core/image/plain_math.hpp"

// One value for each colour that a cell may have.
namespace dgxp {

inline constexpr std::size_t kCandidates = 8;  ///< colours that a cell may have
using CandidateShares = std::array<float, kCandidates>;

/// All of a cell's values at once.
struct CandidateLanes {
  FourFloats low;
  FourFloats high;
};
static_assert(kCandidates == 2 * kLanes);

inline CandidateLanes load_shares(const CandidateShares& shares) {
  return {load_lanes(shares.data()), load_lanes(shares.data() + kLanes)};
}
inline void store_shares(const CandidateLanes& all, CandidateShares& shares) {
  store_lanes(all.low, shares.data());
  store_lanes(all.high, shares.data() + kLanes);
}

/// The first `count` values, and `rest` behind them.
inline CandidateLanes first_of(const CandidateLanes& all, std::size_t count, float rest) {
  const auto first = static_cast<std::int32_t>(count);
  return {FourInts{0, 1, 2, 3} < first ? all.low : all_lanes(rest),
          FourInts{4, 5, 6, 7} < first ? all.high : all_lanes(rest)};
}

inline float least_of(const CandidateLanes& all) {
  const FourFloats four = all.low < all.high ? all.low : all.high;
  const FourFloats behind = __builtin_shufflevector(four, four, 2, 3, 0, 1);
  const FourFloats two = four < behind ? four : behind;
  return two[0] < two[1] ? two[0] : two[1];
}

/// One after the other, in order.
inline float sum_of(const CandidateLanes& all) {
  float sum = 0;
  for (std::size_t k = 0; k < kLanes; ++k) {
    sum += all.low[k];
  }
  for (std::size_t k = 0; k < kLanes; ++k) {
    sum += all.high[k];
  }
  return sum;
}

/// As parts of their sum, if that is above 0.
inline CandidateLanes normalised(const CandidateLanes& all) {
  const float sum = sum_of(all);
  const float whole = sum > 0 ? sum : 1.0F;
  return {all.low / whole, all.high / whole};
}

/// e to the power of what each cost is above the least.
inline CandidateLanes likelihoods(const CandidateLanes& cost) {
  const float least = least_of(cost);
  return {plain_exp_lanes(least - cost.low), plain_exp_lanes(least - cost.high)};
}

}  // namespace dgxp
