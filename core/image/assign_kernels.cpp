#include "core/image/assign_kernels.hpp"

#include "core/image/candidate_kernel.hpp"
#include "core/image/light_kernel.hpp"
#include "core/image/noise_kernel.hpp"

namespace dgxp {

const AssignKernels& assign_kernels(SimdLevel level) {
  static constexpr AssignKernels kFour{.judge_candidates = CandidateKernel<FourFloats>::judge,
                                       .add_noise = NoiseKernel<FourFloats>::add,
                                       .show_light = LightKernel<FourFloats>::show};
#if defined(__x86_64__)
  if (level != SimdLevel::baseline) return kAssignKernelsAvx2;
#endif
  static_cast<void>(level);
  return kFour;
}

}  // namespace dgxp
