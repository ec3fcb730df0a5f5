#pragma once

#include "core/image/ciede2000_space.hpp"
#include "core/image/ciede2000_tiles.hpp"
#include "core/image/color_octets.hpp"
#include "core/image/tile_kernel.hpp"

namespace dgxp {

/// CIEDE2000 with everything there is for it.
template <typename Floats>
constexpr ColorOctets with_tiles() {
  using Octets = OctetKernel<Ciede2000Space, Floats>;
  return {.keep = Octets::keep,
          .decide = Octets::decide,
          .keep_near = TileKernel<Floats>::keep,
          .solve_near = TileKernel<Floats>::solve,
          .fill = ChromaTileMaker<Floats>::fill};
}

}  // namespace dgxp
