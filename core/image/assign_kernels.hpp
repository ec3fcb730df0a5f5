#pragma once

#include "core/image/judge_candidates.hpp"
#include "core/image/noise_witnesses.hpp"
#include "core/image/shown_light.hpp"
#include "core/image/split_colors.hpp"

namespace dgxp {

/// The loops of assign_colors that look at many cells or candidates at once. They say the same on
/// every processor.
struct AssignKernels {
  JudgeCandidates judge_candidates;
  AddNoise add_noise;
  ShowLight show_light;
};
const AssignKernels& assign_kernels(SimdLevel level);

#if defined(__x86_64__)
extern const AssignKernels kAssignKernelsAvx2;
#endif

}  // namespace dgxp
