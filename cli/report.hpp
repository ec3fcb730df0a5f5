#pragma once

#include <string>
#include <vector>

#include "cli/project.hpp"
#include "core/build/run_build.hpp"

namespace dgxp {

/// "1 sprite", "3 sprites".
std::string count_text(std::size_t count, const std::string& one, const std::string& many);

/// Warnings, notes, failed jobs and findings of a build, for people.
void show_problems(const Context& context, const ManifestPlace& files, const BuildReport& report);

/// The findings alone, as problems at their sprites' lines.
void show_findings(const Context& context, const ManifestPlace& files,
                   const std::vector<Finding>& findings);

/// What `lint --json` prints.
std::string lint_json(const std::vector<Finding>& findings, std::size_t sprites, int exit_code);

/// Everything a script may want to know about a build, as one JSON document.
std::string report_json(const BuildReport& report, int exit_code);

/// `file` as a URI in a SARIF log, from where dgxp was started.
std::string uri_here(const std::string& file);

/// What went wrong has been shown; whoever asked for SARIF gets a log of it too. Returns
/// `exit_code`.
int give_up(const Context& context, bool sarif, int exit_code);

/// Whether a job, a check, or the outputs as a whole failed.
bool has_failed(const BuildReport& report);
bool has_failed_findings(const BuildReport& report);

}  // namespace dgxp
