#pragma once

#include "core/base/result.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

enum class ShowLine { yes, no };

/// The first error of a list as an Error: "file:line:col: ..." with line and caret in the message,
/// and the hint apart. There must be one.
Error first_problem(ProblemList& problems, ShowLine show);

}  // namespace dgxp
