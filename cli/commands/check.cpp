#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/opened_project.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"

namespace dgxp {
namespace {

std::vector<std::string> placeholders_of(const Assessment& now) {
  std::vector<std::string> ids;
  for (const auto& [id, job] : now.lock.jobs) {
    if (job.origin == Origin::placeholder) ids.push_back(id);
  }
  return ids;
}

void show_differences(const Terminal& terminal, const BuildReport& report) {
  for (const AssessedJob& assessed : report.jobs) {
    if (!needs_generation(assessed.state)) continue;
    terminal.line(
        fmt::format("{} would be generated ({})", assessed.job.id, to_text(assessed.state)));
  }
  for (const Drift& drift : report.drift) {
    switch (drift.kind) {
      case Drift::Kind::missing:
        terminal.line(drift.path + " is missing");
        break;
      case Drift::Kind::differs:
        terminal.line(drift.path + " would change");
        break;
      case Drift::Kind::same_pixels:
        terminal.line(drift.path + " would change in its encoding only (same pixels)");
        break;
    }
  }
  if (report.lock_outdated && report.is_complete) terminal.line("the lock would change");
}

}  // namespace

int run_check_command(const Context& context, const CheckArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  int exit_code = 0;
  // Whether a real worker is configured on this machine is not in git: it is left out here.
  auto project =
      open_and_assess(context, arguments.manifest, "embedded", Access::read_only, exit_code);
  if (!project) return exit_code;
  project->request.mode = BuildMode::check;
  ProgressReporter reporter(terminal);
  auto report = run_build(project->request, *project->store, reporter);
  if (!report) return fail(context, report.error(), &project->files, project->manifest.text);

  show_problems(context, project->files, *report);
  show_differences(terminal, *report);
  if (report->lock_outdated || !report->drift.empty()) {
    exit_code = static_cast<int>(ExitStatus::drift);
  }
  const std::vector<std::string> placeholders = placeholders_of(project->now);
  if (arguments.no_placeholders) {
    for (const std::string& id : placeholders) terminal.line(id + " is a placeholder");
  }
  const bool refused = arguments.no_placeholders && !placeholders.empty();
  if (exit_code == 0 && (refused || has_failed_findings(*report))) {
    exit_code = static_cast<int>(ExitStatus::failed);
  }
  if (terminal.json()) terminal.data(report_json(*report, exit_code));
  if (exit_code == static_cast<int>(ExitStatus::drift)) {
    terminal.error({.message = "the project is not up to date",
                    .hint = "run `dgxp build` and commit what it writes"});
  } else if (refused) {
    terminal.error({.message = count_text(placeholders.size(), "master is", "masters are") +
                               " still placeholders",
                    .hint = "configure a worker and build, or approve them with `dgxp adopt`"});
  } else if (exit_code == 0) {
    terminal.line(fmt::format("{} up to date", count_text(project->manifest.spec.sprites.size(),
                                                          "sprite is", "sprites are")));
  }
  return exit_code;
}

}  // namespace dgxp
