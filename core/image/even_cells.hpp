#pragma once

#include <vector>

#include "core/image/image.hpp"

namespace dgxp {

/// Along which side of a picture cells are counted.
enum class CellAxis { across, down };

/// So many cells of one width fill the picture from side to side.
struct EvenCells {
  int count = 0;
  double agreement = 0;  ///< -1..1: how much the picture looks enlarged from so many
};

/// Numbers of even cells that the picture may have been enlarged from, whatever interpolation or
/// blur was used: the clearest by far, or the clearest few, fewest cells first. Noise is no
/// hindrance, but the cells must begin and end at the borders. Empty when nothing stands out.
std::vector<EvenCells> find_even_cells(const Image& image, CellAxis axis);

}  // namespace dgxp
