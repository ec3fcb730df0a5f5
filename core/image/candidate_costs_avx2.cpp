// Compiled for AVX2 (core/CMakeLists.txt): nothing in here runs where that is missing, and nothing
// but the kernel may be in here, since functions of headers that are shared with other files would
// be compiled for it, too.
#if defined(__x86_64__)
#include "core/image/candidate_cost_kernel.hpp"
#include "core/image/candidate_costs.hpp"

namespace dgxp {

constinit const AnswerCandidates kAnswerCandidatesAvx2 = CandidateCostKernel<EightFloats>::answer;

}  // namespace dgxp
#endif
