#pragma once

#include "core/base/result.hpp"
#include "core/image/recover_master.hpp"

namespace dgxp {

/// `native` cut into as many equal slots as `shape` has frames, each slot's figure moved into its
/// frame: all frames by one common shift when every figure stays inside, so that an animation does
/// not tremble, else each by the least it needs. The distance of the feet from the bottom edge is
/// kept where there is room. A picture of the right size is returned as it is.
///
/// Error: `input` when a figure is larger than its frame.
Result<Image> fit_frames(const Image& native, const MasterShape& shape);

/// `image` with only its `limit` most used opaque colours (ties: the smaller colour); every other
/// pixel takes the nearest of them in RGB.
Image with_color_limit(Image image, int limit);

}  // namespace dgxp
