// The verbs that decide about masters: reroll and adopt.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/opened_project.hpp"
#include "cli/report.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/png_codec.hpp"
#include "core/plan/job_key.hpp"

namespace dgxp {
namespace {

const AssessedJob* find_job(const OpenedProject& project, const std::string& id) {
  const auto found = std::ranges::find_if(
      project.now.jobs, [&](const AssessedJob& assessed) { return assessed.job.id == id; });
  return found == project.now.jobs.end() ? nullptr : &*found;
}

int save_lock(const Context& context, OpenedProject& project, const Lock& lock,
              const std::vector<std::string>& ids, const char* what) {
  const std::string text = project.request.write_lock(lock);
  if (auto done = project.store->write(project.files.lock, as_bytes(text)); !done) {
    return fail(context, done.error());
  }
  const Terminal& terminal = *context.terminal;
  if (terminal.json()) {
    const nlohmann::ordered_json document = {{what, ids}};
    terminal.data(document.dump(2) + "\n");
  }
  for (const std::string& id : ids) terminal.line(fmt::format("{} {}", id, what));
  return 0;
}

bool is_edited(const AssessedJob& assessed) {
  return assessed.state == JobState::edited || assessed.state == JobState::edited_outdated;
}

/// The master of `spec` in today's colours.
Image redrawn(const MasterSpec& spec, const Image& master, const OpenedProject& project) {
  const auto palette = project.now.palettes.find(spec.palette);
  if (palette == project.now.palettes.end()) return master;
  static const LockedPalette kNothingLocked;
  const auto locked = project.now.lock.palettes.find(spec.palette);
  const std::vector<Rgb> colors = colors_of(master);
  const ColorPositions positions =
      follow_palette(colors, palette->second,
                     locked == project.now.lock.palettes.end() ? kNothingLocked : locked->second);
  Image image = master;
  for (Rgba& pixel : image.pixels) {
    if (pixel.a == 0) continue;
    const int position = positions.position.at(pixel.rgb());
    pixel = opaque(palette->second.colors[static_cast<std::size_t>(position)]);
  }
  return image;
}

}  // namespace

int run_reroll_command(const Context& context, const RerollArguments& arguments) {
  int exit_code = 0;
  const auto project =
      open_and_assess(context, arguments.manifest, "", Access::read_write, exit_code);
  if (!project) return exit_code;
  const auto masters = find_masters(project->manifest.spec, arguments.sprites);
  if (!masters) return fail(context, masters.error());
  Lock lock = project->now.lock;
  std::vector<std::string> rerolled;
  for (const std::string& id : *masters) {
    const AssessedJob* assessed = find_job(*project, id);
    if (assessed == nullptr) {
      return fail(context, {.kind = ErrorKind::usage,
                            .message = fmt::format("'{}' is drawn by hand: it has no seed", id)});
    }
    if (assessed->master->seed) {
      return fail(context,
                  {.kind = ErrorKind::manifest,
                   .message = fmt::format("'{}' has its seed written in the manifest", id),
                   .hint = "remove 'seed' there, or write another one",
                   .place = assessed->master->place},
                  &project->files, project->manifest.text);
    }
    if (is_edited(*assessed) && !arguments.overwrite_edited) {
      return fail(context,
                  {.kind = ErrorKind::usage,
                   .message = fmt::format("'{}' was edited by hand", assessed->master->path),
                   .hint = "--overwrite-edited gives up the edit"});
    }
    if (!assessed->present && !lock.jobs.contains(id)) continue;  // new: its first seed comes
    LockedJob& locked = lock.jobs[id];
    ++locked.reroll;
    if (is_edited(*assessed)) {
      locked.origin = Origin::generated;
      locked.master = *assessed->present;
    }
    rerolled.push_back(id);
  }
  return save_lock(context, *project, lock, rerolled, "rerolled");
}

int run_adopt_command(const Context& context, const AdoptArguments& arguments) {
  if (arguments.sprites.empty() && !arguments.all) {
    return fail(context, {.kind = ErrorKind::usage,
                          .message = "name the sprites to adopt, or use --all",
                          .hint = "`dgxp status` lists edited masters"});
  }
  int exit_code = 0;
  const auto project =
      open_and_assess(context, arguments.manifest, "", Access::read_write, exit_code);
  if (!project) return exit_code;
  const auto masters = find_masters(project->manifest.spec, arguments.sprites);
  if (!masters) return fail(context, masters.error());
  Lock lock = project->now.lock;
  std::vector<std::string> adopted;
  for (const std::string& id : *masters) {
    const AssessedJob* assessed = find_job(*project, id);
    if (assessed == nullptr) continue;
    const auto present = project->now.inputs.masters.find(id);
    if (present == project->now.inputs.masters.end()) {
      return fail(context, {.kind = ErrorKind::input,
                            .message = fmt::format("there is no master '{}' to adopt",
                                                   assessed->master->path),
                            .hint = "draw it there, or let `dgxp build` generate it"});
    }
    const Size size = present->second.image.size;
    const Size wanted{assessed->master->frame_size.width * assessed->master->frames,
                      assessed->master->frame_size.height};
    if (size != wanted) {
      return fail(
          context,
          {.kind = ErrorKind::input,
           .message = fmt::format(
               "'{}' is {}x{}, {} of {}x{} make {}x{}", assessed->master->path, size.width,
               size.height,
               count_text(static_cast<std::size_t>(assessed->master->frames), "frame", "frames"),
               assessed->master->frame_size.width, assessed->master->frame_size.height,
               wanted.width, wanted.height)});
    }
    LockedJob& locked = lock.jobs[id];
    const bool was_generated =
        assessed->state == JobState::fresh && locked.origin == Origin::generated;
    Image image = present->second.image;
    if (arguments.redraw) {
      image = redrawn(*assessed->master, image, *project);
      if (auto done = project->store->write(assessed->master->path, encode_png(image)); !done) {
        return fail(context, done.error());
      }
    }
    locked.master = pixel_digest(image);
    if (!was_generated) locked.origin = Origin::edited;
    locked.recipe = assessed->job.recipe;
    locked.recovery = recovery_digest(assessed->master->recover);
    locked.seed = assessed->job.seed;
    adopted.push_back(id);
    project->now.inputs.masters[id].image = std::move(image);
    project->store->keep_recipe(assessed->job.recipe, assessed->job.recipe_text);
  }
  if (arguments.redraw) {
    // Former colours stay only while some master of the palette still shows them.
    std::map<std::string, std::set<Rgb>> used;
    for (const MasterSpec& master : project->manifest.spec.masters) {
      const auto present = project->now.inputs.masters.find(master.id);
      if (present == project->now.inputs.masters.end()) continue;
      for (const Rgb color : colors_of(present->second.image)) used[master.palette].insert(color);
    }
    for (auto& [name, locked] : lock.palettes) {
      const auto today = project->now.palettes.find(name);
      if (today == project->now.palettes.end()) continue;
      const std::vector<Rgb> colors(used[name].begin(), used[name].end());
      locked = update_locked_palette(locked, today->second, colors);
    }
  }
  return save_lock(context, *project, lock, adopted, "adopted");
}

}  // namespace dgxp
