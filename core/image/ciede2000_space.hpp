#pragma once

// CIEDE2000 for octet_kernel.hpp, by its square. In a box that is a linear form of the place in the
// box, give or take a rest. With the mean hue T and R_T jump (at opposite hues) or turn quickly
// (near gray); there they count with their whole ranges.
#include "core/image/ciede2000_lanes.hpp"
#include "core/image/octet_kernel.hpp"
#include "core/image/root_lanes.hpp"

namespace dgxp {

template <typename Floats>
class Ciede2000Space {
 public:
  using Mask = LaneMask<Floats>;
  using Form = LinearForm<Floats>;
  using Entry = EntryLanes<Floats>;
  // Of forms, in squares of distances.
  static constexpr float kDoubt = 0.01F;
  static constexpr float kDoubtPart = 1e-4F;

  /// The colours of eighths of a box.
  struct Box {
    Form l;
    Form a;
    Form b;
    Form chroma;
  };
  static Box box(const ColorBox& box, unsigned first) {
    LabOf<Form> lab = lab_of(root_forms<Floats, LabCurve>(box, first, lab_lane_shares()));
    for (Form* form : {&lab.l, &lab.a, &lab.b}) form->rest += kRounding;
    return {.l = lab.l, .a = lab.a, .b = lab.b, .chroma = length_of(lab.a, lab.b)};
  }

  /// No less than the square of CIEDE2000 is anywhere: S_H is at most S_C, the chromas grow by
  /// less than 6.5 when a is stretched, and R_T matters for blue hues alone.
  static Floats bound(const Box& box, const Entry& entry) {
    const auto beyond = [](const Form& form, Floats value) {
      return at_least(0.0F, absolute(form.middle - value) - form.reach());
    };
    const Floats l = beyond(box.l, entry.l);
    const Floats a = beyond(box.a, entry.a);
    const Floats b = beyond(box.b, entry.b);
    const Floats off = absolute((box.l.middle + entry.l) * 0.5F - 50.0F) + 0.5F * box.l.reach();
    const Floats scale_l = 1.0F + 0.015F * off;
    const Floats chroma = (box.chroma.middle + box.chroma.reach() + entry.chroma) * 0.5F + 6.5F;
    const Floats scale_c = 1.0F + 0.045F * chroma;
    const Floats part = chroma * (1.0F / 25.0F);
    const Mask is_blue = (box.b.middle - box.b.reach() < 0.0F) | (entry.b < 0.0F);
    const Floats turn = is_blue ? 0.867F * at_most(1.0F, part * part * part) : Floats{} + 1e-4F;
    return l * l / (scale_l * scale_l) + (1.0F - turn) * (a * a + b * b) / (scale_c * scale_c);
  }

  /// The square of CIEDE2000.
  static Form distance(const Box& colors, const Entry& entry) {
    const Form stretch = share_form((colors.chroma + entry.chroma) * 0.5F) * -0.5F + 1.5F;
    const Polar p = polar_of(stretch * colors.a, colors.b);
    const Polar q = stretched_polar(stretch, entry.a, entry.b);
    const Form chroma = (p.length + q.length) * 0.5F;
    const MeanHue hue = mean_hue(p, q);
    const Scales scales = make_scales(chroma, hue);
    const Form chroma_apart = q.length - p.length;
    const Form part_c = chroma_apart * scales.inverse_c;
    const Form hue_square = square_of(stretch * (colors.a - entry.a)) +
                            square_of(colors.b - entry.b) - square_of(chroma_apart);
    const Form square = square_of(lightness_part(colors.l, entry.l)) + square_of(part_c) +
                        hue_square * scales.inverse_square_h;
    return turned(square, colors, entry,
                  {.p = p,
                   .q = q,
                   .chroma = chroma,
                   .hue = hue,
                   .scales = scales,
                   .part_c = part_c,
                   .hue_square = hue_square});
  }

