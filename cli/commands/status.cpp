#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/opened_project.hpp"
#include "cli/report.hpp"

namespace dgxp {
namespace {

std::string_view origin_text(const OpenedProject& project, const std::string& id) {
  const auto locked = project.now.lock.jobs.find(id);
  if (locked == project.now.lock.jobs.end()) return "none";
  switch (locked->second.origin) {
    case Origin::generated:
      return "generated";
    case Origin::edited:
      return "edited";
    case Origin::placeholder:
      return "placeholder";
  }
  return "";
}

std::string status_json(const OpenedProject& project) {
  using nlohmann::ordered_json;
  ordered_json jobs = ordered_json::object();
  for (const AssessedJob& assessed : project.now.jobs) {
    jobs[assessed.job.id] = {{"state", std::string(to_text(assessed.state))},
                             {"origin", std::string(origin_text(project, assessed.job.id))},
                             {"master", assessed.master->path}};
  }
  const ordered_json document = {{"project", project.manifest.spec.name},
                                 {"sprites", project.manifest.spec.sprites.size()},
                                 {"worker", project.worker.is_embedded() ? "embedded" : "remote"},
                                 {"worker_source", project.worker.source},
                                 {"jobs", std::move(jobs)}};
  return json_text(document);
}

}  // namespace

int run_status_command(const Context& context, const StatusArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  int exit_code = 0;
  const auto project =
      open_and_assess(context, arguments.manifest, arguments.worker, Access::read_only, exit_code);
  if (!project) return exit_code;
  if (terminal.json()) {
    terminal.data(status_json(*project));
    return 0;
  }
  const ProjectSpec& spec = project->manifest.spec;
  std::map<std::string_view, std::size_t> states;
  std::size_t placeholders = 0;
  for (const AssessedJob& assessed : project->now.jobs) {
    ++states[to_text(assessed.state)];
    if (origin_text(*project, assessed.job.id) == "placeholder") ++placeholders;
    const bool shown = terminal.verbose() || assessed.state != JobState::fresh;
    if (shown) {
      terminal.line(fmt::format("{}  {}  {}", assessed.job.id, to_text(assessed.state),
                                assessed.master->path));
    }
  }
  terminal.line(fmt::format("project '{}': {}, {}, {}", spec.name,
                            count_text(spec.sprites.size(), "sprite", "sprites"),
                            count_text(spec.masters.size(), "master", "masters"),
                            count_text(spec.atlases.size(), "atlas", "atlases")));
  std::string summary;
  for (const auto& [state, count] : states) {
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, state);
  }
  if (placeholders > 0) summary += fmt::format(", {} of them placeholders", placeholders);
  if (!summary.empty()) terminal.line("masters: " + summary);
  terminal.line(fmt::format("worker: {} ({})", project->worker.address, project->worker.source));
  return 0;
}

}  // namespace dgxp
