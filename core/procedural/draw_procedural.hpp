#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/color.hpp"
#include "core/base/geometry.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// What the procedural backend is told. Same request, same picture, on every machine.
struct ProceduralRequest {
  std::string prompt;
  Size frame_size;        ///< native pixels of one frame
  int frames = 1;         ///< side by side, left to right
  int render_scale = 16;  ///< raw pixels a native pixel
  std::string animation;  ///< "walk", "idle", "attack" ... or empty
  std::string direction;  ///< "south", "east" ... or empty
  bool seamless = false;  ///< a tile that repeats in both axes and fills its frame
  std::uint64_t seed = 0;
  std::vector<Rgb> palette;  ///< colours to draw with; empty = a built-in one
  /// Decides hair, colours, proportions: the same number for all rows of one sprite makes them one
  /// figure. 0: taken from the words of the prompt when there is an animation or a direction (the
  /// rows of a sprite have seeds of their own, but must look alike), else from `seed`.
  std::uint64_t look = 0;
};

/// The native picture, a strip of frames: palette colours, hard alpha. What it shows is chosen by
/// words of the prompt (kinds.cpp); a prompt without a known word gives an emblem. The figure
/// leaves at least one transparent pixel on every side of its frame, from 3 pixels on; tiles,
/// panels and buttons fill their frame.
///
/// An empty picture when a side is not 1 .. 4096, there are not 1 .. 256 frames, or the strip would
/// have more than 2^26 pixels.
Image draw_native(const ProceduralRequest& request);

/// draw_native at render scale (1 .. 64), like a diffusion result: flat background of a colour that
/// the figure does not use, soft cell edges up to a tenth of a cell off, slight noise. Size:
/// frames * width * scale by height * scale, opaque; empty under the same conditions.
Image draw_procedural(const ProceduralRequest& request);

}  // namespace dgxp
