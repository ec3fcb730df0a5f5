#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"
#include "core/spec/lock.hpp"

namespace dgxp {

/// Which position of today's palette each colour of a master stands for:
/// (1) the same colour if the palette still has it, (2) else the position it had (`locked`),
/// (3) else the nearest colour (OKLab), which `guessed` lists.
struct ColorPositions {
  std::map<Rgb, int> position;
  std::vector<Rgb> guessed;  ///< sorted
};
ColorPositions follow_palette(std::span<const Rgb> master_colors, const Palette& today,
                              const LockedPalette& locked);

/// Rules (1) and (2) alone. A former colour moves with the entry that it is a former colour of,
/// also when the palette is reordered; entries of equal colour are told apart by their order.
/// Nothing when neither palette nor lock knows `color`, or its position is gone.
std::optional<int> find_position(Rgb color, const Palette& today, const LockedPalette& locked);

/// What the lock says after a build: today's colours, and former colours re-expressed in today's
/// positions as long as `used` (all colours of all masters of the palette) holds them.
LockedPalette update_locked_palette(const LockedPalette& before, const Palette& today,
                                    std::span<const Rgb> used);

/// Every colour of `image` that is_opaque, sorted.
std::vector<Rgb> colors_of(const Image& image);

}  // namespace dgxp
