#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/opened_project.hpp"
#include "cli/report.hpp"
#include "core/plan/job_key.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

/// The manifest line behind a field of the recipe: its own, else that of the style, else the entry.
Place place_of(const MasterSpec& master, const std::string& field) {
  const std::string top = field.substr(0, field.find('.'));
  for (const std::string& name : {field, "style." + field, "style." + top, top}) {
    const auto found = master.field_places.find(name);
    if (found != master.field_places.end()) return found->second;
  }
  return master.place;
}

struct Change {
  std::string field;
  Place place;
};

struct Explanation {
  const AssessedJob* assessed = nullptr;
  std::vector<Change> changes;
  bool recipe_is_known = true;
};

Explanation explain_job(const AssessedJob& assessed, OpenedProject& project) {
  Explanation explanation{.assessed = &assessed};
  const auto locked = project.now.lock.jobs.find(assessed.job.id);
  const bool changed =
      assessed.state == JobState::recipe_changed || assessed.state == JobState::edited_outdated;
  if (!changed || locked == project.now.lock.jobs.end()) return explanation;
  const auto before = project.store->find_recipe(locked->second.recipe);
  explanation.recipe_is_known = before.has_value();
  if (!before) return explanation;
  for (const std::string& field : changed_recipe_fields(*before, assessed.job.recipe_text)) {
    explanation.changes.push_back({field, place_of(*assessed.master, field)});
  }
  return explanation;
}

std::string reason_text(const Explanation& explanation) {
  switch (explanation.assessed->state) {
    case JobState::fresh:
      return "its master exists, its pixels and recipe are the locked ones";
    case JobState::edited:
      return "its master was edited by hand and is used as it is";
    case JobState::edited_outdated:
      return "its master was edited by hand and is kept, though its recipe changed";
    case JobState::recovery_changed:
      return "its recovery options changed: recovered again when its raw image is at hand";
    case JobState::is_new:
      return "neither lock nor art folder know it";
    case JobState::recipe_changed:
      return "its recipe is not the locked one";
    case JobState::rerolled:
      return "a new seed was asked for by `dgxp reroll`";
    case JobState::seed_changed:
      return "its seed is not the locked one";
    case JobState::master_missing:
      return "the lock knows it, but its master file is gone";
    case JobState::placeholder:
      return "it is a placeholder, and a real worker is configured";
  }
  return "";
}

/// Its name, and where its colours come from when the manifest does not say them.
std::string describe_palette(const std::string& name, const OpenedProject& project) {
  if (name.empty()) return "none";
  const auto& specs = project.manifest.spec.palettes;
  const auto spec = std::ranges::find(specs, name, &PaletteSpec::name);
  if (spec == specs.end() || (spec->auto_colors == 0 && spec->extend == 0)) return name;
  const auto palette = project.now.palettes.find(name);
  if (palette == project.now.palettes.end()) return name + " (its colours are not chosen yet)";
  const std::size_t count = palette->second.colors.size();
  const std::size_t chosen =
      spec->extend > 0 ? project.now.lock.palettes.at(name).added.size() : count;
  return fmt::format("{} ({}, {} chosen from its masters)", name,
                     count_text(count, "colour", "colours"),
                     chosen == count ? "all" : fmt::format("{}", chosen));
}

void show(const Explanation& explanation, const OpenedProject& project, const Terminal& terminal) {
  const AssessedJob& assessed = *explanation.assessed;
  const MasterSpec& master = *assessed.master;
  terminal.line(fmt::format("{}: {}: {}", assessed.job.id, to_text(assessed.state),
                            reason_text(explanation)));
  for (const Change& change : explanation.changes) {
    terminal.line(fmt::format("  {} changed: {}:{}:{}", change.field, project.files.shown,
                              change.place.line, change.place.column));
  }
  if (!explanation.recipe_is_known) {
    terminal.line(fmt::format("  this machine never saw the former recipe; defined at {}:{}:{}",
                              project.files.shown, master.place.line, master.place.column));
  }
  terminal.line(fmt::format("  master  {}{}", master.path, assessed.present ? "" : " (missing)"));
  terminal.line(fmt::format("  prompt  {}", assessed.job.prompt));
  terminal.line(fmt::format("  seed    {}", assessed.job.seed));
  terminal.line(fmt::format("  palette {}", describe_palette(master.palette, project)));
  if (!assessed.job.workflow_name.empty()) {
    terminal.line(fmt::format("  workflow {} sha256:{}", assessed.job.workflow_name,
                              assessed.job.workflow.hex().substr(0, 12)));
  }
  if (!terminal.verbose()) return;
  terminal.line(fmt::format("  key     {}", assessed.job.key.hex()));
  terminal.line(fmt::format("  recipe  {}", assessed.job.recipe_text));
  for (const auto& [field, place] : master.field_places) {
    terminal.line(
        fmt::format("  {} from {}:{}:{}", field, project.files.shown, place.line, place.column));
  }
}

ordered_json to_json(const Explanation& explanation) {
  ordered_json changes = ordered_json::array();
  for (const Change& change : explanation.changes) {
    changes.push_back(
        {{"field", change.field}, {"line", change.place.line}, {"column", change.place.column}});
  }
  const AssessedJob& assessed = *explanation.assessed;
  return {{"job", assessed.job.id},
          {"state", std::string(to_text(assessed.state))},
          {"reason", reason_text(explanation)},
          {"changes", std::move(changes)},
          {"master", assessed.master->path},
          {"seed", assessed.job.seed},
          {"key", assessed.job.key.hex()},
          {"line", assessed.master->place.line},
          {"recipe", ordered_json::parse(assessed.job.recipe_text)}};
}

}  // namespace

int run_explain_command(const Context& context, const ExplainArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  int exit_code = 0;
  const auto project =
      open_and_assess(context, arguments.manifest, arguments.worker, Access::read_only, exit_code);
  if (!project) return exit_code;
  const auto masters = find_masters(project->manifest.spec, arguments.sprites);
  if (!masters) return fail(context, masters.error());
  ordered_json document = ordered_json::array();
  for (const std::string& id : *masters) {
    const auto assessed = std::ranges::find_if(
        project->now.jobs, [&](const AssessedJob& job) { return job.job.id == id; });
    if (assessed == project->now.jobs.end()) {
      terminal.line(fmt::format("{}: drawn by hand: it has no job", id));
      continue;
    }
    const Explanation explanation = explain_job(*assessed, *project);
    document.push_back(to_json(explanation));
    show(explanation, *project, terminal);
  }
  if (terminal.json()) terminal.data(json_text(document));
  return 0;
}

}  // namespace dgxp
