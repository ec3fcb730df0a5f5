#pragma once

#include "core/image/float_lanes.hpp"

namespace dgxp {

/// A quantity that two variables u and v decide, each from -1 to 1: a polynomial of the second
/// degree, give or take `rest`. Arithmetic keeps that true. What goes into `rest` is of the third
/// degree at least: where u and v keep to a part of their range, the third power of that part of
/// `rest` is enough.
///
/// Rounding is not counted, as in linear_form.hpp.
template <typename Floats>
struct QuadForm {
  Floats middle;
  Floats u;
  Floats v;
  Floats uu;
  Floats uv;
  Floats vv;
  Floats rest;

  /// How far the terms of a degree may be from 0.
  Floats first_reach() const { return absolute(u) + absolute(v); }
  Floats second_reach() const { return absolute(uu) + absolute(uv) + absolute(vv); }
  /// How far it may be from its middle.
  Floats reach() const { return first_reach() + second_reach() + rest; }
};

template <typename Floats>
QuadForm<Floats> constant_quad(Floats value) {
  return {.middle = value,
          .u = Floats{},
          .v = Floats{},
          .uu = Floats{},
          .uv = Floats{},
          .vv = Floats{},
          .rest = Floats{}};
}

template <typename Floats>
QuadForm<Floats> operator+(const QuadForm<Floats>& x, const QuadForm<Floats>& y) {
  return {.middle = x.middle + y.middle,
          .u = x.u + y.u,
          .v = x.v + y.v,
          .uu = x.uu + y.uu,
          .uv = x.uv + y.uv,
          .vv = x.vv + y.vv,
          .rest = x.rest + y.rest};
}
template <typename Floats>
QuadForm<Floats> operator*(const QuadForm<Floats>& x, Floats factor) {
  return {.middle = x.middle * factor,
          .u = x.u * factor,
          .v = x.v * factor,
          .uu = x.uu * factor,
          .uv = x.uv * factor,
          .vv = x.vv * factor,
          .rest = x.rest * absolute(factor)};
}
template <typename Floats>
QuadForm<Floats> operator*(const QuadForm<Floats>& x, float factor) {
  return x * (Floats{} + factor);
}
template <typename Floats>
QuadForm<Floats> operator-(const QuadForm<Floats>& x, const QuadForm<Floats>& y) {
  return x + y * -1.0F;
}
template <typename Floats>
QuadForm<Floats> operator+(QuadForm<Floats> x, float y) {
  x.middle += y;
  return x;
}
template <typename Floats>
QuadForm<Floats> operator-(QuadForm<Floats> x, Floats y) {
  x.middle -= y;
  return x;
}
template <typename Floats>
QuadForm<Floats> operator*(const QuadForm<Floats>& x, const QuadForm<Floats>& y) {
  const Floats first_x = x.first_reach();
  const Floats first_y = y.first_reach();
  const Floats second_x = x.second_reach();
  const Floats second_y = y.second_reach();
  return {.middle = x.middle * y.middle,
          .u = x.middle * y.u + y.middle * x.u,
          .v = x.middle * y.v + y.middle * x.v,
          .uu = x.middle * y.uu + y.middle * x.uu + x.u * y.u,
          .uv = x.middle * y.uv + y.middle * x.uv + x.u * y.v + x.v * y.u,
          .vv = x.middle * y.vv + y.middle * x.vv + x.v * y.v,
          .rest = absolute(x.middle) * y.rest + absolute(y.middle) * x.rest + first_x * second_y +
                  second_x * (first_y + second_y) + x.rest * (first_y + second_y + y.rest) +
                  y.rest * (first_x + second_x)};
}
template <typename Floats>
QuadForm<Floats> square_of(const QuadForm<Floats>& x) {
  return x * x;
}

/// A function at the middle: its value, its slope, and half of its second derivative.
template <typename Floats>
struct Bend {
  Floats value;
  Floats slope;
  Floats half_curve;
};

/// That function of x; `third` is what its third derivative is at most within reach.
template <typename Floats>
QuadForm<Floats> function_of(const QuadForm<Floats>& x, const Bend<Floats>& f, Floats third) {
  const Floats first = x.first_reach();
  const Floats second = x.second_reach();
  const Floats reach = first + second + x.rest;
  const Floats beyond_square =
      second * (2 * first + second) + x.rest * (2 * (first + second) + x.rest);
  return {.middle = f.value,
          .u = f.slope * x.u,
          .v = f.slope * x.v,
          .uu = f.slope * x.uu + f.half_curve * x.u * x.u,
          .uv = f.slope * x.uv + 2 * f.half_curve * x.u * x.v,
          .vv = f.slope * x.vv + f.half_curve * x.v * x.v,
          .rest = absolute(f.slope) * x.rest + absolute(f.half_curve) * beyond_square +
                  third * (1.0F / 6.0F) * reach * reach * reach};
}

/// 1 / x, for x of at least 1.
template <typename Floats>
QuadForm<Floats> inverse_of(const QuadForm<Floats>& x) {
  const Floats inverse = 1.0F / x.middle;
  const Floats most = 1.0F / at_least(1.0F, x.middle - x.reach());
  const Floats square = inverse * inverse;
  return function_of(x, {.value = inverse, .slope = -square, .half_curve = square * inverse},
                     6 * (most * most) * (most * most));
}

/// The root of x, which is above 0 by more than its reach (else the rest is wrong).
template <typename Floats>
QuadForm<Floats> root_of(const QuadForm<Floats>& x) {
  const Floats root = square_roots(x.middle);
  const Floats inverse = 1.0F / root;
  const Floats least = at_least(1e-6F, x.middle - x.reach());
  return function_of(
      x,
      {.value = root, .slope = 0.5F * inverse, .half_curve = -0.125F * inverse * inverse * inverse},
      0.375F / (least * least * square_roots(least)));
}

/// A vector in a plane by its direction at the middle, its length, and its turn against that
/// direction.
template <typename Floats>
struct PolarQuad {
  Floats cos;  ///< the direction
  Floats sin;
  QuadForm<Floats> length;
  QuadForm<Floats> turn;     ///< radians, 0 at the middle
  LaneMask<Floats> is_long;  ///< else the rest is wrong
};

template <typename Floats>
PolarQuad<Floats> polar_of(const QuadForm<Floats>& x, const QuadForm<Floats>& y) {
  const Floats length = square_roots(x.middle * x.middle + y.middle * y.middle);
  const LaneMask<Floats> has_length = length > 1e-3F;
  const Floats inverse = has_length ? 1.0F / length : Floats{};
  const Floats cos = has_length ? x.middle * inverse : Floats{} + 1.0F;
  const Floats sin = y.middle * inverse;
  const QuadForm<Floats> x_move = x - x.middle;
  const QuadForm<Floats> y_move = y - y.middle;
  const QuadForm<Floats> along = x_move * cos + y_move * sin;
  const QuadForm<Floats> across = y_move * cos - x_move * sin;
  const Floats along_reach = along.reach();
  const Floats across_reach = across.reach();
  // No less than the length of the longest move.
  const Floats move =
      larger(along_reach, across_reach) + 0.4143F * smaller(along_reach, across_reach);
  const Floats most_inverse = 1.0F / at_least(1e-3F, length - move);
  const Floats part = move * most_inverse;
  PolarQuad<Floats> polar{.cos = cos,
                          .sin = sin,
                          .length = along + square_of(across) * (0.5F * inverse),
                          .turn = across * inverse - along * across * (inverse * inverse),
                          .is_long = has_length & (move < 0.5F * length)};
  polar.length.middle += length;
  // Third derivatives in any direction: of the length at most 1.155 / length^2, of the angle at
  // most 2 / length^3.
  polar.length.rest += 0.1925F * move * part * part;
  polar.turn.rest += (1.0F / 3.0F) * part * part * part;
  return polar;
}

}  // namespace dgxp
