#pragma once

#include <cstdint>
#include <vector>

#include "core/image/recover_master.hpp"

namespace dgxp {

/// Whether the cells of a grid are of one colour each, as those of the true grid are.
struct CellPurity {
  int edged = 0;   ///< cells that differ from a neighbour
  int broken = 0;  ///< cells that differ inside about as much as neighbours do
  /// In reading order: 1 for a broken cell. Empty where nothing is said.
  std::vector<std::uint8_t> is_broken = {};

  /// Broken cells among all that differ from a neighbour or inside; 0 when there are none.
  double broken_share() const {
    const int all = edged + broken;
    return all == 0 ? 0.0 : static_cast<double>(broken) / all;
  }
};

/// Looks at the middle and the quarters of every cell, at more places in large ones, away from its
/// borders, which blur and drift reach into. Cells of less than 2.5 pixels have no parts: nothing
/// is said of them.
CellPurity measure_purity(const Image& image, const Grid& grid);

}  // namespace dgxp
