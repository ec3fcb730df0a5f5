#pragma once

#include <algorithm>
#include <array>
#include <limits>

#include "core/image/cell_solver.hpp"
#include "core/image/float_lanes.hpp"
#include "core/image/lane_shares.hpp"

namespace dgxp {

/// One value of each colour of a cell: four neighbours in blue side by side.
inline constexpr std::size_t kCellLanes = kCellColors / kLanes;
using LaneValues = std::array<FourFloats, kCellLanes>;
/// Three coordinates of each colour of a cell.
using LanePoints = std::array<LaneValues, 3>;

/// The roots (of `curve`) of three linear sums of each colour of a cell.
template <typename Curve>
LanePoints lane_points(Rgb low, const LaneShares& shares, Curve curve) {
  LanePoints points;
  for (std::size_t row = 0; row < 3; ++row) {
    const auto& of = shares.of[row];
    const FourFloats blue = load_lanes(&of[2][low.b]);
    for (std::size_t i = 0; i < kCellLanes; ++i)
      points[row][i] = curve(all_lanes(of[0][low.r + i / 4] + of[1][low.g + i % 4]) + blue);
  }
  return points;
}

/// Keeps, for each colour of a cell, the best entry so far and by how much it leads, in single
/// floats.
class LaneRace {
 public:
  LaneRace() {
    best_.fill(all_lanes(std::numeric_limits<float>::infinity()));
    second_ = best_;
    winner_.fill(FourInts{});
  }

  /// The largest of the best distances so far.
  float farthest() const {
    FourFloats most = best_[0];
    for (const FourFloats& best : best_) most = best > most ? best : most;
    return std::max(std::max(most[0], most[1]), std::max(most[2], most[3]));
  }

  /// The positions of the winners; where one leads by `unsure` or less, `decide(place)` says.
  template <typename Decide>
  CellAnswer finish(const std::vector<SolverEntry>& entries, float unsure, Decide decide) const {
    return finish(
        entries, [&](FourFloats best, FourFloats second) { return second - best > unsure; },
        decide);
  }

  /// `distance(i)` is that of the i-th four colours.
  template <typename Distance>
  void enter(std::uint8_t entry, Distance distance) {
    const FourInts number{entry, entry, entry, entry};
    for (std::size_t i = 0; i < kCellLanes; ++i) {
      const FourFloats now = distance(i);
      const FourInts wins = now < best_[i];
      const FourFloats behind = now < second_[i] ? now : second_[i];
      second_[i] = wins ? best_[i] : behind;
      winner_[i] = wins ? number : winner_[i];
      best_[i] = wins ? now : best_[i];
    }
  }

  /// The positions of the winners; where `is_sure(best, second)` is not, `decide(place)` says.
  template <typename IsSure, typename Decide>
  CellAnswer finish(const std::vector<SolverEntry>& entries, IsSure is_sure, Decide decide) const {
    CellAnswer answer{};
    for (std::size_t i = 0; i < kCellLanes; ++i) {
      const FourInts sure = is_sure(best_[i], second_[i]);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const std::size_t place = kLanes * i + lane;
        answer[place] = sure[lane] != 0
                            ? entries[static_cast<std::size_t>(winner_[i][lane])].position
                            : decide(place);
      }
    }
    return answer;
  }

 private:
  LaneValues best_;
  LaneValues second_;
  std::array<FourInts, kCellLanes> winner_;
};

}  // namespace dgxp
