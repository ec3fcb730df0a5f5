#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/geometry.hpp"
#include "core/image/color_beliefs.hpp"
#include "core/image/float_lanes.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {

/// How often each of some colours, and any colour, was counted around a cell.
template <typename Floats>
struct LocalCounts {
  Floats colors;
  Floats all;
};

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
  /// The same of several colours: of the cells whose counts they are.
  template <typename Floats>
  [[gnu::always_inline]] static Floats costs(const LocalCounts<Floats>& counted, Floats own,
                                             Floats share) {
    const Floats left = counted.colors - kOwnWeight * own;
    const Floats count = left > 0.0F ? left : Floats{};
    const Floats near = (count + kPriorCells * share) / (counted.all - kOwnWeight + kPriorCells);
    return near >= share ? Floats{} : plain_log_lanes(share / near);
  }
  /// The counts of four colours around a cell.
  [[gnu::always_inline]] LocalCounts<FourFloats> counts(std::size_t cell,
                                                        const std::uint16_t* colors) const {
    const std::size_t block = blocks_.data()[cell];
    const float* counts = counts_.data() + block * colors_;
    return {.colors = FourFloats{counts[colors[0]], counts[colors[1]], counts[colors[2]],
                                 counts[colors[3]]},
            .all = all_lanes(totals_.data()[block])};
  }

 private:
  static constexpr float kOwnWeight = 9.0F;    // of a block in its own sum, after it was blurred
  static constexpr float kPriorCells = 10.0F;  // spread as in the whole picture, counted everywhere

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
