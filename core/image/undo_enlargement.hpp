#pragma once

#include <optional>
#include <span>

#include "core/image/image.hpp"

namespace dgxp {

/// `raw` as it was before a program enlarged it by interpolation, whole or real-valued factors of
/// 1.9 and more, a factor for each side: bilinear, the usual cubics, Lanczos. Transparency is kept.
/// Nothing unless enlarging the result would give all of `raw` again, but for rounding: so a
/// picture that was not made in this way is never taken for one. Colours that rounding moved are
/// merged again; `known` are some that the picture may have.
std::optional<Image> undo_enlargement(const Image& raw, std::span<const Rgb> known = {});

}  // namespace dgxp