  /// The colours of a box of edge 2.
  struct Colors {
    Floats l;
    Floats a;
    Floats b;
    Floats chroma;
    bool has_blue;  // a colour with b < 0
  };
  static Colors colors(Rgb low, unsigned first) {
    const LabOf<Floats> lab = lab_of(color_roots<Floats, LabCurve>(low, first, lab_lane_shares()));
    const Floats chroma = square_roots(lab.a * lab.a + lab.b * lab.b);
    // Grays come out as rounding leaves them; the chroma of all other colours is above 0.2.
    const Mask has_hue = chroma > 0.02F;
    return {.l = lab.l,
            .a = has_hue ? lab.a : Floats{},
            .b = has_hue ? lab.b : Floats{},
            .chroma = has_hue ? chroma : Floats{},
            .has_blue = any_lane(has_hue & (lab.b < 0.0F))};
  }
  static Measured<Floats> measure(const Colors& colors, const Entry& entry) {
    const Floats stretch = stretch_of((colors.chroma + entry.chroma) * 0.5F);
    const Floats pa = stretch * colors.a;
    const Floats pb = colors.b;
    const Floats qa = stretch * entry.a;
    const Floats qb = entry.b;
    const Floats pc = square_roots(pa * pa + pb * pb);
    const Floats qc = square_roots(qa * qa + qb * qb);
    const Floats both = pc * qc;
    const Floats dot = pa * qa + pb * qb;
    const Floats cross = pa * qb - pb * qa;
    // sqrt(both) times the cosine and the sine of half of the angle between the hues
    const Mask has_hue = both > 1e-7F;
    const Floats big = square_roots(0.5F * (both + absolute(dot)));
    const Floats small = has_hue ? 0.5F * cross / big : Floats{};
    const Floats cos_half = dot < 0.0F ? absolute(small) : big;
    const Floats sin_half = dot < 0.0F ? (cross < 0.0F ? -big : big) : small;
    const Floats inverse = has_hue ? 1.0F / (pc * square_roots(both)) : Floats{};
    const HueLanes<Floats> hue{.cos = (pa * cos_half - pb * sin_half) * inverse,
                               .sin = (pb * cos_half + pa * sin_half) * inverse};
    const Floats off = (colors.l + entry.l) * 0.5F - 50.0F;
    const Floats root = square_roots(20.0F + off * off);
    const Floats part_l = (entry.l - colors.l) * root / (root + 0.015F * off * off);
    const Floats chroma = (pc + qc) * 0.5F;
    const Floats scale_c = 1.0F + 0.045F * chroma;
    const Floats scale_h = 1.0F + 0.015F * chroma * hue_weight(hue).value;
    const Floats scale = 1.0F / (scale_c * scale_h);
    const Floats part_c = (qc - pc) * scale_h * scale;
    const Floats part_h = 2 * sin_half * scale_c * scale;
    Measured<Floats> result;
    result.value = part_l * part_l + part_c * part_c + part_h * part_h;
    if (colors.has_blue || any_lane(entry.b < 0.0F))
      result.value -=
          2 * seventh_share_root(chroma) * turn_of_hue(hue, turn_table()).value * part_c * part_h;
    result.value = at_least(0.0F, result.value);
    result.is_bound = has_hue & (dot < 0.0F) & (absolute(cross) < 1e-3F * (pc + qc) + 1e-4F * both);
    if (!any_lane(result.is_bound)) return result;
    // Whatever the mean hue is, and so S_H and R_T: the hue difference is 2 sqrt(both).
    const Floats widest = 1.0F + 0.015F * kMostHueWeight * chroma;
    const Floats part = chroma * (1.0F / 25.0F);
    const Floats turn = at_most(1.0F, part * part * part);
    const Floats bound = part_l * part_l + (1.0F - 0.867F * turn) *
                                               (part_c * part_c + 3.9F * both / (widest * widest));
    result.value = result.is_bound ? bound : result.value;
    return result;
  }

  static Mask is_sure(Floats best, Floats second) {
    const Floats nearer = square_roots(best);
    return square_roots(second) - nearer > kUnsure + kUnsurePart * nearer;
  }

 private:
  // Distances in single floats: off by less than half of this and a part of the distance.
  static constexpr float kUnsure = 3e-4F;
  static constexpr float kUnsurePart = 2e-5F;
  static constexpr float kRounding = 1e-3F;  // of CIELAB in forms
  using Polar = PolarForm<Floats>;

  /// dL / S_L
  static Form lightness_part(const Form& l, Floats of_entry) {
    const Floats apart = of_entry - l.middle;
    const Floats off = (l.middle + of_entry) * 0.5F - 50.0F;
    const Floats square = off * off;
    const Floats root = square_roots(20.0F + square);
    const Floats scaled_root = root + 0.015F * square;
    const Floats both = 1.0F / (root * scaled_root);
    const Floats inverse_root = scaled_root * both;
    const Floats inverse = root * root * both;  // of S_L
    const Floats scale_slope = 0.015F * off * (square + 40.0F) * inverse_root * inverse_root *
                               inverse_root;  // at most 0.01634
    const Floats part = apart * inverse;
    const Floats slope = -(1.0F + 0.5F * part * scale_slope) * inverse;
    const Floats reach = l.reach();
    const Floats less = 0.0082F * reach * inverse;
    const Floats shrink = at_most(1.0F, less < 0.5F ? inverse * grown(less) : Floats{} + 1.0F);
    const Floats most = (absolute(apart) + reach) * shrink;
    const Floats bend = (0.01634F * (1.0F + 0.0082F * most) * shrink + 0.0017F * most) * shrink;
    return function_of(l, part, slope, bend);
  }

