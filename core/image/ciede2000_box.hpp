#pragma once

#include "core/image/float_lanes.hpp"
#include "core/image/root_box.hpp"

namespace dgxp {

/// Where the colours of a box are in CIELAB: around a middle, each coordinate no farther from it
/// than its reach.
struct LabBox {
  float l = 0;
  float a = 0;
  float b = 0;
  float chroma = 0;
  float reach_l = 0;
  float reach_a = 0;
  float reach_b = 0;
  float reach_ab = 0;  ///< in the plane of a and b
};
LabBox make_lab_box(const ColorBox& colors);

/// Four colours of CIELAB.
struct LabLanes {
  FourFloats l;
  FourFloats a;
  FourFloats b;
  FourFloats chroma;
};

/// The CIEDE2000 of each of four entries from any colour of the box lies within these.
struct DistanceBounds {
  FourFloats low;
  FourFloats high;
};
DistanceBounds ciede2000_bounds(const LabBox& box, const LabLanes& entries);

}  // namespace dgxp
