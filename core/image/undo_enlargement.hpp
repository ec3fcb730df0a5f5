#pragma once

#include <optional>
#include <span>

#include "core/base/color.hpp"
#include "core/image/explain_lines.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// What a picture was enlarged from, and how.
struct EnlargementSource {
  Image image;
  Interpolation interpolation = {};
};

/// `raw` as it was before a program enlarged it by interpolation, whole or real-valued factors of
/// 1.9 and more, a factor for each side: bilinear, the usual cubics, Lanczos. Transparency is kept.
///
/// With an exact proof a picture that was not made in this way is never taken for one; colours that
/// rounding moved are merged again, and `known` are some that the picture may have. With a likely
/// one, noise, lossy compression or an even blur may have come upon it, and are left out as far as
/// they can be told; its cells are about square.
std::optional<EnlargementSource> undo_enlargement(const Image& raw, EnlargementProof proof,
                                                  std::span<const Rgb> known = {});

}  // namespace dgxp
