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

/// The colours of lanes: words of a palette, red in the lowest byte, of which `index` gives the
/// place for each lane.
template <typename Floats, typename Index>
[[gnu::always_inline]] inline std::array<Floats, 3> look_up_colors(const std::int32_t* words,
                                                                   Index index) {
  const auto found =
      make_lanes<LaneMask<Floats>>([&](std::size_t lane) { return words[index(lane)]; });
  return {__builtin_convertvector(found & 0xFF, Floats),
          __builtin_convertvector(found >> 8 & 0xFF, Floats),
          __builtin_convertvector(found >> 16, Floats)};
}

/// The colours of a palette as look_up_colors wants them.
inline std::vector<std::int32_t> color_words(std::span<const Rgb> colors) {
  std::vector<std::int32_t> words;
  for (const Rgb& color : colors) {
    words.push_back(color.r | color.g << 8 | color.b << 16);
  }
  return words;
}

/// What cells show, channel by channel, with room behind for whole lanes.
class SeenColors {
 public:
  explicit SeenColors(std::span<const std::array<float, 3>> colors) {
    for (std::size_t c = 0; c < planes_.size(); ++c) {
      planes_[c].reserve(colors.size() + kRoom);
      for (const std::array<float, 3>& color : colors) {
        planes_[c].push_back(color[c]);
      }
      planes_[c].resize(colors.size() + kRoom);
    }
  }
  /// Red, green and blue of all cells.
  std::array<const float*, 3> planes() const {
    return {planes_[0].data(), planes_[1].data(), planes_[2].data()};
  }

 private:
  static constexpr std::size_t kRoom = 8;
  std::array<std::vector<float>, 3> planes_;
};

}  // namespace dgxp
