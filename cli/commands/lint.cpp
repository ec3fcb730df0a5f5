#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/commands/targets.hpp"
#include "cli/exit_status.hpp"
#include "cli/opened_project.hpp"
#include "cli/report.hpp"
#include "cli/sarif.hpp"

namespace dgxp {
namespace {

int exit_code_of(const std::vector<Finding>& findings, bool strict) {
  const bool failed = std::ranges::any_of(findings, [&](const Finding& finding) {
    return strict || finding.level == CheckLevel::error;
  });
  return failed ? static_cast<int>(ExitStatus::failed) : 0;
}

std::string summary(const std::vector<Finding>& findings, std::size_t sprites) {
  std::set<std::string> touched;
  for (const Finding& finding : findings) touched.insert(finding.sprite);
  if (findings.empty())
    return fmt::format("{} clean", count_text(sprites, "sprite is", "sprites are"));
  return fmt::format("{} in {} of {}", count_text(findings.size(), "finding", "findings"),
                     touched.size(), count_text(sprites, "sprite", "sprites"));
}

}  // namespace

int run_lint_command(const Context& context, const LintArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  if (arguments.sarif && terminal.json())
    return fail(context, two_on_standard_output("--sarif", "--json"));
  int exit_code = 0;
  const auto project =
      open_and_assess(context, arguments.manifest, "embedded", Access::read_only, exit_code);
  if (!project) return give_up(context, arguments.sarif, exit_code);
  const auto wanted = make_wanted_sprites(context, *project, arguments.sprites, exit_code);
  if (!wanted) return give_up(context, arguments.sarif, exit_code);
  const auto findings =
      run_checks(wanted->project, wanted->sprites, project->now.palettes, CheckScope::all);
  exit_code = exit_code_of(findings, arguments.strict);
  if (arguments.sarif) {
    terminal.data(to_sarif(sarif_results(findings, uri_here(arguments.manifest))));
    return exit_code;
  }
  show_findings(context, project->files, findings);
  if (terminal.json()) terminal.data(lint_json(findings, wanted->sprites.size(), exit_code));
  terminal.line(summary(findings, wanted->sprites.size()));
  return exit_code;
}

}  // namespace dgxp
