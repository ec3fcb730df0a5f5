#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"

namespace dgxp {

/// Uneven light over the picture: how much brighter each cell is shown than it is, judged from its
/// neighbours only (what the cell itself shows is not used, so it can be compared with it). Light
/// goes on across cells, so the tilts inside them tell how it differs between neighbours, and
/// cells of sure colour tell its height.
class LightEstimate {
 public:
  /// Rise of brightness from a cell's middle to its left, right, upper and lower border.
  using Tilts = std::array<float, 4>;

  LightEstimate(Size size, std::vector<Tilts> tilts);

  /// The light for cells, in reading order, that show `seen` and would show `colors` in even
  /// light; `trust` is the weight of that, 1 for a usual cell. What was found for other `colors`
  /// before is where the search begins.
  std::vector<float> judge(std::span<const float> seen, std::span<const float> colors,
                           std::span<const float> trust);

 private:
  /// The difference of light to the next cell along an axis, and how far it is trusted.
  struct Link {
    float rise = 0;
    float weight = 0;
  };
  /// What the neighbours (left, right, upper, lower) say: weights, and weight x light.
  struct Told {
    std::array<float, 4> weight{};
    std::array<float, 4> light{};
  };
  /// All that is known of one cell.
  struct Known {
    float weight = 0;
    float light = 0;  ///< times weight
  };

  void link_cells(std::span<const float> colors, std::vector<Link>& links, std::size_t step,
                  std::size_t back) const;
  Known sum_up(std::size_t cell) const;
  void tell(const Known& known, std::size_t from, std::size_t side, std::size_t to,
            const Link& link, float rise);
  void sweep();

  std::size_t width_;
  std::vector<Tilts> tilts_;
  std::vector<Link> right_;  ///< from each cell to its right neighbour
  std::vector<Link> down_;
  std::vector<Told> told_;
  std::vector<Known> own_;  ///< what each cell says itself
};

}  // namespace dgxp
