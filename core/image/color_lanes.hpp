#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/float_lanes.hpp"

namespace dgxp {

/// Red, green and blue of four colours.
using ColorLanes = std::array<FourFloats, 3>;

/// Four places in a palette.
inline FourInts load_index(const std::uint16_t* index) {
  return FourInts{index[0], index[1], index[2], index[3]};
}

/// The colours of a palette, for four lanes at once.
class ColorTable {
 public:
  explicit ColorTable(std::span<const Rgb> colors) {
    for (const Rgb& color : colors) {
      words_.push_back(color.r | color.g << 8 | color.b << 16);
    }
  }
  ColorLanes find(FourInts index) const {
    const FourInts words{word(index[0]), word(index[1]), word(index[2]), word(index[3])};
    return {__builtin_convertvector(words & 0xFF, FourFloats),
            __builtin_convertvector(words >> 8 & 0xFF, FourFloats),
            __builtin_convertvector(words >> 16, FourFloats)};
  }

  /// Red in the lowest byte.
  const std::int32_t* words() const { return words_.data(); }

 private:
  std::int32_t word(std::int32_t index) const { return words_[static_cast<std::size_t>(index)]; }

  std::vector<std::int32_t> words_;
};

/// What cells show, channel by channel, with room behind for whole lanes.
class SeenColors {
 public:
  explicit SeenColors(std::span<const std::array<float, 3>> colors) {
    for (std::size_t c = 0; c < planes_.size(); ++c) {
      planes_[c].reserve(colors.size() + kLanes);
      for (const std::array<float, 3>& color : colors) {
        planes_[c].push_back(color[c]);
      }
      planes_[c].resize(colors.size() + kLanes);
    }
  }
  /// Of four cells from `cell` on.
  ColorLanes from(std::size_t cell) const {
    return {load_lanes(&planes_[0][cell]), load_lanes(&planes_[1][cell]),
            load_lanes(&planes_[2][cell])};
  }
  /// Red, green and blue of all cells.
  std::array<const float*, 3> planes() const {
    return {planes_[0].data(), planes_[1].data(), planes_[2].data()};
  }
  /// Of any four cells.
  ColorLanes of(const std::uint32_t* cells) const {
    const auto pick = [&](const std::vector<float>& plane) {
      return FourFloats{plane[cells[0]], plane[cells[1]], plane[cells[2]], plane[cells[3]]};
    };
    return {pick(planes_[0]), pick(planes_[1]), pick(planes_[2])};
  }

 private:
  std::array<std::vector<float>, 3> planes_;
};

}  // namespace dgxp
