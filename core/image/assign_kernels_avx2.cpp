// Compiled for AVX2 (core/CMakeLists.txt): nothing in here runs where that is missing, and nothing
// but the kernels may be in here, since functions of headers that are shared with other files would
// be compiled for it, too.
#if defined(__x86_64__)
#include "core/image/assign_kernels.hpp"
#include "core/image/candidate_kernel.hpp"
#include "core/image/light_kernel.hpp"
#include "core/image/noise_kernel.hpp"

namespace dgxp {

constinit const AssignKernels kAssignKernelsAvx2{
    .judge_candidates = CandidateKernel<EightFloats>::judge,
    .add_noise = NoiseKernel<EightFloats>::add,
    .show_light = LightKernel<EightFloats>::show};

}  // namespace dgxp
#endif
