#pragma once

#include <vector>

#include "core/image/split_colors.hpp"

namespace dgxp {

struct Ruling {
  std::vector<double> lines;  ///< pixels, ascending
  double gain = 0;            ///< of all lines, elastic cost taken off
};

/// Whether lines are laid between pixels too, so that a cell size that is no whole number is kept
/// where nothing tells the place of a line.
enum class RuleSteps { whole, fine };

/// All lines of one axis for one cell size. `gain` tells what a line gains at each place; the first
/// and the last line lie within one step of the borders.
Ruling rule_axis(const std::vector<float>& gain, double cell, RuleSteps steps,
                 SimdLevel level = simd_level());

/// What is gained over the mean of the surroundings, so that a line costs nothing in a blank margin
/// and none is left out there.
std::vector<float> over_surroundings(const std::vector<float>& gain, double cell);

/// `profile` between whole places; 0 outside.
double strength_at(const std::vector<float>& profile, double place);

}  // namespace dgxp
