#pragma once

#include <array>
#include <cstdint>

#include "core/image/image.hpp"

namespace dgxp {

/// Of red, green and blue.
using ChannelSums = std::array<std::int64_t, 3>;

/// Over the pixels of a rectangle inside of the image.
ChannelSums sum_channels(const Image& image, const Rect& rect);

}  // namespace dgxp
