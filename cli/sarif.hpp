#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/build/checks.hpp"

namespace dgxp {

/// `file` as a URI: relative paths are what code hosts resolve against the top of a checkout; those
/// that lead out of the working folder `here` become "file:///...".
std::string to_uri(const std::filesystem::path& file, const std::filesystem::path& here);

/// The findings as a SARIF 2.1.0 log, which code hosts show beside the lines of the manifest, whose
/// URI is `manifest`.
std::string to_sarif(const std::vector<Finding>& findings, const std::string& manifest);

/// The log of a run that came to no findings: `diagnostics`, with a URI each for `file`, as results
/// where they have a line, else as notifications of the tool.
std::string to_failed_sarif(const std::vector<Diagnostic>& diagnostics, int exit_code);

}  // namespace dgxp
