#pragma once

#include <cstdint>
#include <span>

#include "core/image/image.hpp"

namespace dgxp {

struct RawStyle {
  int scale = 16;          ///< raw pixels a cell
  std::uint64_t seed = 0;  ///< of noise and drift
};

/// `native` as a diffusion model would draw it: `scale` times as large, on a flat background of a
/// colour far from `palette` and from every colour of `native`, with cell borders that are soft and
/// up to a tenth of a cell off, a slight tint of each cell and slight noise of each pixel. Opaque.
Image render_raw(const Image& native, std::span<const Rgb> palette, const RawStyle& style);

/// The background that render_raw takes.
Rgb choose_background(const Image& native, std::span<const Rgb> palette);

}  // namespace dgxp
