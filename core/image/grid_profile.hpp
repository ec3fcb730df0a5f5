#pragma once

#include <vector>

#include "core/image/image.hpp"
#include "core/image/split_colors.hpp"

namespace dgxp {

/// How much the colour changes across each possible grid line, on average along the line. Place i
/// is the boundary between pixel i - 1 and pixel i, so there are width + 1 and height + 1 places.
struct EdgeProfiles {
  std::vector<float> columns;
  std::vector<float> rows;
};

struct PictureEdges {
  /// Noise and soft shading count nothing and strong edges no more than middling ones, so that many
  /// short edges on one line weigh more than one glaring edge. The outer places are 0.
  EdgeProfiles clear;
  /// Changes as small as noise, and larger ones as much as that. What is drawn in one colour comes
  /// out a little different from cell to cell, so this shows lines where `clear` does not. The
  /// outer places are as those beside them.
  EdgeProfiles faint;
};

/// The image is opaque and at least 4 pixels a side.
PictureEdges measure_edges(const Image& image, SimdLevel level = simd_level());

}  // namespace dgxp
