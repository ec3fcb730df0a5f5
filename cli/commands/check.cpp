#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/targets.hpp"
#include "cli/exit_status.hpp"
#include "cli/opened_project.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "cli/sarif.hpp"

namespace dgxp {
namespace {

/// What is not up to date, or not fit for a release.
struct Difference {
  std::string text;
  std::string path;  ///< below the manifest's folder
  Place place = {};  ///< in that file
  bool is_placeholder = false;
};

std::string text_of(const Drift& drift) {
  switch (drift.kind) {
    case Drift::Kind::missing:
      return drift.path + " is missing";
    case Drift::Kind::differs:
      return drift.path + " would change";
    case Drift::Kind::same_pixels:
      return drift.path + " would change in its encoding only (same pixels)";
  }
  return {};
}

std::vector<Difference> find_differences(const ManifestPlace& files, const BuildReport& report) {
  std::vector<Difference> found;
  for (const AssessedJob& assessed : report.jobs) {
    if (!needs_generation(assessed.state)) continue;
    found.push_back({.text = fmt::format("{} would be generated ({})", assessed.job.id,
                                         to_text(assessed.state)),
                     .path = files.manifest,
                     .place = assessed.master->place});
  }
  for (const Drift& drift : report.drift)
    found.push_back({.text = text_of(drift), .path = drift.path});
  if (report.lock_outdated && report.is_complete)
    found.push_back({.text = "the lock would change", .path = files.lock});
  return found;
}

std::vector<Difference> find_placeholders(const ManifestPlace& files, const Assessment& now) {
  std::vector<Difference> found;
  for (const AssessedJob& assessed : now.jobs) {
    const auto locked = now.lock.jobs.find(assessed.job.id);
    if (locked == now.lock.jobs.end() || locked->second.origin != Origin::placeholder) continue;
    found.push_back({.text = assessed.job.id + " is a placeholder",
                     .path = files.manifest,
                     .place = assessed.master->place,
                     .is_placeholder = true});
  }
  return found;
}

std::string sarif_of(const std::string& manifest, const std::vector<Finding>& findings,
                     const std::vector<Difference>& differences) {
  std::vector<SarifResult> results = sarif_results(findings, uri_here(manifest));
  const std::filesystem::path folder = std::filesystem::path(manifest).parent_path();
  for (const Difference& difference : differences)
    results.push_back({.rule = difference.is_placeholder ? kPlaceholderRule : kOutdatedRule,
                       .message = difference.text,
                       .uri = uri_here((folder / difference.path).string()),
                       .place = difference.place});
  return to_sarif(results);
}

int exit_code_of(const BuildReport& report, bool refused) {
  if (report.lock_outdated || !report.drift.empty()) return static_cast<int>(ExitStatus::drift);
  return refused || has_failed_findings(report) ? static_cast<int>(ExitStatus::failed) : 0;
}

/// The last words, for people.
void show_outcome(const Terminal& terminal, int exit_code, std::size_t placeholders,
                  std::size_t sprites) {
  if (exit_code == static_cast<int>(ExitStatus::drift)) {
    terminal.error({.message = "the project is not up to date",
                    .hint = "run `dgxp build` and commit what it writes"});
  } else if (placeholders > 0) {
    terminal.error(
        {.message = count_text(placeholders, "master is", "masters are") + " still placeholders",
         .hint = "configure a worker and build, or approve them with `dgxp adopt`"});
  } else if (exit_code == 0) {
    terminal.line(fmt::format("{} up to date", count_text(sprites, "sprite is", "sprites are")));
  }
}

}  // namespace

int run_check_command(const Context& context, const CheckArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  if (arguments.sarif && terminal.json())
    return fail(context, two_on_standard_output("--sarif", "--json"));
  int exit_code = 0;
  // Whether a real worker is configured on this machine is not in git: it is left out here.
  auto project =
      open_and_assess(context, arguments.manifest, "embedded", Access::read_only, exit_code);
  if (!project) return give_up(context, arguments.sarif, exit_code);
  project->request.mode = BuildMode::check;
  ProgressReporter reporter(terminal);
  auto report = run_build(std::move(project->request), *project->store, reporter);
  if (!report) {
    exit_code = fail(context, report.error(), &project->files, project->manifest.text);
    return give_up(context, arguments.sarif, exit_code);
  }
  std::vector<Difference> differences = find_differences(project->files, *report);
  const std::vector<Difference> placeholders = arguments.no_placeholders
                                                   ? find_placeholders(project->files, project->now)
                                                   : std::vector<Difference>{};
  differences.insert(differences.end(), placeholders.begin(), placeholders.end());
  exit_code = exit_code_of(*report, !placeholders.empty());
  if (arguments.sarif) {
    terminal.data(sarif_of(arguments.manifest, report->findings, differences));
    return exit_code;
  }
  show_problems(context, project->files, *report);
  for (const Difference& difference : differences) terminal.line(difference.text);
  if (terminal.json()) terminal.data(report_json(*report, exit_code));
  show_outcome(terminal, exit_code, placeholders.size(), project->manifest.spec.sprites.size());
  return exit_code;
}

}  // namespace dgxp
