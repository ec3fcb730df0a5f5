#pragma once

#include <string>
#include <vector>

#include "core/build/checks.hpp"

namespace dgxp {

/// The findings as a SARIF 2.1.0 log, which code hosts show beside the lines of `manifest` (a path
/// with '/').
std::string to_sarif(const std::vector<Finding>& findings, const std::string& manifest);

}  // namespace dgxp
