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

/// Candidates of the 16^3 blocks of 16^3 colours, each found when a cell in it is first asked for:
/// its cells then compare few entries. Several threads may ask at once.
class CandidateLists {
 public:
  /// `prune` gives the candidates in a box.
  template <typename Prune>
  Candidates of_block(Rgb color, Prune prune) const {
    const std::size_t block = std::size_t{color.r} >> 4U << 8U | std::size_t{color.g} >> 4U << 4U |
                              std::size_t{color.b} >> 4U;
    std::call_once(once_[block], [&] {
      const auto start = [](std::uint8_t value) {
        return static_cast<std::uint8_t>(value & 0xF0U);
      };
      const CandidateList list =
          prune(ColorBox{.low = {start(color.r), start(color.g), start(color.b)}, .edge = 16});
      lists_[block].assign(list.view().begin(), list.view().end());
    });
    return lists_[block];
  }

 private:
  static constexpr std::size_t kBlocks = 4096;
  mutable std::vector<std::once_flag> once_ = std::vector<std::once_flag>(kBlocks);
  mutable std::vector<std::vector<std::uint8_t>> lists_ =
      std::vector<std::vector<std::uint8_t>>(kBlocks);
};

}  // namespace dgxp
