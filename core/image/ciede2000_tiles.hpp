#pragma once

// The tiles of chroma_tiles.hpp, several at once: CIEDE2000's chroma, hue and rotation in
// arithmetic of quad_form.hpp. Tiles that reach too near to gray, or to the hue opposite to that of
// the entry, have no polynomial.
#include <algorithm>
#include <array>

#include "core/image/chroma_tiles.hpp"
#include "core/image/ciede2000_lanes.hpp"
#include "core/image/color_octets.hpp"
#include "core/image/quad_form.hpp"

namespace dgxp {

template <typename Floats>
class ChromaTileMaker {
 public:
  [[gnu::flatten]] static void fill(const OctetEntry& entry, float a, float b,
                                    const ChromaGrid& grid, ChromaBlock& block) {
    constexpr std::size_t kWidth = sizeof(Floats) / sizeof(float);
    for (std::size_t first = 0; first < block.tiles.size(); first += kWidth) {
      Floats at_a;
      Floats at_b;
      for (std::size_t i = 0; i < kWidth; ++i) {
        const std::size_t tile = first + i;
        at_a[i] = a + grid.spacing * static_cast<float>(tile % ChromaBlock::kSide);
        at_b[i] = b + grid.spacing * static_cast<float>(tile / ChromaBlock::kSide);
      }
      const Quad form = distance(entry, at_a, at_b, grid.reach);
      const float part = 1 / grid.reach;
      for (std::size_t i = 0; i < kWidth; ++i)
        block.tiles.data()[first + i] = {
            .value = form.middle[i],
            .a = form.u[i] * part,
            .b = form.v[i] * part,
            .aa = form.uu[i] * part * part,
            .ab = form.uv[i] * part * part,
            .bb = form.vv[i] * part * part,
            .rest = form.rest[i] < kNone ? form.rest[i] * part * part * part : kNoTile,
            .unused = 0};
    }
  }

 private:
  using Mask = LaneMask<Floats>;
  using Quad = QuadForm<Floats>;
  using Polar = PolarQuad<Floats>;
  static constexpr float kGray = 0.02F;  // as in ciede2000_space.hpp
  static constexpr float kNone = 1e20F;  // a rest that says that there is no polynomial

  /// The square of CIEDE2000 between colours of equal L.
  static Quad distance(const OctetEntry& entry, Floats at_a, Floats at_b, float reach) {
    Quad a = constant_quad(at_a);
    Quad b = constant_quad(at_b);
    a.u = Floats{} + reach;
    b.v = Floats{} + reach;
    const bool is_gray = entry.chroma < kGray;
    const Quad chroma_of_both = (polar_of(a, b).length + entry.chroma) * 0.5F;
    const Quad stretch = share_of(chroma_of_both) * -0.5F + 1.5F;
    const Polar p = polar_of(stretch * a, b);
    const Polar q =
        is_gray ? gray_like(p) : polar_of(stretch * entry.a, constant_quad(Floats{} + entry.b));
    const Quad apart_a = stretch * (a - (Floats{} + entry.a));
    const Quad apart_b = b - (Floats{} + entry.b);
    // R_T is below 2e-5 when neither b is negative.
    const bool has_blue = entry.b < 0 || any_lane(at_b - reach < 0.0F);
    Quad square = distance({.p = p,
                            .q = q,
                            .square = square_of(apart_a) + square_of(apart_b),
                            .is_gray = is_gray,
                            .has_blue = has_blue});
    square.rest = (p.is_long & q.is_long) ? square.rest : Floats{} + kNone;
    return square;
  }

  /// Two colours with stretched a.
  struct Pair {
    Polar p;
    Polar q;
    Quad square;  ///< of the way between them
    bool is_gray;
    bool has_blue;
  };
  static Quad distance(const Pair& pair) {
    const auto& [p, q, way, is_gray, has_blue] = pair;
    const Quad chroma = (p.length + q.length) * 0.5F;
    const Quad chroma_apart = q.length - p.length;
    const Quad part_c = chroma_apart * inverse_of(chroma * 0.045F + 1.0F);
    const Quad square = square_of(part_c);
    if (is_gray) return square;
    const MeanHue hue = mean_hue(p, q);
    const Quad inverse_h = inverse_of(chroma * hue_weight_of(hue) * 0.015F + 1.0F);
    const Quad hue_square = way - square_of(chroma_apart);
    Quad result = square + hue_square * square_of(inverse_h);
    if (has_blue) {
      const Quad sine = function_of(
          hue.apart_turn,
          {.value = 2 * hue.sin_half, .slope = hue.cos_half, .half_curve = -0.25F * hue.sin_half},
          Floats{} + 0.25F);
      const Quad part_h = root_of(p.length * q.length) * sine * inverse_h;
      result = result - share_of(chroma) * turn_of(hue) * 2.0F * (part_c * part_h);
    }
    result.rest = hue.is_known ? result.rest : Floats{} + kNone;
    return result;
  }

