// Bounds of CIEDE2000 over a box of colours: what it does at the middle, and how far each of its
// parts can be from there. P is the colour and Q the entry in the plane of the stretched a and b,
// G the stretch; over the box
//
//   - G stays between its values at the least and the most mean chroma;
//   - P moves by at most G reach + dG |a|, and Q by dG |a|: their lengths change by no more, their
//     directions by no more than the arc sine of that over their length;
//   - |Q| - |P| changes by at most G reach + 1.16 dG |q - p|, since of a vector (G a, b) the length
//     grows with G by a function of (a, b) that is no steeper than sqrt(4/3);
//   - the hue difference 2 sqrt(|P| |Q|) sin(angle / 2) has in P the slope sqrt(|Q| / |P|), and in
//     Q the inverse. Together with the chroma difference it makes |P - Q|, which bounds it as well.
//
// Where a hue may be anything (gray in the box, opposite hues, at which the mean hue jumps), its
// functions count with their whole ranges.
#include "core/image/ciede2000_box.hpp"

#include <cmath>

#include "core/image/ciede2000_lanes.hpp"

namespace dgxp {
namespace {

constexpr float kRounding = 4e-3F;  // of the middle in single floats

/// From `low` to `high`, both at least 0.
struct Range {
  FourFloats low;
  FourFloats high;
};

FourFloats at_least_0(FourFloats x) {
  return larger(x, FourFloats{});
}

Range around(FourFloats middle, FourFloats reach) {
  return {.low = at_least_0(middle - reach), .high = middle + reach};
}

Range quotient(const Range& part, const Range& scale) {
  return {.low = part.low / scale.high, .high = part.high / scale.low};
}

/// At least the arc sine of 0 <= x <= 1.
FourFloats arc(FourFloats x) {
  return x + 0.5708F * x * x * x;
}

Range lightness_part(const LabBox& box, const LabLanes& q) {
  const Range off = around(absolute((q.l + box.l) / 2 - 50.0F), all_lanes(box.reach_l / 2));
  const Range scale{.low = scale_of_lightness(off.low), .high = scale_of_lightness(off.high)};
  return quotient(around(absolute(q.l - box.l), all_lanes(box.reach_l)), scale);
}

/// The plane of a and b, at the middle and around it.
struct Plane {
  Range stretch;
  Range apart;  // |P - Q|
  FourFloats p_chroma;
  FourFloats q_chroma;
  FourFloats p_move;
  FourFloats q_move;
  FourFloats chroma_difference;  // signed, at the middle
  FourFloats chroma_reach;
  FourFloats hue_difference;  // signed, at the middle
  FourFloats hue_turn;        // radians that the mean hue may be off
  HueLanes hue;               // the mean
  FourInts any_hue;           // nothing is known of hues
};

Plane make_plane(const LabBox& box, const LabLanes& q) {
  const FourFloats mean = (q.chroma + box.chroma) / 2;
  const FourFloats middle = stretch_of(mean);
  Plane plane;
  plane.stretch = {.low = stretch_of(mean + box.reach_ab / 2),
                   .high = stretch_of(at_least_0(mean - box.reach_ab / 2))};
  const FourFloats change = larger(plane.stretch.high - middle, middle - plane.stretch.low);
  const Range a = around(absolute(q.a - box.a), all_lanes(box.reach_a));
  const Range b = around(absolute(q.b - box.b), all_lanes(box.reach_b));
  const FourFloats a_low = plane.stretch.low * a.low;
  const FourFloats a_high = plane.stretch.high * a.high;
  plane.apart = {.low = square_roots(a_low * a_low + b.low * b.low),
                 .high = square_roots(a_high * a_high + b.high * b.high)};
  const FourFloats pa = middle * box.a;
  const FourFloats qa = middle * q.a;
  plane.p_chroma = square_roots(pa * pa + box.b * box.b);
  plane.q_chroma = square_roots(qa * qa + q.b * q.b);
  const FourFloats moved = plane.stretch.high * box.reach_ab;
  plane.p_move = moved + change * std::abs(box.a);
  plane.q_move = change * absolute(q.a);
  plane.chroma_difference = plane.q_chroma - plane.p_chroma;
  plane.chroma_reach = moved + 1.16F * change * plane.apart.high;
  const FourFloats both = plane.p_chroma * plane.q_chroma;
  const FourFloats x = pa * plane.q_chroma + qa * plane.p_chroma;
  const FourFloats y = box.b * plane.q_chroma + q.b * plane.p_chroma;
  const FourFloats length = square_roots(x * x + y * y);  // 2 both cos(angle / 2)
  const FourInts has_length = length > 1e-3F;
  const FourFloats inverse = has_length ? 1.0F / length : FourFloats{};
  plane.hue = {.cos = x * inverse, .sin = y * inverse};
  plane.hue_difference = (pa * q.b - box.b * qa) * 2 * square_roots(both) * inverse;
  const FourFloats tiny = all_lanes(1e-6F);
  const FourFloats p_turn = plane.p_move / larger(plane.p_chroma, tiny);
  const FourFloats q_turn = plane.q_move / larger(plane.q_chroma, tiny);
  plane.hue_turn = (arc(p_turn) + arc(q_turn)) / 2;
  const FourInts is_known = has_length & (p_turn < 0.99F) & (q_turn < 0.99F) &
                            (length > 2 * both * (plane.hue_turn + 0.01F));
  plane.any_hue = ~is_known;
  return plane;
}

Range hue_weights(const Plane& plane) {
  const FourFloats middle = hue_weight(plane.hue);
  const FourFloats reach = kHueWeightSlope * plane.hue_turn;
  const FourFloats least = all_lanes(kLeastHueWeight);
  const FourFloats most = all_lanes(kMostHueWeight);
  return {.low = plane.any_hue ? least : larger(middle - reach, least),
          .high = plane.any_hue ? most : smaller(middle + reach, most)};
}

/// -R_T
Range rotations(const Plane& plane, const Range& mean_chroma) {
  static const TurnTable& table = turn_table();
  const FourFloats middle = turn_of_hue(plane.hue, table);
  const FourFloats reach = kTurnSlope * plane.hue_turn + 1e-4F;
  const FourFloats most = all_lanes(kMostTurn);
  const FourFloats low = plane.any_hue ? FourFloats{} : at_least_0(middle - reach);
  const FourFloats high = plane.any_hue ? most : smaller(middle + reach, most);
  return {.low = 2 * seventh_share_root(mean_chroma.low) * low,
          .high = 2 * seventh_share_root(mean_chroma.high) * high};
}

/// The size of the hue difference.
Range hue_differences(const Plane& plane, const Range& chroma_difference) {
  const FourFloats tiny = all_lanes(1e-6F);
  const FourFloats p_low = larger(plane.p_chroma - plane.p_move, tiny);
  const FourFloats q_low = larger(plane.q_chroma - plane.q_move, tiny);
  const FourFloats p_high = plane.p_chroma + plane.p_move;
  const FourFloats q_high = plane.q_chroma + plane.q_move;
  const FourFloats reach = plane.p_move * square_roots(q_high / p_low) +
                           plane.q_move * square_roots(p_high / q_low) + kRounding;
  const Range by_slope = around(absolute(plane.hue_difference), reach);
  const FourFloats least =
      plane.apart.low * plane.apart.low - chroma_difference.high * chroma_difference.high;
  const FourFloats most =
      smaller(plane.apart.high * plane.apart.high - chroma_difference.low * chroma_difference.low,
              4 * p_high * q_high);
  const Range by_distance{.low = square_roots(at_least_0(least)),
                          .high = square_roots(at_least_0(most))};
  return {.low = plane.any_hue ? by_distance.low : larger(by_slope.low, by_distance.low),
          .high = plane.any_hue ? by_distance.high : smaller(by_slope.high, by_distance.high)};
}

FourFloats form(FourFloats c, FourFloats h, FourFloats rotation) {
  return c * c + h * h - rotation * c * h;
}

/// Of x^2 + y^2 + R x y, where x and y have sizes within `c` and `h` and `-R` is in `rotation`.
Range forms(const Range& c, const Range& h, const Range& rotation, FourInts same_sign,
            FourInts other_sign) {
  // The form is convex and least at the origin, so in a rectangle on one of its two near sides.
  const auto clamped = [](FourFloats x, const Range& range) {
    return smaller(larger(x, range.low), range.high);
  };
  const FourFloats on_h = form(clamped(rotation.high * h.low / 2, c), h.low, rotation.high);
  const FourFloats on_c = form(c.low, clamped(rotation.high * c.low / 2, h), rotation.high);
  const FourFloats apart = form(c.low, h.low, -rotation.low);
  // And it is largest at a corner.
  const FourFloats far =
      larger(form(c.high, h.high, rotation.low),
             larger(form(c.low, h.high, rotation.low), form(c.high, h.low, rotation.low)));
  const FourFloats farthest = form(c.high, h.high, -rotation.high);
  return {.low = at_least_0(other_sign ? apart : smaller(on_h, on_c)),
          .high = same_sign ? far : farthest};
}

}  // namespace

LabBox make_lab_box(const ColorBox& colors) {
  const RootBox box = lab_box(colors);
  const Floats3 y = box.middle;
  LabBox lab{.l = 116 * y[1] - 16, .a = 500 * (y[0] - y[1]), .b = 200 * (y[1] - y[2])};
  lab.chroma = std::sqrt(lab.a * lab.a + lab.b * lab.b);
  lab.reach_l = box.reach({0, 116, 0}) + kRounding;
  lab.reach_a = box.reach({500, -500, 0}) + kRounding;
  lab.reach_b = box.reach({0, 200, -200}) + kRounding;
  lab.reach_ab = std::sqrt(lab.reach_a * lab.reach_a + lab.reach_b * lab.reach_b);
  return lab;
}

DistanceBounds ciede2000_bounds(const LabBox& box, const LabLanes& entries) {
  const Range l = lightness_part(box, entries);
  const Plane plane = make_plane(box, entries);
  const Range chroma = around(absolute(plane.chroma_difference), plane.chroma_reach);
  const Range mean_chroma =
      around((plane.p_chroma + plane.q_chroma) / 2, (plane.p_move + plane.q_move) / 2);
  const Range weight = hue_weights(plane);
  const Range scale_c{.low = 1.0F + 0.045F * mean_chroma.low,
                      .high = 1.0F + 0.045F * mean_chroma.high};
  const Range scale_h{.low = 1.0F + 0.015F * mean_chroma.low * weight.low,
                      .high = 1.0F + 0.015F * mean_chroma.high * weight.high};
  const Range hue = hue_differences(plane, chroma);
  const FourInts is_sure = ~plane.any_hue & (chroma.low > 0.0F) & (hue.low > 0.0F);
  const FourFloats product = plane.chroma_difference * plane.hue_difference;
  const Range rest =
      forms(quotient(chroma, scale_c), quotient(hue, scale_h), rotations(plane, mean_chroma),
            is_sure & (product > 0.0F), is_sure & (product < 0.0F));
  return {.low = square_roots(l.low * l.low + rest.low),
          .high = square_roots(l.high * l.high + rest.high)};
}

}  // namespace dgxp
