#pragma once

// OKLab and CIELAB are linear in three roots of sums that are linear in light. Here are these roots
// in the eight halves of a box in each channel: of a colour each, or as forms of eight boxes.
#include <array>
#include <cstddef>

#include "core/image/candidate_lists.hpp"
#include "core/image/color_metric.hpp"
#include "core/image/lane_shares.hpp"
#include "core/image/linear_form.hpp"

namespace dgxp {

template <typename Floats>
struct PlainCurve {
  static Floats root(Floats sum) { return cube_roots(sum); }
  static Floats slope(Floats sum) {
    const Floats at = cube_roots(sum);
    return 1.0F / (3.0F * at * at);
  }
};

/// CIELAB's, with a straight piece near black.
template <typename Floats>
struct LabCurve {
  static constexpr auto kStart = static_cast<float>(kLabCurveStart);
  static constexpr auto kSlope = static_cast<float>(kLabCurveSlope / 116.0);
  static Floats root(Floats sum) {
    return sum > kStart ? cube_roots(sum) : kSlope * sum + 16.0F / 116.0F;
  }
  static Floats slope(Floats sum) {
    return sum > kStart ? PlainCurve<Floats>::slope(sum) : Floats{} + kSlope;
  }
};

/// `high` in the places that have the bit, else `low`; the first lane is place `first`.
template <typename Floats>
Floats of_places(unsigned first, unsigned bit, float low, float high) {
  LaneMask<Floats> places;
  for (unsigned i = 0; i < sizeof(Floats) / sizeof(float); ++i)
    places[i] = ((first + i) & bit) != 0 ? -1 : 0;
  return places ? Floats{} + high : Floats{} + low;
}

template <typename Quantity>
struct ThreeRoots {
  Quantity x;
  Quantity y;
  Quantity z;
};

/// Of the colours of the box of edge 2 at `low`.
template <typename Floats, template <typename> typename Curve>
ThreeRoots<Floats> color_roots(Rgb low, unsigned first, const LaneShares& shares) {
  const auto root = [&](std::size_t row) {
    const auto& of = shares.of[row];
    return Curve<Floats>::root(of_places<Floats>(first, 4, of[0][low.r], of[0][low.r + 1U]) +
                               of_places<Floats>(first, 2, of[1][low.g], of[1][low.g + 1U]) +
                               of_places<Floats>(first, 1, of[2][low.b], of[2][low.b + 1U]));
  };
  return {.x = root(0), .y = root(1), .z = root(2)};
}

/// The root's slope lies between those at both ends, and so does its share of every channel.
template <typename Floats, template <typename> typename Curve>
LinearForm<Floats> root_form(const ColorBox& box, unsigned first,
                             const std::array<std::array<float, 256>, 3>& shares) {
  const unsigned half = static_cast<unsigned>(box.edge) / 2;
  const auto ends = [&](std::size_t channel, std::uint8_t low, unsigned end) {
    const float* share = shares[channel].data() + low;
    return of_places<Floats>(first, 4U >> channel, share[end], share[half + end]);
  };
  const Slopes<Floats> from{
      .r = ends(0, box.low.r, 0), .g = ends(1, box.low.g, 0), .b = ends(2, box.low.b, 0)};
  const Slopes<Floats> to{.r = ends(0, box.low.r, half - 1),
                          .g = ends(1, box.low.g, half - 1),
                          .b = ends(2, box.low.b, half - 1)};
  const Floats least = from.r + from.g + from.b;
  const Floats most = to.r + to.g + to.b;
  const Floats steep = Curve<Floats>::slope(least);
  const Floats flat = Curve<Floats>::slope(most);
  const Floats half_slope = (steep + flat) * 0.25F;
  return {.middle = Curve<Floats>::root((least + most) * 0.5F),
          .slopes = half_slope * (to - from),
          .rest = (steep - flat) * (most - least) * 0.25F};
}

template <typename Floats, template <typename> typename Curve>
ThreeRoots<LinearForm<Floats>> root_forms(const ColorBox& box, unsigned first,
                                          const LaneShares& shares) {
  return {.x = root_form<Floats, Curve>(box, first, shares.of[0]),
          .y = root_form<Floats, Curve>(box, first, shares.of[1]),
          .z = root_form<Floats, Curve>(box, first, shares.of[2])};
}

/// L, a, b.
template <typename Quantity>
struct LabOf {
  Quantity l;
  Quantity a;
  Quantity b;
};
template <typename Quantity>
LabOf<Quantity> lab_of(const ThreeRoots<Quantity>& roots) {
  return {.l = roots.y * 116.0F - 16.0F,
          .a = (roots.x - roots.y) * 500.0F,
          .b = (roots.y - roots.z) * 200.0F};
}

}  // namespace dgxp
