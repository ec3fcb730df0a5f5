#pragma once

#include <array>
#include <cstddef>

#include "core/image/candidate_lists.hpp"
#include "core/image/cell_points.hpp"

namespace dgxp {

using Floats3 = std::array<float, 3>;

/// OKLab and CIELAB are linear in three roots y of sums that are linear in light. Over a box of
/// colours each root stays between `low` and `high`, and any linear sum s of the roots stays within
/// `reach(s)` of its value at `middle`: the root's slope lies between those at both ends, and so
/// does that of the sum in each channel, however the roots move together.
struct RootBox {
  Floats3 low{};
  Floats3 middle{};
  Floats3 high{};
  std::array<Floats3, 3> rise{};  ///< by channel and root: its middle slope times half the channel
  Floats3 slack{};                ///< by root: what the slope may be off, over all channels

  float reach(const Floats3& weights) const {
    float centered = 0;
    float apart = 0;
    for (std::size_t c = 0; c < 3; ++c)
      centered +=
          magnitude(weights[0] * rise[c][0] + weights[1] * rise[c][1] + weights[2] * rise[c][2]);
    for (std::size_t k = 0; k < 3; ++k) {
      centered += magnitude(weights[k]) * slack[k];
      const float below = middle[k] - low[k];
      const float above = high[k] - middle[k];
      apart += magnitude(weights[k]) * (below > above ? below : above);
    }
    return centered < apart ? centered : apart;
  }

 private:
  static float magnitude(float x) { return x < 0 ? -x : x; }
};

RootBox oklab_box(const ColorBox& colors);  ///< roots of the cone responses
RootBox lab_box(const ColorBox& colors);    ///< CIELAB's curve of X, Y, Z

}  // namespace dgxp