  /// sqrt(C^7 / (C^7 + 25^7)), whose second derivative is at most 0.006.
  static Form share_form(const Form& chroma) {
    const Floats c = at_least(1e-3F, chroma.middle);
    const Floats x = c * (1.0F / 25.0F);
    const Floats cube = x * x * x;
    const Floats power = cube * cube * x;
    const Floats both = 1.0F / ((1.0F + power) * c);
    const Floats inverse = c * both;
    const Floats share = square_roots(power * inverse);
    const Floats reach = chroma.reach();
    const Floats inverse_c = (1.0F + power) * both;
    const Floats less = reach * inverse_c;
    const Floats high = at_least(0.0F, chroma.middle + reach) * (1.0F / 25.0F);
    const Floats low =
        at_most(1.0F, less < 0.5F ? 25.0F * inverse_c * grown(less) : Floats{} + 1.0F);
    const Floats low3 = low * low * low;
    // The power of 1.5 of `high` is no more than the bracket says.
    const Floats bend = 0.006F * at_most(1.0F, smaller(2.5F * high * (0.15F + 1.667F * high),
                                                       7.6F * low3 * low3 * low3));
    return function_of(chroma, share, 3.5F * share * inverse * inverse_c, bend);
  }

  /// Of the vector (stretch * a, b). The stretch is at least 1 everywhere.
  static Polar stretched_polar(const Form& stretch, Floats a, Floats b) {
    const Floats x = stretch.middle * a;
    const Floats length = square_roots(x * x + b * b);
    const Mask has_length = length > 1e-3F;
    const Floats inverses = 1.0F / (stretch.middle * at_least(1e-3F, length));
    const Floats inverse = has_length ? stretch.middle * inverses : Floats{};
    const Floats unstretch = at_least(1e-3F, length) * inverses;
    const Floats cos = has_length ? x * inverse : Floats{} + 1.0F;
    const Floats sin = b * inverse;
    // Second derivatives: of the length a^2 b^2 / length^3, of the angle -2 a^3 b stretch /
    // length^4. By this the length may be less than at the middle:
    const Floats shrink = at_most(1.5F, grown(stretch.reach() * unstretch));
    const Floats shrink2 = shrink * shrink;
    const Floats both = cos * sin * unstretch;
    return {.cos = cos,
            .sin = sin,
            .length = curved_function_of(stretch, length, cos * a,
                                         both * both * length * shrink2 * shrink),
            .turn = function_of(
                stretch, Floats{}, -both,
                absolute(2 * both * cos * cos * unstretch) * (shrink2 * shrink2 * shrink)),
            .has_turn = has_length};
  }

  /// The mean of two hues.
  struct MeanHue {
    HueLanes<Floats> at;  // at the middle
    Form turn;            // against that
    Form apart_turn;      // the change of their difference
    Floats cos_half;      // of half of their difference
    Floats sin_half;      // has its sign
    Mask has_turns;       // neither may be gray
    Mask is_known;        // nor can they be opposite
  };
  static MeanHue mean_hue(const Polar& p, const Polar& q) {
    const HalfWay<Floats> way = half_way<Floats>({p.cos, p.sin}, {q.cos, q.sin});
    MeanHue hue{.at = way.at, .cos_half = way.half.cos, .sin_half = way.half.sin};
    hue.turn = (p.turn + q.turn) * 0.5F;
    hue.apart_turn = q.turn - p.turn;
    hue.has_turns = p.has_turn & q.has_turn;
    hue.is_known = hue.has_turns & (2 * hue.cos_half > hue.apart_turn.reach() + 0.01F);
    return hue;
  }

