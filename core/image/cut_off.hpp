#pragma once

#include <array>
#include <cstddef>

namespace dgxp {

/// What is seen of a value that noise of standard deviation 1 moves and that cannot be below 0.
struct CutOff {
  float mean = 0;
  float deviation = 1;
  float cost = 0;   ///< log of the deviation
  float slope = 1;  ///< of the mean: the share that is not cut off
};

inline constexpr int kCutOffSteps = 16;  // a standard deviation
inline constexpr int kCutOffReach = 4;   // standard deviations; farther away nothing is cut off

/// For values from -kCutOffReach to kCutOffReach.
using CutOffTable = std::array<CutOff, std::size_t{2} * kCutOffReach * kCutOffSteps + 1>;
const CutOffTable& cut_off_table();

/// For a value up to kCutOffReach.
const CutOff& cut_off(float value);

}  // namespace dgxp
