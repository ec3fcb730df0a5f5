#pragma once

#include "core/image/float_lanes.hpp"

namespace dgxp {

/// How much a quantity grows from the middle of a box to its end in each channel.
template <typename Floats>
struct Slopes {
  Floats r;
  Floats g;
  Floats b;

  Floats sum_of_sizes() const { return absolute(r) + absolute(g) + absolute(b); }
};
template <typename Floats>
Slopes<Floats> operator+(const Slopes<Floats>& x, const Slopes<Floats>& y) {
  return {.r = x.r + y.r, .g = x.g + y.g, .b = x.b + y.b};
}
template <typename Floats>
Slopes<Floats> operator-(const Slopes<Floats>& x, const Slopes<Floats>& y) {
  return {.r = x.r - y.r, .g = x.g - y.g, .b = x.b - y.b};
}
template <typename Floats>
Slopes<Floats> operator*(Floats factor, const Slopes<Floats>& x) {
  return {.r = factor * x.r, .g = factor * x.g, .b = factor * x.b};
}

/// A quantity somewhere in a box: middle + slopes . t, give or take `rest`, where t is the place,
/// each of its three coordinates from -1 to 1. Arithmetic keeps that true: what is not linear goes
/// into `rest` by a bound of the second derivative. Two quantities that grow alike then differ by
/// little everywhere, which bounds of each alone would not show.
///
/// Rounding is not counted: whoever compares forms leaves room for it.
template <typename Floats>
struct LinearForm {
  Floats middle;
  Slopes<Floats> slopes;
  Floats rest;

