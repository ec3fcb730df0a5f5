#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "core/base/color.hpp"

namespace dgxp {

/// Which entries of a palette may be nearest somewhere in a box of the colour cube, ascending.
using Candidates = std::span<const std::uint8_t>;

/// Candidates in room of its own: a list is made for every cell.
class CandidateList {
 public:
  void add(std::uint8_t entry) { entries_.data()[count_++] = entry; }
  /// Without a branch. Not for more entries than a list has room for, added or not.
  void add_if(bool is_candidate, std::uint8_t entry) {
    entries_.data()[count_] = entry;
    count_ += is_candidate ? 1 : 0;
  }
  Candidates view() const { return {entries_.data(), count_}; }

 private:
  std::array<std::uint8_t, 256> entries_;
  std::size_t count_ = 0;
};

inline CandidateList all_candidates(std::size_t count) {
  CandidateList all;
  for (std::size_t i = 0; i < count; ++i) all.add(static_cast<std::uint8_t>(i));
  return all;
}

/// The colours from `low` on, `edge` values of each channel.
struct ColorBox {
  Rgb low;
  int edge = 4;

  Rgb high() const {
    const auto end = [&](std::uint8_t value) {
      return static_cast<std::uint8_t>(value + edge - 1);
    };
    return {end(low.r), end(low.g), end(low.b)};
  }
};

/// Candidates of the boxes of `kEdge`^3 colours, each found when a colour in it is first asked for:
/// what is smaller than a box then compares few entries. Several threads may ask at once.
template <int kEdge>
class BoxLists {
 public:
  /// `prune` gives the candidates in a box.
  template <typename Prune>
  Candidates around(Rgb color, Prune prune) const {
    const Rgb low{start(color.r), start(color.g), start(color.b)};
    const std::size_t box = ((low.r / kEdge) * kSide + low.g / kEdge) * kSide + low.b / kEdge;
    std::call_once(once_[box], [&] {
      const CandidateList list = prune(ColorBox{.low = low, .edge = kEdge});
      lists_[box].assign(list.view().begin(), list.view().end());
    });
    return lists_[box];
  }

 private:
  static constexpr std::size_t kSide = 256 / kEdge;
  static constexpr std::size_t kBoxes = kSide * kSide * kSide;
  static std::uint8_t start(std::uint8_t value) {
    return static_cast<std::uint8_t>(value / kEdge * kEdge);
  }

  mutable std::vector<std::once_flag> once_ = std::vector<std::once_flag>(kBoxes);
  mutable std::vector<std::vector<std::uint8_t>> lists_ =
      std::vector<std::vector<std::uint8_t>>(kBoxes);
};

}  // namespace dgxp
