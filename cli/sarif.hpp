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

/// One result of a SARIF 2.1.0 log.
struct SarifResult {
  std::string rule;  ///< CheckRule::name, or one of these
  Severity level = Severity::error;
  std::string message;
  std::string uri;        ///< of the file it is about
  Place place = {};       ///< in that file; line 0 for the whole of it
  std::string name = {};  ///< of the sprite, or empty
};
inline constexpr const char* kOutdatedRule = "outdated";
inline constexpr const char* kPlaceholderRule = "placeholder";

/// The findings as results at their sprites' lines; `manifest` is a URI.
std::vector<SarifResult> sarif_results(const std::vector<Finding>& findings,
                                       const std::string& manifest);

/// The log of a run, which code hosts show beside the lines of the files.
std::string to_sarif(const std::vector<SarifResult>& results);

/// The log of a run that came to no findings: `diagnostics`, with a URI each for `file`, as results
/// where they have a line, else as notifications of the tool.
std::string to_failed_sarif(const std::vector<Diagnostic>& diagnostics, int exit_code);

}  // namespace dgxp
