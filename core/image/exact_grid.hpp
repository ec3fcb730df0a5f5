#pragma once

#include <optional>

#include "core/image/recover_master.hpp"

namespace dgxp {

/// The grid of a picture that was enlarged without loss by a whole number, or by one for each side:
/// every colour change lies on a line, bit by bit. Nothing for every other picture.
std::optional<Grid> find_exact_grid(const Image& image);

/// Whether the picture is native already: at most 256 colours and many features one pixel wide.
bool is_native(const Image& image);

/// Whether the picture has at most 256 colours.
bool has_few_colors(const Image& image);

/// Lines around every pixel.
Grid make_pixel_grid(Size size);

}  // namespace dgxp
