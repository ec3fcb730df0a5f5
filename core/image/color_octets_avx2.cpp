// Compiled for AVX2 (core/CMakeLists.txt): nothing in here runs where that is missing, and nothing
// but the kernels may be in here, since functions of headers that are shared with other files would
// be compiled for it, too.
#if defined(__x86_64__)
#include "core/image/ciede2000_space.hpp"
#include "core/image/color_octets.hpp"
#include "core/image/root_spaces.hpp"

namespace dgxp {

const ColorOctets& color_octets_avx2(ColorMetric metric) {
  if (metric == ColorMetric::oklab) return OctetKernel<OklabSpace, EightFloats>::kOctets;
  if (metric == ColorMetric::hyab) return OctetKernel<HyabSpace, EightFloats>::kOctets;
  return OctetKernel<Ciede2000Space, EightFloats>::kOctets;
}

}  // namespace dgxp
#endif
