// Compiled for AVX2 (core/CMakeLists.txt): nothing in here runs where that is missing, and nothing
// but the kernel may be in here, since functions of headers that are shared with other files would
// be compiled for it, too.
#if defined(__x86_64__)
#include "core/image/candidate_kernel.hpp"
#include "core/image/judge_candidates.hpp"

namespace dgxp {

constinit const JudgeCandidates kJudgeCandidatesAvx2 = CandidateKernel<EightFloats>::judge;

}  // namespace dgxp
#endif
