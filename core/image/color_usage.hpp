#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/image/float_lanes.hpp"

namespace dgxp {

/// How a picture of cells uses its colours: how often each of them, and which stand side by side
/// (4-connected, in either order). Cells whose colour is in doubt count in parts.
class ColorUsage {
 public:
  enum class Pairs { no, yes };

  /// Without pairs, `add_pair` must not be called, and no colour lifts another.
  explicit ColorUsage(std::size_t colors, Pairs pairs = Pairs::yes);

  /// Many calls of `add_cell`: the sums of a run of one colour stay in registers, or each of its
  /// cells would wait until the one before is stored. `finish` once, after the last.
  class CellCounter {
   public:
    explicit CellCounter(ColorUsage& usage)
        : usage_(usage), cells_(usage.cells_), run_(usage.count_[0]) {}
    void add(std::uint16_t color, float weight) {
      if (color != color_) {
        usage_.count_[color_] = run_;
        run_ = usage_.count_[color];
        color_ = color;
      }
      run_ += static_cast<double>(weight);
      cells_ += static_cast<double>(weight);
    }
    void finish() {
      usage_.count_[color_] = run_;
      usage_.cells_ = cells_;
    }

   private:
    ColorUsage& usage_;
    double cells_;
    double run_;  ///< count of `color_`
    std::uint16_t color_ = 0;
  };

  void add_cell(std::uint16_t color, float weight) {
    count_[color] += static_cast<double>(weight);
    cells_ += static_cast<double>(weight);
  }
  void add_pair(std::uint16_t color, std::uint16_t neighbour, float weight) {
    pairs_[color * colors_ + neighbour] += static_cast<double>(weight);
    all_pairs_ += 2 * static_cast<double>(weight);
  }
  /// To be called after the last of these, before any question.
  void finish();

  /// The share of `color` in the picture, above 0, less what the asking cell added to it.
  float share(std::uint16_t color, float own) const;
  /// The same for four colours.
  [[gnu::always_inline]] FourFloats shares(const std::uint16_t* colors, FourFloats own) const {
    const double* counts = count_.data();
    const auto shares_of = [&](std::size_t first, TwoDoubles own_count) {
      const TwoDoubles count{counts[colors[first]], counts[colors[first + 1]]};
      const TwoDoubles taken =
          ((count > kManyCells) | (own_count <= 0.0)) ? TwoDoubles{} : own_count;
      const TwoDoubles left = count - taken;
      return ((left > 0.0 ? left : TwoDoubles{}) + kUnseen) / all_;
    };
    const TwoDoubles low = shares_of(0, low_half(own));
    const TwoDoubles high = shares_of(2, high_half(own));
    return FourFloats{static_cast<float>(low[0]), static_cast<float>(low[1]),
                      static_cast<float>(high[0]), static_cast<float>(high[1])};
  }
  /// How much likelier `color` is beside `neighbour` than by chance, tempered because neighbours
  /// say partly the same. 1 when nothing was counted yet.
  float lift(std::uint16_t color, std::uint16_t neighbour) const {
    const float known = lift_.empty() ? 1.0F : lift_[color * colors_ + neighbour];
    return known >= 0 ? known : find_lift(color, neighbour);
  }
  /// The same for four colours.
  FourFloats lifts(const std::uint16_t* colors, std::uint16_t neighbour) const {
    if (lift_.empty()) {
      return all_lanes(1.0F);
    }
    const float* row = &lift_[neighbour * colors_];
    const FourFloats known{row[colors[0]], row[colors[1]], row[colors[2]], row[colors[3]]};
    return any_lane(known < 0.0F) ? find_lifts(colors, neighbour) : known;
  }
  /// The colour of most cells, first of equal ones.
  std::uint16_t most_common() const { return most_common_; }

 private:
  static constexpr double kUnseen = 0.02;    // cells that every colour is counted with beforehand
  static constexpr double kManyCells = 400;  // one cell more or less changes no share of so many

  float find_lift(std::uint16_t color, std::uint16_t neighbour) const;
  FourFloats find_lifts(const std::uint16_t* colors, std::uint16_t neighbour) const;

  std::size_t colors_;
  double cells_ = 0;
  double all_pairs_ = 0;
  double all_ = 0;  ///< cells with those that no picture shows
  std::vector<double> count_;
  std::vector<double> pairs_;  ///< colors x colors, each in the order it was added
  std::vector<double> share_;
  mutable std::vector<float> lift_;  ///< colors x colors, below 0 where it was not asked for yet
  std::uint16_t most_common_ = 0;
};

}  // namespace dgxp
