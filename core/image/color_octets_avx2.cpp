// Compiled for AVX2 (core/CMakeLists.txt): nothing in here runs where that is missing, and nothing
// but the kernels may be in here, since functions of headers that are shared with other files would
// be compiled for it, too.
#if defined(__x86_64__)
#include "core/image/color_octets.hpp"
#include "core/image/root_spaces.hpp"
#include "core/image/tile_octets.hpp"

namespace dgxp {

const ColorOctets& color_octets_avx2(ColorMetric metric) {
  if (metric == ColorMetric::oklab) return OctetKernel<OklabSpace, EightFloats>::kOctets;
  if (metric == ColorMetric::hyab) return OctetKernel<HyabSpace, EightFloats>::kOctets;
  static constexpr ColorOctets kCiede2000 = with_tiles<EightFloats>();
  return kCiede2000;
}

}  // namespace dgxp
#endif
