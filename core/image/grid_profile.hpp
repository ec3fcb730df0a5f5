#pragma once

#include <vector>

#include "core/image/image.hpp"
#include "core/image/split_colors.hpp"

namespace dgxp {

/// How much the colour changes across each possible grid line, summed along the line. Place i is
/// the boundary between pixel i - 1 and pixel i, so there are width + 1 and height + 1 places; the
/// outer ones are 0.
struct EdgeProfiles {
  std::vector<float> columns;
  std::vector<float> rows;
};

/// Noise and soft shading count nothing and strong edges no more than middling ones, so that many
/// short edges on one line weigh more than one glaring edge. The image is opaque and at least 4
/// pixels a side.
EdgeProfiles measure_edges(const Image& image, SimdLevel level = simd_level());

}  // namespace dgxp
