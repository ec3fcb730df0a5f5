// Compiled for AVX2 (core/CMakeLists.txt): nothing in here runs where that is missing, and nothing
// but the kernel may be in here, since functions of headers that are shared with other files would
// be compiled for it, too.
#if defined(__x86_64__)
#include "core/image/ciede2000_kernel.hpp"
#include "core/image/ciede2000_octet.hpp"

namespace dgxp {

constinit const Ciede2000Octets kCiede2000Avx2{.keep = Ciede2000Kernel<EightFloats>::keep,
                                               .decide = Ciede2000Kernel<EightFloats>::decide};

}  // namespace dgxp
#endif
