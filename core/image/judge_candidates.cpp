#include "core/image/judge_candidates.hpp"

#include "core/image/candidate_kernel.hpp"

namespace dgxp {

JudgeCandidates judge_candidates(SimdLevel level) {
#if defined(__x86_64__)
  if (level != SimdLevel::baseline) return kJudgeCandidatesAvx2;
#endif
  static_cast<void>(level);
  return CandidateKernel<FourFloats>::judge;
}

}  // namespace dgxp