  /// S_C and S_H and what is derived from them.
  struct Scales {
    Form inverse_c;
    Form h;
    Floats inverse_h;  // at the middle
    Floats most_inverse_h;
    Form inverse_square_h;
  };
  static Scales make_scales(const Form& chroma, const MeanHue& hue) {
    const HueFunction<Floats> at = hue_weight(hue.at);
    Form weight = function_of(hue.turn, at.value, at.slope, Floats{} + kHueWeightBend);
    constexpr float kMiddle = (kMostHueWeight + kLeastHueWeight) / 2;
    constexpr float kReach = (kMostHueWeight - kLeastHueWeight) / 2;
    const Mask is_known = hue.is_known & (weight.reach() < kReach);
    weight = select(is_known, weight, constant_form(Floats{} + kMiddle, Floats{} + kReach));
    const Form scale_c = chroma * 0.045F + 1.0F;
    Scales scales;
    scales.h = chroma * weight * 0.015F + 1.0F;
    const Floats both = 1.0F / (scale_c.middle * scales.h.middle);
    const Floats inverse_c = scales.h.middle * both;
    scales.inverse_c = inverse_of(scale_c, inverse_c, most_inverse(scale_c, inverse_c));
    scales.inverse_h = scale_c.middle * both;
    scales.most_inverse_h = most_inverse(scales.h, scales.inverse_h);
    const Floats square = scales.inverse_h * scales.inverse_h;
    const Floats most = scales.most_inverse_h * scales.most_inverse_h;
    scales.inverse_square_h =
        curved_function_of(scales.h, square, -2 * square * scales.inverse_h, 6 * most * most);
    if (!any_lane(~is_known)) return scales;
    const Floats reach = chroma.reach();
    const Floats narrow =
        1.0F / (1.0F + 0.015F * kLeastHueWeight * at_least(0.0F, chroma.middle - reach));
    const Floats wide = 1.0F / (1.0F + 0.015F * kMostHueWeight * (chroma.middle + reach));
    const Form ranged = constant_form((narrow * narrow + wide * wide) * 0.5F,
                                      (narrow * narrow - wide * wide) * 0.5F);
    scales.most_inverse_h = is_known ? scales.most_inverse_h : narrow;
    scales.inverse_square_h = select(is_known, scales.inverse_square_h, ranged);
    return scales;
  }
  /// Of a scale, which is at least 1 everywhere.
  static Floats most_inverse(const Form& scale, Floats inverse) {
    const Floats part = scale.reach() * inverse;
    return at_most(1.0F, part < 0.5F ? inverse * grown(part) : Floats{} + 1.0F);
  }

  /// What R_T needs.
  struct Parts {
    const Polar& p;
    const Polar& q;
    const Form& chroma;
    const MeanHue& hue;
    const Scales& scales;
    const Form& part_c;
    const Form& hue_square;
  };

  /// With R_T, which matters for blue hues only: it is below 2e-5 when neither b is negative.
  static Form turned(Form square, const Box& colors, const Entry& entry, const Parts& parts) {
    const MeanHue& hue = parts.hue;
    // Of the root of C^7 / (C^7 + 25^7); below 1 the third power is more.
    const Floats part = (parts.chroma.middle + parts.chroma.reach()) * (1.0F / 25.0F);
    const Floats most_share = at_most(1.0F, part * part * part);
    const Floats from_275 = hue_from_275(hue.at).cos;
    const Floats nearest = at_most(
        1.0F, at_least(0.0F, (hue.is_known ? from_275 : absolute(from_275)) + hue.turn.reach()));
    const Floats cos2 = nearest * nearest;
    const Floats cos4 = cos2 * cos2;
    const Floats most_turn = kTurnTail + kTurnTop * (hue.has_turns ? cos4 * cos4 : Floats{} + 1.0F);
    const Mask is_blue = (colors.b.middle - colors.b.reach() < 0.0F) | (entry.b < 0.0F);
    const Floats most = is_blue ? 2 * most_share * most_turn : Floats{} + 4e-5F;
    const Floats most_c = absolute(parts.part_c.middle) + parts.part_c.reach();
    const Floats most_square_h =
        at_least(0.0F, parts.hue_square.middle + parts.hue_square.reach()) *
        parts.scales.most_inverse_h * parts.scales.most_inverse_h;
    Form ranged = square;
    ranged.rest += 0.5F * most * (most_c * most_c + most_square_h);
    const Mask matters = hue.is_known & (most > 3e-3F);
    if (!any_lane(matters)) return ranged;
    const Form both = parts.p.length * parts.q.length;
    const Floats mean = square_roots(both.middle);
    const Floats inverse = 1.0F / mean;
    const Floats less = both.reach() * inverse * inverse;
    const Mask is_exact = matters & (less < 0.5F);
    // No less than the power of -1.5 of 1 - less.
    const Floats grown_bend = 1.0F + 1.5F * less + 4.4F * less * less;
    const Form root = curved_function_of(both, mean, 0.5F * inverse,
                                         -0.25F * inverse * inverse * inverse * grown_bend);
    const Form sine = function_of(hue.apart_turn, 2 * hue.sin_half, hue.cos_half, Floats{} + 0.5F);
    const Form part_h =
        root * sine *
        inverse_of(parts.scales.h, parts.scales.inverse_h, parts.scales.most_inverse_h);
    const HueFunction<Floats> turn_at = turn_of_hue(hue.at, turn_table());
    Form turn = function_of(hue.turn, turn_at.value, turn_at.slope, Floats{} + kTurnBend);
    turn.rest += kTurnSlopeError * hue.turn.reach();
    const Form rotation = share_form(parts.chroma) * turn * 2.0F;
    return select(is_exact, square - rotation * (parts.part_c * part_h), ranged);
  }
};

}  // namespace dgxp
