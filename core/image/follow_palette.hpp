#pragma once

#include <map>
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

/// What the lock says after a build: today's colours, and former colours re-expressed in today's
/// positions as long as `used` (all colours of all masters of the palette) holds them.
LockedPalette update_locked_palette(const LockedPalette& before, const Palette& today,
                                    std::span<const Rgb> used);

/// Every opaque colour of `image`, sorted.
std::vector<Rgb> colors_of(const Image& image);

}  // namespace dgxp
