#include "core/image/candidate_costs.hpp"

#include "core/image/candidate_cost_kernel.hpp"

namespace dgxp {

AnswerCandidates answer_candidates(SimdLevel level) {
#if defined(__x86_64__)
  if (level != SimdLevel::baseline) return kAnswerCandidatesAvx2;
#endif
  static_cast<void>(level);
  return CandidateCostKernel<FourFloats>::answer;
}

}  // namespace dgxp
