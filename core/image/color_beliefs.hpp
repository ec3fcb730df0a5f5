#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/geometry.hpp"
#include "core/image/candidate_shares.hpp"
#include "core/image/color_usage.hpp"

namespace dgxp {

/// What is believed of one cell's colour. The arrays hold `count` values; behind them, `color` is
/// one of the palette, and the rest means nothing.
struct CellBelief {
  std::size_t count = 0;  ///< 1 .. kCandidates
  std::array<std::uint16_t, kCandidates> color{};
  CandidateShares shown{};  ///< likelihood by what the cell shows, 1 for the likeliest
  CandidateShares share{};  ///< probability with what the neighbours say; sums up to 1
  CandidateShares alone{};  ///< probability if every colour were used as often as the others

  std::size_t best() const;
};

/// The colours of all cells of a picture at once, by belief propagation between neighbours: each
/// cell tells each neighbour what it believes without that neighbour, and thereby what colour is
/// likely beside it. Cells in no doubt cost next to nothing.
class ColorBeliefs {
 public:
  explicit ColorBeliefs(Size size);

  std::size_t size() const { return cells_.size(); }
  CellBelief& operator[](std::size_t cell) { return cells_[cell]; }
  const CellBelief& operator[](std::size_t cell) const { return cells_[cell]; }
  CellBelief* data() { return cells_.data(); }

  /// Sets the candidates of a cell.
  void start(std::size_t cell, const std::array<std::uint16_t, kCandidates>& color,
             std::size_t count);
  /// Leaves out the candidates of a cell but those whose bit is set, the lowest for the first.
  void keep(std::size_t cell, std::uint32_t bits);
  /// Whether every cell has one candidate left: then nothing changes any more.
  bool are_sure() const;
  /// From `shown` alone.
  void believe_shown();
  /// One round of messages in reading order and one back, then `share` of every cell.
  void propagate(const ColorUsage& usage);
  /// How often colours are used, believing this, and to a small part `alone`; which stand side by
  /// side is not counted.
  ColorUsage count_colors(std::size_t colors) const;
  /// The same with pairs; `before` is the one of the last propagation.
  ColorUsage count_usage(const ColorUsage& before, std::size_t colors) const;

 private:
  using Told = std::array<CandidateShares, 4>;  ///< by the left, right, upper and lower neighbour

  /// Neighbours of which one at least was in doubt.
  struct Link {
    std::uint32_t cell;
    std::uint32_t behind;  ///< to the right of `cell`, or below it
    std::size_t side;      ///< of `cell`
  };

  void listen();
  void link_doubtful();
  CandidateLanes without(std::size_t cell, std::size_t side) const;
  void tell(const ColorUsage& usage, std::size_t from, std::size_t side, std::size_t to);
  void count_pair(const ColorUsage& before, ColorUsage& usage, std::size_t cell,
                  std::size_t neighbour, std::size_t side) const;

  std::size_t width_;
  std::vector<CellBelief> cells_;
  std::vector<Told> told_;            ///< of the cells that were in doubt when first asked
  std::vector<std::uint32_t> place_;  ///< of each cell in `told_`
  std::vector<Link> links_;           ///< those of the cells before a cell come before its own
};

}  // namespace dgxp
