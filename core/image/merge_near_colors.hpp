#pragma once

#include <span>

#include "core/image/image.hpp"

namespace dgxp {

/// Colours that differ by no more than `reach` in every channel from one that is used more often
/// become that one: what rounding made of a few colours is those few again. From 0 and 255 they may
/// be five times as far. Those of `known` come first, however often they are used. A picture that
/// still has more colours than a palette can hold stays as it is.
Image merge_near_colors(Image image, int reach, std::span<const Rgb> known = {});

}  // namespace dgxp
