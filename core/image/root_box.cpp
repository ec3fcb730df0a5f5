#include "core/image/root_box.hpp"

#include "core/image/color_metric.hpp"
#include "core/image/float_lanes.hpp"

namespace dgxp {
namespace {

/// The three sums that a colour's channels add up to, side by side.
struct ShareLanes {
  std::array<std::array<FourFloats, 256>, 3> of;  ///< by channel and value

  explicit ShareLanes(const LinearShares& shares) {
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t v = 0; v < 256; ++v)
        of.at(c).at(v) = FourFloats{static_cast<float>(shares.of[0][c][v]),
                                    static_cast<float>(shares.of[1][c][v]),
                                    static_cast<float>(shares.of[2][c][v]), 1.0F};
  }
};

/// A root and its slope there.
struct Curve {
  FourFloats root;
  FourFloats slope;
};

Curve plain_root(FourFloats sum) {
  const FourFloats root = cube_roots(sum);
  return {.root = root, .slope = 1.0F / (3.0F * root * root)};
}

Curve lab_root(FourFloats sum) {
  constexpr auto kStart = static_cast<float>(kLabCurveStart);
  constexpr auto kSlope = static_cast<float>(kLabCurveSlope / 116.0);
  Curve curve = plain_root(sum);
  curve.root = sum > kStart ? curve.root : kSlope * sum + 16.0F / 116.0F;
  curve.slope = sum > kStart ? curve.slope : all_lanes(kSlope);
  return curve;
}

template <typename Root>
RootBox make_box(const ColorBox& colors, const ShareLanes& shares, Root root) {
  const Rgb low = colors.low;
  const Rgb high = colors.high();
  const std::array<FourFloats, 3> from{shares.of[0][low.r], shares.of[1][low.g],
                                       shares.of[2][low.b]};
  const std::array<FourFloats, 3> to{shares.of[0][high.r], shares.of[1][high.g],
                                     shares.of[2][high.b]};
  const FourFloats first = from[0] + from[1] + from[2];
  const FourFloats last = to[0] + to[1] + to[2];
  const Curve least = root(first);
  const Curve most = root(last);
  const Curve between = root((first + last) / 2);
  const FourFloats slope = (least.slope + most.slope) / 2;
  const FourFloats off = (least.slope - most.slope) / 2;  // the curves flatten
  RootBox box;
  for (std::size_t k = 0; k < 3; ++k) {
    box.low[k] = least.root[k];
    box.middle[k] = between.root[k];
    box.high[k] = most.root[k];
  }
  for (std::size_t c = 0; c < 3; ++c) {
    const FourFloats half = (to[c] - from[c]) / 2;
    const FourFloats rise = slope * half;
    const FourFloats slack = off * half;
    for (std::size_t k = 0; k < 3; ++k) {
      box.rise[c][k] = rise[k];
      box.slack[k] += slack[k];
    }
  }
  return box;
}

}  // namespace

RootBox oklab_box(const ColorBox& colors) {
  static const ShareLanes kShares(oklab_shares());
  return make_box(colors, kShares, plain_root);
}

RootBox lab_box(const ColorBox& colors) {
  static const ShareLanes kShares(lab_shares());
  return make_box(colors, kShares, lab_root);
}

}  // namespace dgxp
