#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/even_cells.hpp"
#include "core/image/explain_lines.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// What a picture was enlarged from, and how.
struct EnlargementSource {
  Image image;
  Interpolation interpolation = {};
};

/// Numbers of cells that either side of a picture may have been enlarged from.
struct SideChoices {
  std::vector<EvenCells> across;
  std::vector<EvenCells> down;

  const std::vector<EvenCells>& along(CellAxis axis) const {
    return axis == CellAxis::across ? across : down;
  }
};
/// Empty for a picture of less than 16 or more than 2048 pixels along a side: it is not looked at.
SideChoices find_side_choices(const Image& raw);

/// `raw` as it was before a program enlarged it by interpolation, whole or real-valued factors of
/// 1.9 and more, a factor for each side: bilinear, the usual cubics, Lanczos. Transparency is kept.
/// `choices` are those of find_side_choices.
///
/// With an exact proof enlarging the result gives `raw` again, but for rounding. That can be so of
/// more cells than were blurred, too, but not of other pictures. Colours that rounding moved are
/// merged again; `known` are some that the picture may have. With a likely proof, noise, lossy
/// compression or an even blur may have come upon it, and are left out as far as they can be told;
/// its cells are about square.
std::optional<EnlargementSource> undo_enlargement(const Image& raw, const SideChoices& choices,
                                                  EnlargementProof proof,
                                                  std::span<const Rgb> known = {});

}  // namespace dgxp
