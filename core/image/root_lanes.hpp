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
  static constexpr float kStart = 0;
  static Floats root(Floats sum) { return cube_roots(sum); }
  /// Of the roots x and y of two sums, by how much these differ.
  static Floats difference(Floats, Floats, Floats x, Floats y, Floats of_sums) {
    return of_sums / (x * x + x * y + y * y);
  }
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
  static Floats difference(Floats of_x, Floats of_y, Floats x, Floats y, Floats of_sums) {
    const LaneMask<Floats> are_roots = (of_x > kStart) & (of_y > kStart);
    const LaneMask<Floats> are_straight = (of_x <= kStart) & (of_y <= kStart);
    return are_roots ? of_sums / (x * x + x * y + y * y) : are_straight ? kSlope * of_sums : x - y;
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

/// Three roots x, y, z as what OKLab and CIELAB ask for: a root, and small differences.
template <typename Quantity>
struct ThreeRoots {
  Quantity y;
  Quantity x_less_y;
  Quantity y_less_z;
};

/// Of the colours of the box of edge 2 at `low`. A root is off by 4e-7; a difference by 3e-8 and a
/// millionth of itself, since it is not made of the roots but of the difference of their cubes.
template <typename Floats, template <typename> typename Curve>
ThreeRoots<Floats> color_roots(Rgb low, unsigned first, const LaneShares& shares) {
  const auto sum = [&](auto share) {
    return of_places<Floats>(first, 4, share(0, low.r), share(0, low.r + 1U)) +
           of_places<Floats>(first, 2, share(1, low.g), share(1, low.g + 1U)) +
           of_places<Floats>(first, 1, share(2, low.b), share(2, low.b + 1U));
  };
  const auto sum_of = [&](std::size_t row) {
    return sum([&](std::size_t c, unsigned value) { return shares.of[row][c][value]; });
  };
  const auto less = [&](std::size_t row, std::size_t other) {
    return sum([&](std::size_t c, unsigned value) {
      return shares.of[row][c][value] - shares.of[other][c][value];
    });
  };
  const Floats of_y = sum_of(1);
  const Floats x_less_y = less(0, 1);
  const Floats y_less_z = less(1, 2);
  const Floats of_x = of_y + x_less_y;
  const Floats of_z = of_y - y_less_z;
  const Floats y = Curve<Floats>::root(of_y);
  return {
      .y = y,
      .x_less_y = Curve<Floats>::difference(of_x, of_y, Curve<Floats>::root(of_x), y, x_less_y),
      .y_less_z = Curve<Floats>::difference(of_y, of_z, y, Curve<Floats>::root(of_z), y_less_z)};
}

/// Of sums that are linear in the place in a box, from `least` to `most`: the root's slope lies
/// between those at both ends, and so does its share of every channel.
template <typename Floats, template <typename> typename Curve>
LinearForm<Floats> root_near_black(const Slopes<Floats>& spans, Floats least, Floats most) {
  const Floats steep = Curve<Floats>::slope(least);
  const Floats flat = Curve<Floats>::slope(most);
  const Floats half_slope = (steep + flat) * 0.25F;
  return {.middle = Curve<Floats>::root((least + most) * 0.5F),
          .slopes = half_slope * spans,
          .rest = (steep - flat) * (most - least) * 0.25F};
}

/// The same where the curve is the cube root alone and the sums differ by a part of themselves: the
/// tangent at the middle, and how far the curve may be below.
template <typename Floats>
LinearForm<Floats> root_far_from_black(const Slopes<Floats>& spans, Floats middle, Floats inverse,
                                       Floats part) {
  const Floats root = cube_roots(middle);
  const Floats half_slope = root * inverse * (1.0F / 6.0F);
  const Floats reach = half_slope * part * middle * 2;
  // The bracket is no less than the power of -5/3 of 1 - part.
  const Floats half = reach * part * (1.0F / 6.0F) * (1.0F + 1.6667F * part + 5.4F * part * part);
  return {.middle = root - half, .slopes = half_slope * spans, .rest = half};
}

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
  const Slopes<Floats> spans = to - from;
  const Floats least = from.r + from.g + from.b;
  const Floats most = to.r + to.g + to.b;
  const Floats middle = (least + most) * 0.5F;
  const Floats inverse = 1.0F / at_least(1e-10F, middle);
  const Floats part = (most - least) * 0.5F * inverse;
  if (any_lane((part > 0.5F) | (least < Curve<Floats>::kStart)))
    return root_near_black<Floats, Curve>(spans, least, most);
  return root_far_from_black(spans, middle, inverse, part);
}

template <typename Floats, template <typename> typename Curve>
ThreeRoots<LinearForm<Floats>> root_forms(const ColorBox& box, unsigned first,
                                          const LaneShares& shares) {
  const LinearForm<Floats> x = root_form<Floats, Curve>(box, first, shares.of[0]);
  const LinearForm<Floats> y = root_form<Floats, Curve>(box, first, shares.of[1]);
  const LinearForm<Floats> z = root_form<Floats, Curve>(box, first, shares.of[2]);
  return {.y = y, .x_less_y = x - y, .y_less_z = y - z};
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
  return {
      .l = roots.y * 116.0F - 16.0F, .a = roots.x_less_y * 500.0F, .b = roots.y_less_z * 200.0F};
}
template <typename Quantity>
LabOf<Quantity> oklab_of(const ThreeRoots<Quantity>& roots) {
  return {.l = roots.y * 0.9999999935F + roots.x_less_y * 0.2104542553F +
               roots.y_less_z * 0.0040720468F,
          .a = roots.x_less_y * 1.9779984951F + roots.y_less_z * -0.4505937099F,
          .b = roots.y * 0.0000000373F + roots.x_less_y * 0.0259040371F +
               roots.y_less_z * 0.8086757660F};
}

}  // namespace dgxp
