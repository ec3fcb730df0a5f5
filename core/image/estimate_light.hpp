#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/geometry.hpp"
#include "core/image/light_links.hpp"

namespace dgxp {

/// Uneven light over the picture: how much brighter each cell is shown than it is, judged from its
/// neighbours only (what the cell itself shows is not used, so it can be compared with it). Light
/// goes on across cells, so the tilts inside them tell how it differs between neighbours, and
/// cells of sure colour tell its height.
class LightEstimate {
 public:
  /// Rise of brightness from a cell's middle to its left, right, upper and lower border.
  using Tilts = std::array<float, 4>;

  LightEstimate(Size size, std::span<const Tilts> tilts);

  /// The light for cells, in reading order, that show `seen` and would show `colors` in even
  /// light; `trust` is the weight of that, 1 for a usual cell. What was found for other `colors`
  /// before is where the search begins.
  std::vector<float> judge(std::span<const float> seen, std::span<const float> colors,
                           std::span<const float> trust);

 private:
  /// A value of each cell, diagonal by diagonal: what a diagonal's cells are told comes from the
  /// diagonals before, so that several of them hear it at once. Behind each diagonal and around all
  /// of them there is room, where links weigh nothing.
  using Field = std::vector<float>;
  /// The difference of light to the next cell along an axis, and how far it is trusted.
  struct Links {
    Field rise;
    Field weight;
  };
  /// What one neighbour says: weight, and weight x light.
  struct Told {
    Field weight;
    Field light;
  };
  /// All that several cells know.
  struct Known;

  std::size_t place(std::size_t x, std::size_t y) const { return first_ + x * right_ + y * down_; }
  void link_cells(std::span<const float> colors, std::size_t axis);
  Known known_of(std::size_t place) const;
  void tell(const Known& known, std::size_t from, std::size_t side, std::ptrdiff_t to);
  template <typename Visit>
  void each_place(std::size_t diagonal, Visit visit) const;
  void sweep();
  std::vector<float> scaled_light(std::span<const float> seen, std::span<const float> colors,
                                  std::span<const float> trust) const;

  std::size_t width_;
  std::size_t height_;
  std::size_t first_ = 0;  ///< place of the first cell
  std::size_t right_ = 0;  ///< places from each cell to its right neighbour
  std::size_t down_ = 0;
  std::array<LightLinks, 2> found_;  ///< in reading order, along each axis
  std::array<Links, 2> links_;       ///< from each cell to its right and to its lower neighbour
  std::array<Told, 4> told_;         ///< by the left, right, upper and lower neighbour
  Told own_;                         ///< what each cell says itself
  Field light_;
};

}  // namespace dgxp
