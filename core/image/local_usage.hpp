#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/geometry.hpp"
#include "core/image/color_beliefs.hpp"

namespace dgxp {

/// Which colours are missing around a place: each figure of a picture, and each part of a figure,
/// uses only some of the colours. Counted in blocks of cells and blurred over their neighbours.
class LocalUsage {
 public:
  LocalUsage(Size cells, std::size_t colors);

  /// Counts what is believed, forgetting what was counted before.
  void count(const ColorBeliefs& beliefs);
  /// How unlikely `color` is around a cell because it is rarer there than in the whole picture, as
  /// a negative logarithm; 0 where it is about as frequent. `share` is that in the whole picture,
  /// `own` what the cell itself added to the count.
  float cost(std::size_t cell, std::uint16_t color, float own, float share) const;
  /// The same of four colours.
  FourFloats costs(std::size_t cell, const std::uint16_t* colors, FourFloats own,
                   FourFloats share) const;

 private:
  std::size_t block_of(std::size_t cell) const { return blocks_[cell]; }
  void blur(std::size_t step, std::size_t period);

  std::size_t width_;
  std::size_t side_;  ///< of a block, in cells
  std::size_t across_;
  std::size_t down_;
  std::size_t colors_;
  std::vector<std::uint32_t> blocks_;  ///< of each cell: to divide each time is slow
  std::vector<float> counts_;          ///< of each colour, block by block
  std::vector<float> totals_;          ///< of each block
};

}  // namespace dgxp
