#pragma once

#include <vector>

#include "core/image/grid_profile.hpp"

namespace dgxp {

/// The lines of both axes, in pixels, ascending.
struct GridLines {
  std::vector<double> columns;
  std::vector<double> rows;
};

/// How much speaks for lines at the parts of each step.
struct PartEvidence {
  double share = 0;   ///< rise of the profile at the parts over the strength of lines
  double surety = 0;  ///< that rise in standard errors
};

/// Looks at the `parts` - 1 places in each step of the lines whether the profile rises there, over
/// the places halfway to the next one. Nothing where parts were shorter than `least` pixels.
PartEvidence look_between(const EdgeProfiles& profiles, const GridLines& lines, int parts,
                          double least);

/// How sure faint edges make it that every step has a line in its middle, in standard errors: of
/// the axis that shows less. Nothing of an axis where most middles lie alike in the blocks of a
/// JPEG, which has faint edges of its own at their borders, wherever it was cut.
double surety_of_halves(const EdgeProfiles& faint, const GridLines& lines);

/// 0..1: how much stronger edges are on the lines than halfway between them.
double measure_relief(const EdgeProfiles& profiles, const GridLines& lines);

}  // namespace dgxp
