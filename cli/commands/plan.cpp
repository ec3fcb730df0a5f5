#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/commands/targets.hpp"
#include "cli/exit_status.hpp"
#include "cli/opened_project.hpp"
#include "cli/plan_file.hpp"
#include "cli/report.hpp"
#include "core/build/choose_palettes.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

/// What a build would do, as far as it can be known before the pictures are drawn.
struct Forecast {
  std::vector<const AssessedJob*> generate;
  std::vector<std::string> masters;        ///< files that would be written
  std::vector<std::string> sprites;        ///< ids made of these masters
  std::vector<Drift> outputs;              ///< exact when nothing has to be generated
  std::vector<std::string> stale_atlases;  ///< atlases with a sprite whose master changes
  bool lock_changes = false;
  double gpu_minutes = 0;
};

void forecast_outputs(OpenedProject& project, const Context& context, Forecast& forecast,
                      std::optional<Error>& error) {
  if (const auto chosen = choose_palettes(project.manifest.spec, project.now.inputs, {},
                                          project.now.lock, project.now.palettes);
      !chosen) {
    error = chosen.error();
    return;
  }
  auto rendered = render_outputs(project.manifest.spec, project.now.inputs, project.now.palettes,
                                 project.now.lock, Repack::no, context.threads);
  if (!rendered) {
    error = rendered.error();
    return;
  }
  auto drift = find_drift(rendered->files, *project.store);
  if (!drift) {
    error = drift.error();
    return;
  }
  forecast.outputs = std::move(*drift);
  Lock lock = project.now.lock;
  update_lock(lock, *rendered);
  forecast.lock_changes = lock != project.request.lock;
}

Forecast make_forecast(const OpenedProject& project) {
  Forecast forecast;
  std::set<std::string> changing;
  for (const AssessedJob& assessed : project.now.jobs) {
    if (!needs_generation(assessed.state)) continue;
    forecast.generate.push_back(&assessed);
    forecast.masters.push_back(assessed.master->path);
    changing.insert(assessed.job.id);
  }
  std::set<std::string> sprites;
  for (const SpriteSpec& sprite : project.manifest.spec.sprites) {
    const bool changes = std::ranges::any_of(
        sprite.rows, [&](const RowSpec& row) { return changing.contains(row.master); });
    if (!changes) continue;
    forecast.sprites.push_back(sprite.id);
    sprites.insert(sprite.id);
  }
  for (const AtlasSpec& atlas : project.manifest.spec.atlases) {
    if (std::ranges::any_of(atlas.sprites,
                            [&](const std::string& id) { return sprites.contains(id); })) {
      forecast.stale_atlases.push_back(atlas.name);
    }
  }
  forecast.gpu_minutes = estimate_gpu_minutes(project.now.jobs);
  forecast.lock_changes = !forecast.generate.empty();
  return forecast;
}

std::string forecast_json(const Forecast& forecast, const OpenedProject& project) {
  ordered_json generate = ordered_json::array();
  for (const AssessedJob* assessed : forecast.generate) {
    generate.push_back({{"job", assessed->job.id},
                        {"reason", std::string(to_text(assessed->state))},
                        {"master", assessed->master->path},
                        {"key", assessed->job.key.hex()},
                        {"seed", assessed->job.seed},
                        {"size", {assessed->job.raw_size.width, assessed->job.raw_size.height}},
                        {"frames", assessed->job.frames}});
  }
  ordered_json outputs = ordered_json::array();
  for (const Drift& drift : forecast.outputs) outputs.push_back(drift.path);
  const ordered_json document = {{"generate", std::move(generate)},
                                 {"sprites", forecast.sprites},
                                 {"atlases", forecast.stale_atlases},
                                 {"write", std::move(outputs)},
                                 {"lock_changes", forecast.lock_changes},
                                 {"gpu_minutes", forecast.gpu_minutes},
                                 {"worker", project.worker.is_embedded() ? "embedded" : "remote"},
                                 {"jobs", project.now.jobs.size()}};
  return document.dump(2) + "\n";
}

void show_forecast(const Forecast& forecast, const OpenedProject& project,
                   const Terminal& terminal) {
  for (const AssessedJob* assessed : forecast.generate) {
    terminal.line(fmt::format("generate  {}  ({})", assessed->job.id, to_text(assessed->state)));
  }
  for (const std::string& path : forecast.masters) terminal.line("write     " + path);
  for (const std::string& atlas : forecast.stale_atlases) {
    terminal.line(fmt::format("rebuild   atlas '{}'", atlas));
  }
  for (const Drift& drift : forecast.outputs) terminal.line("write     " + drift.path);
  if (forecast.generate.empty() && forecast.outputs.empty() && !forecast.lock_changes) {
    terminal.line("nothing to do");
    return;
  }
  if (forecast.lock_changes) terminal.line("write     " + project.files.lock);
  terminal.line(fmt::format("{} to generate by {}, {} processed{}",
                            count_text(forecast.generate.size(), "master", "masters"),
                            project.worker.is_embedded() ? "the embedded worker" : "the worker",
                            count_text(forecast.sprites.size(), "sprite", "sprites"),
                            project.worker.is_embedded() || forecast.generate.empty()
                                ? ""
                                : fmt::format(", about {:.1f} GPU minutes", forecast.gpu_minutes)));
}

}  // namespace

int run_plan_command(const Context& context, const PlanArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const bool is_printed = is_standard_output(arguments.output);
  if (is_printed && terminal.json())
    return fail(context, two_on_standard_output("--output", "--json"));
  int exit_code = 0;
  auto project =
      open_and_assess(context, arguments.manifest, arguments.worker, Access::read_only, exit_code);
  if (!project) return exit_code;
  if (arguments.overwrite_edited) {
    project->request.stale.overwrite_edited = true;
    Assessment& now = project->now;
    now.jobs = assess_jobs({.project = &project->manifest.spec,
                            .inputs = &now.inputs,
                            .lock = &now.lock,
                            .palettes = &now.palettes,
                            .workflows = &project->request.workflows},
                           project->request.stale);
  }
  Forecast forecast = make_forecast(*project);
  if (forecast.generate.empty()) {
    std::optional<Error> error;
    forecast_outputs(*project, context, forecast, error);
    if (error) return fail(context, *error, &project->files, project->manifest.text);
  }
  if (!arguments.output.empty()) {
    const std::string text = plan_file_text(project->now.jobs);
    if (auto done = write_plain_file(arguments.output, as_bytes(text)); !done) {
      return fail(context, done.error());
    }
  }
  if (terminal.json()) terminal.data(forecast_json(forecast, *project));
  if (!is_printed) show_forecast(forecast, *project, terminal);
  const bool is_clean =
      forecast.generate.empty() && forecast.outputs.empty() && !forecast.lock_changes;
  return arguments.detailed_exit_code && !is_clean ? static_cast<int>(ExitStatus::drift) : 0;
}

}  // namespace dgxp