  /// How far it may be from its middle.
  Floats reach() const { return slopes.sum_of_sizes() + rest; }
};

template <typename Floats>
LinearForm<Floats> constant_form(Floats value, Floats rest) {
  return {.middle = value, .slopes = {Floats{}, Floats{}, Floats{}}, .rest = rest};
}

template <typename Floats>
LinearForm<Floats> operator+(const LinearForm<Floats>& x, const LinearForm<Floats>& y) {
  return {.middle = x.middle + y.middle, .slopes = x.slopes + y.slopes, .rest = x.rest + y.rest};
}
template <typename Floats>
LinearForm<Floats> operator-(const LinearForm<Floats>& x, const LinearForm<Floats>& y) {
  return {.middle = x.middle - y.middle, .slopes = x.slopes - y.slopes, .rest = x.rest + y.rest};
}
template <typename Floats>
LinearForm<Floats> operator+(const LinearForm<Floats>& x, float y) {
  return {.middle = x.middle + y, .slopes = x.slopes, .rest = x.rest};
}
template <typename Floats>
LinearForm<Floats> operator-(const LinearForm<Floats>& x, float y) {
  return x + -y;
}
template <typename Floats>
LinearForm<Floats> operator+(const LinearForm<Floats>& x, Floats y) {
  return {.middle = x.middle + y, .slopes = x.slopes, .rest = x.rest};
}
template <typename Floats>
LinearForm<Floats> operator-(const LinearForm<Floats>& x, Floats y) {
  return {.middle = x.middle - y, .slopes = x.slopes, .rest = x.rest};
}
template <typename Floats>
LinearForm<Floats> operator*(const LinearForm<Floats>& x, float factor) {
  return {.middle = x.middle * factor,
          .slopes = (Floats{} + factor) * x.slopes,
          .rest = x.rest * std::abs(factor)};
}
template <typename Floats>
LinearForm<Floats> operator*(const LinearForm<Floats>& x, const LinearForm<Floats>& y) {
  return {
      .middle = x.middle * y.middle,
      .slopes = x.middle * y.slopes + y.middle * x.slopes,
      .rest = absolute(x.middle) * y.rest + absolute(y.middle) * x.rest + x.reach() * y.reach()};
}

template <typename Floats>
LinearForm<Floats> square_of(const LinearForm<Floats>& x) {
  const Floats reach = x.reach();
  const Floats half = 0.5F * reach * reach;  // the square of a move is 0 to twice that
  const Floats twice = 2 * x.middle;
  return {.middle = x.middle * x.middle + half,
          .slopes = twice * x.slopes,
          .rest = absolute(twice) * x.rest + half};
}

/// A function of x: its value and slope at the middle, and a bound of its second derivative's size
/// within reach.
template <typename Floats>
LinearForm<Floats> function_of(const LinearForm<Floats>& x, Floats value, Floats slope,
                               Floats bend) {
  const Floats reach = x.reach();
  return {.middle = value,
          .slopes = slope * x.slopes,
          .rest = absolute(slope) * x.rest + 0.5F * bend * reach * reach};
}

/// The same, where the second derivative lies between 0 and `bend`, on either side of 0.
template <typename Floats>
LinearForm<Floats> curved_function_of(const LinearForm<Floats>& x, Floats value, Floats slope,
                                      Floats bend) {
  const Floats reach = x.reach();
  const Floats half = 0.25F * bend * reach * reach;
  return {.middle = value + half,
          .slopes = slope * x.slopes,
          .rest = absolute(slope) * x.rest + absolute(half)};
}

/// At least 1 / (1 - x) for 0 <= x <= 0.5, and no more than that and x^2: what is far from being
/// tight anyway needs no division, which takes a processor long.
template <typename Floats>
Floats grown(Floats x) {
  return 1.0F + x + 2 * x * x;
}

/// 1 / x, given 1 / middle and what 1 / x is at most.
template <typename Floats>
LinearForm<Floats> inverse_of(const LinearForm<Floats>& x, Floats at_middle, Floats most) {
  return curved_function_of(x, at_middle, -at_middle * at_middle, 2 * most * most * most);
}

template <typename Floats>
LinearForm<Floats> select(LaneMask<Floats> mask, const LinearForm<Floats>& yes,
                          const LinearForm<Floats>& no) {
  return {.middle = mask ? yes.middle : no.middle,
          .slopes = {.r = mask ? yes.slopes.r : no.slopes.r,
                     .g = mask ? yes.slopes.g : no.slopes.g,
                     .b = mask ? yes.slopes.b : no.slopes.b},
          .rest = mask ? yes.rest : no.rest};
}

template <typename Floats>
LinearForm<Floats> swapped_halves(const LinearForm<Floats>& x) {
  return {.middle = swapped_halves(x.middle),
          .slopes = {.r = swapped_halves(x.slopes.r),
                     .g = swapped_halves(x.slopes.g),
                     .b = swapped_halves(x.slopes.b)},
          .rest = swapped_halves(x.rest)};
}

/// |x|
template <typename Floats>
LinearForm<Floats> size_of(const LinearForm<Floats>& x) {
  // Below the line between its ends, but by no more than that has at 0.
  const Floats reach = at_least(1e-20F, x.reach());
  const Floats slope = at_most(1.0F, at_least(-1.0F, x.middle / reach));
  const Floats half = 0.5F * at_least(0.0F, reach - x.middle * slope);
  return {.middle = x.middle * slope + half,
          .slopes = slope * x.slopes,
          .rest = absolute(slope) * x.rest + half};
}

/// The length of a vector in a plane, and what it is made of.
template <typename Floats>
struct LengthForm {
  Floats middle;
  Floats inverse;  ///< of the middle; 0 of 0
  Floats cos;      ///< the direction at the middle
  Floats sin;
  LinearForm<Floats> form;
};

template <typename Floats>
LengthForm<Floats> length_form_of(const LinearForm<Floats>& x, const LinearForm<Floats>& y) {
  const Floats length = square_roots(x.middle * x.middle + y.middle * y.middle);
  const LaneMask<Floats> has_length = length > 1e-6F;
  const Floats inverse = has_length ? 1.0F / length : Floats{};
  const Floats cos = has_length ? x.middle * inverse : Floats{} + 1.0F;
  const Floats sin = y.middle * inverse;
  const Slopes<Floats> along = cos * x.slopes + sin * y.slopes;
  const Slopes<Floats> across = cos * y.slopes - sin * x.slopes;
  const Floats along_rest = absolute(cos) * x.rest + absolute(sin) * y.rest;
  const Floats across_rest = absolute(cos) * y.rest + absolute(sin) * x.rest;
  // A move along adds its length; one across adds between nothing and what this says.
  const Floats near = along.sum_of_sizes() + along_rest;
  const Floats far = across.sum_of_sizes() + across_rest;
  const Floats part = near * inverse;
  const LaneMask<Floats> is_long = has_length & (part < 0.5F) & (far < length);
  const Floats bulge =
      is_long ? 0.5F * far * far * inverse * grown(part) : far + 2 * at_least(0.0F, near - length);
  return {.middle = length,
          .inverse = inverse,
          .cos = cos,
          .sin = sin,
          .form = {
              .middle = length + 0.5F * bulge, .slopes = along, .rest = along_rest + 0.5F * bulge}};
}
template <typename Floats>
LinearForm<Floats> length_of(const LinearForm<Floats>& x, const LinearForm<Floats>& y) {
  return length_form_of(x, y).form;
}

/// A vector in a plane by its direction at the middle, its length, and its turn against that
/// direction.
template <typename Floats>
struct PolarForm {
  Floats cos;  ///< the direction
  Floats sin;
  LinearForm<Floats> length;
  LinearForm<Floats> turn;    ///< radians, around 0
  LaneMask<Floats> has_turn;  ///< else the vector may point anywhere
};

template <typename Floats>
PolarForm<Floats> polar_of(const LinearForm<Floats>& x, const LinearForm<Floats>& y) {
  const LengthForm<Floats> length = length_form_of(x, y);
  const Floats rest = absolute(length.cos) * y.rest + absolute(length.sin) * x.rest;
  // The angle's second derivatives are 1 / length^2.
  const Floats x_reach = x.reach();
  const Floats y_reach = y.reach();
  // The length of the longest move, or a little more.
  const Floats move = larger(x_reach, y_reach) + 0.4143F * smaller(x_reach, y_reach);
  const Floats part = move * length.inverse;
  const Floats bend = part * grown(part);
  return {.cos = length.cos,
          .sin = length.sin,
          .length = length.form,
          .turn = {.middle = Floats{},
                   .slopes = length.inverse * (length.cos * y.slopes - length.sin * x.slopes),
                   .rest = rest * length.inverse + 0.5F * bend * bend},
          .has_turn = (length.middle > 1e-3F) & (part < 0.5F)};
}

}  // namespace dgxp
