// Compiled for AVX-512 (core/CMakeLists.txt): as color_octets_avx2.cpp, nothing but kernels.
#if defined(__x86_64__)
#include "core/image/ciede2000_space.hpp"
#include "core/image/color_octets.hpp"
#include "core/image/root_spaces.hpp"

namespace dgxp {

const ColorOctets& color_octets_avx512(ColorMetric metric) {
  if (metric == ColorMetric::oklab) return OctetKernel<OklabSpace, SixteenFloats>::kOctets;
  if (metric == ColorMetric::hyab) return OctetKernel<HyabSpace, SixteenFloats>::kOctets;
  return OctetKernel<Ciede2000Space, SixteenFloats>::kOctets;
}

}  // namespace dgxp
#endif
