#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/image/float_lanes.hpp"

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

/// The first of the greatest.
inline std::size_t place_of_greatest(const CandidateLanes& all) {
  const FourFloats four = all.low > all.high ? all.low : all.high;
  const FourFloats behind = __builtin_shufflevector(four, four, 2, 3, 0, 1);
  const FourFloats two = four > behind ? four : behind;
  const float greatest = two[0] > two[1] ? two[0] : two[1];
  return static_cast<std::size_t>(
      std::countr_zero(lane_bits(all.low == greatest) | lane_bits(all.high == greatest) << kLanes));
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

/// The first `count` values as parts of their sum, if that is above 0, and 0 behind them.
inline CandidateLanes first_normalised(const CandidateLanes& all, std::size_t count) {
  if (count > kLanes) {
    return normalised(first_of(all, count, 0.0F));
  }
  const auto first = static_cast<std::int32_t>(count);
  const FourFloats few = FourInts{0, 1, 2, 3} < first ? all.low : FourFloats{};
  const float sum = few[0] + few[1] + few[2] + few[3];
  return {few / (sum > 0 ? sum : 1.0F), FourFloats{}};
}

}  // namespace dgxp