  /// A gray, seen from p: no hue is apart from it.
  static Polar gray_like(const Polar& p) {
    return {.cos = p.cos,
            .sin = p.sin,
            .length = constant_quad(Floats{}),
            .turn = p.turn,
            .is_long = p.is_long};
  }

  /// sqrt(C^7 / (C^7 + 25^7)), whose third derivative is at most 0.0019, and less away from 20.
  static Quad share_of(const Quad& chroma) {
    const Floats c = at_least(1e-3F, chroma.middle);
    const Floats x = c * (1.0F / 25.0F);
    const Floats cube = x * x * x;
    const Floats power = cube * cube * x;
    const Floats inverse = 1.0F / ((1.0F + power) * c);
    const Floats share = square_roots(power * inverse * c);
    const Floats slope = 3.5F * share * inverse;
    // Behind 25 it falls like that of -0.5 (25 / C)^7.
    const Floats reach = chroma.reach();
    const Floats far = 1.0F / at_least(25.0F, chroma.middle - reach);
    const Floats part = 25.0F * far;
    const Floats part3 = part * part * part;
    const Floats behind = at_most(0.0007F, 256.0F * part3 * part3 * part * (far * far * far));
    const Floats before = chroma.middle + reach < 15.0F ? Floats{} + 0.00053F : Floats{} + 0.0019F;
    return function_of(
        chroma,
        {.value = share, .slope = slope, .half_curve = slope * (1.25F - 4.0F * power) * inverse},
        chroma.middle - reach > 25.0F ? behind : before);
  }

  /// The mean of two hues.
  struct MeanHue {
    HueLanes<Floats> at;  // at the middle
    Quad turn;            // against that
    Quad apart_turn;      // the change of their difference
    Floats cos_half;      // of half of their difference
    Floats sin_half;      // has its sign
    Mask is_known;        // they cannot be opposite
  };
  static MeanHue mean_hue(const Polar& p, const Polar& q) {
    const HalfWay<Floats> way = half_way<Floats>({p.cos, p.sin}, {q.cos, q.sin});
    MeanHue hue{.at = way.at, .cos_half = way.half.cos, .sin_half = way.half.sin};
    hue.turn = (p.turn + q.turn) * 0.5F;
    hue.apart_turn = q.turn - p.turn;
    hue.is_known = 2 * hue.cos_half > hue.apart_turn.reach() + 0.01F;
    return hue;
  }

  /// T, whose third derivative is at most 22.
  static Quad hue_weight_of(const MeanHue& hue) {
    const HueFunction<Floats> at = hue_weight(hue.at);
    return function_of(
        hue.turn,
        {.value = at.value, .slope = at.slope, .half_curve = hue_weight_curve(hue.at) * 0.5F},
        Floats{} + 22.0F);
  }

  /// The part of R_T that the mean hue decides; its third derivative is at most 44, and
  /// what lies between the entries of the tables makes it little more.
  static Quad turn_of(const MeanHue& hue) {
    const TurnPlace<Floats> place = turn_place(hue.at);
    const Bend<Floats> at{.value = place.value(turn_table()),
                          .slope = place.value(turn_bends().slope),
                          .half_curve = place.value(turn_bends().half_curve)};
    return function_of(hue.turn, at, Floats{} + 46.0F);
  }

  /// The second derivative of hue_weight.
  static Floats hue_weight_curve(const HueLanes<Floats>& h) {
    const auto [cos2, sin2, cos3, sin3, cos4, sin4] = multiples_of(h);
    return 0.17F * (h.cos * 0.8660254F + h.sin * 0.5F) - 0.96F * cos2 -
           2.88F * (cos3 * 0.9945219F - sin3 * 0.10452846F) +
           3.2F * (cos4 * 0.4539905F + sin4 * 0.89100652F);
  }
};

}  // namespace dgxp
