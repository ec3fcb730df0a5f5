#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/opened_project.hpp"
#include "cli/report.hpp"
#include "cli/sarif.hpp"
#include "manifests/glob.hpp"

namespace dgxp {
namespace {

bool is_wanted(const SpriteSpec& sprite, const std::vector<std::string>& names) {
  return names.empty() || std::ranges::any_of(names, [&](const std::string& name) {
           return matches_glob(name, sprite.id);
         });
}

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
  int exit_code = 0;
  const auto project =
      open_and_assess(context, arguments.manifest, "embedded", Access::read_only, exit_code);
  if (!project) return exit_code;
  const auto explain = [&](const Error& error) {
    return fail(context, error, &project->files, project->manifest.text);
  };
  if (const auto known = find_masters(project->manifest.spec, arguments.sprites); !known)
    return explain(known.error());
  ProjectSpec wanted = project->manifest.spec;
  std::erase_if(wanted.sprites,
                [&](const SpriteSpec& sprite) { return !is_wanted(sprite, arguments.sprites); });
  std::vector<std::string> warnings;
  const auto sprites = make_sprites(wanted, project->now.inputs, project->now.palettes,
                                    project->now.lock, context.threads, warnings);
  if (!sprites) return explain(sprites.error());
  for (const std::string& warning : warnings) terminal.warning(warning);

  const auto findings = run_checks(wanted, *sprites, project->now.palettes, CheckScope::all);
  exit_code = exit_code_of(findings, arguments.strict);
  if (arguments.sarif) {
    terminal.data(to_sarif(findings, arguments.manifest));
    return exit_code;
  }
  show_findings(context, project->files, findings);
  if (terminal.json()) terminal.data(lint_json(findings, wanted.sprites.size(), exit_code));
  terminal.line(summary(findings, wanted.sprites.size()));
  return exit_code;
}

}  // namespace dgxp
