#pragma once

// OKLab and HyAB for octet_kernel.hpp. OKLab's coordinates are off by 8e-7 together, and so a
// difference of two squared distances by less than 3.2e-6 times the farther distance; of two HyAB
// distances (L is off by 5e-5, a and b by 1e-4 together) by less than 3e-4.
#include "core/image/octet_kernel.hpp"
#include "core/image/root_lanes.hpp"

namespace dgxp {

/// By the squared distance; in boxes less that of the colour from the middle, which is the same for
/// all entries: what is left is linear.
template <typename Floats>
struct OklabSpace {
  using Form = LinearForm<Floats>;
  using Entry = EntryLanes<Floats>;
  using Box = LabOf<Form>;
  using Colors = LabOf<Floats>;
  static constexpr float kDoubt = 4e-5F;
  static constexpr float kDoubtPart = 0;

  static Box box(const ColorBox& box, unsigned first) {
    return oklab_of(root_forms<Floats, PlainCurve>(box, first, oklab_lane_shares()));
  }
  static Form distance(const Box& box, const Entry& entry) {
    const Floats l = box.l.middle - entry.l;
    const Floats a = box.a.middle - entry.a;
    const Floats b = box.b.middle - entry.b;
    return {.middle = l * l + a * a + b * b,
            .slopes = (l + l) * box.l.slopes + (a + a) * box.a.slopes + (b + b) * box.b.slopes,
            .rest = 2 * (absolute(l) * box.l.rest + absolute(a) * box.a.rest +
                         absolute(b) * box.b.rest)};
  }
  static Colors colors(Rgb low, unsigned first) {
    return oklab_of(color_roots<Floats, PlainCurve>(low, first, oklab_lane_shares()));
  }
  static Measured<Floats> measure(const Colors& colors, const Entry& entry) {
    const Floats l = colors.l - entry.l;
    const Floats a = colors.a - entry.a;
    const Floats b = colors.b - entry.b;
    return {.value = l * l + a * a + b * b, .is_bound = LaneMask<Floats>{}};
  }
  static LaneMask<Floats> is_sure(Floats best, Floats second) {
    return second - best > 1e-7F + 6e-6F * square_roots(second);
  }
};

template <typename Floats>
struct HyabSpace {
  using Form = LinearForm<Floats>;
  using Entry = EntryLanes<Floats>;
  using Box = LabOf<Form>;
  using Colors = LabOf<Floats>;
  static constexpr float kUnsure = 6e-4F;
  static constexpr float kDoubt = 4e-3F;
  static constexpr float kDoubtPart = 0;

  static Box box(const ColorBox& box, unsigned first) {
    return lab_of(root_forms<Floats, LabCurve>(box, first, lab_lane_shares()));
  }
  static Form distance(const Box& box, const Entry& entry) {
    return size_of(box.l - entry.l) + length_of(box.a - entry.a, box.b - entry.b);
  }
  static Colors colors(Rgb low, unsigned first) {
    return lab_of(color_roots<Floats, LabCurve>(low, first, lab_lane_shares()));
  }
  static Measured<Floats> measure(const Colors& colors, const Entry& entry) {
    const Floats a = colors.a - entry.a;
    const Floats b = colors.b - entry.b;
    return {.value = absolute(colors.l - entry.l) + square_roots(a * a + b * b),
            .is_bound = LaneMask<Floats>{}};
  }
  static LaneMask<Floats> is_sure(Floats best, Floats second) { return second - best > kUnsure; }
};

}  // namespace dgxp
