// The verbs that decide about masters: reroll and adopt.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/json_text.hpp"
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
    terminal.data(json_text(document));
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

/// Counts one more reroll of a master into `lock`. False when there is nothing to draw again yet.
Result<bool> reroll_master(const AssessedJob& assessed, bool overwrite_edited, Lock& lock) {
  if (assessed.master->seed) {
    return Error{
        .kind = ErrorKind::manifest,
        .message = fmt::format("'{}' has its seed written in the manifest", assessed.job.id),
        .hint = "remove 'seed' there, or write another one",
        .place = assessed.master->place};
  }
  if (is_edited(assessed) && !overwrite_edited) {
    return Error{.kind = ErrorKind::usage,
                 .message = fmt::format("'{}' was edited by hand", assessed.master->path),
                 .hint = "--overwrite-edited gives up the edit"};
  }
  // A new job gets its first seed by the next build anyway.
  if (!assessed.present && !lock.jobs.contains(assessed.job.id)) return false;
  LockedJob& locked = lock.jobs[assessed.job.id];
  ++locked.reroll;
  if (is_edited(assessed)) {
    locked.origin = Origin::generated;
    locked.master = *assessed.present;
  }
  return true;
}

/// Error: `input` when the master is not there or has another size than the manifest says.
Result<Done> check_adoptable(const AssessedJob& assessed, const PresentMaster* present) {
  const MasterSpec& master = *assessed.master;
  if (present == nullptr) {
    return Error{.kind = ErrorKind::input,
                 .message = fmt::format("there is no master '{}' to adopt", master.path),
                 .hint = "draw it there, or let `dgxp build` generate it"};
  }
  const Size size = present->image.size;
  const Size wanted{master.frame_size.width * master.frames, master.frame_size.height};
  if (size == wanted) return Done{};
  return Error{.kind = ErrorKind::input,
               .message = fmt::format(
                   "'{}' is {}x{}, {} of {}x{} make {}x{}", master.path, size.width, size.height,
                   count_text(static_cast<std::size_t>(master.frames), "frame", "frames"),
                   master.frame_size.width, master.frame_size.height, wanted.width, wanted.height)};
}

/// Drawn to hold a place, and nobody has drawn in it since.
bool is_placeholder(const OpenedProject& project, const AssessedJob& assessed) {
  const auto locked = project.now.lock.jobs.find(assessed.job.id);
  return locked != project.now.lock.jobs.end() && locked->second.origin == Origin::placeholder &&
         !is_edited(assessed);
}

void tell_left_out(const Terminal& terminal, std::size_t placeholders) {
  if (placeholders == 0) return;
  terminal.note(fmt::format("{} left out: name {} to approve {}",
                            count_text(placeholders, "placeholder is", "placeholders are"),
                            placeholders == 1 ? "it" : "them", placeholders == 1 ? "it" : "them"));
}

/// Takes one master as approved, in today's colours if `redraw`, into `lock`.
Result<Done> adopt_master(OpenedProject& project, const AssessedJob& assessed, bool redraw,
                          Lock& lock) {
  const auto present = project.now.inputs.masters.find(assessed.job.id);
  const bool is_there = present != project.now.inputs.masters.end();
  if (auto done = check_adoptable(assessed, is_there ? &present->second : nullptr); !done) {
    return done;
  }
  if (redraw) {
    Image image = redrawn(*assessed.master, present->second.image, project);
    auto written = project.store->write(assessed.master->path, encode_png(image));
    if (!written) return written.error();
    present->second = {.image = image, .pixels = pixel_digest(image)};
  }
  LockedJob& locked = lock.jobs[assessed.job.id];
  const bool is_untouched = assessed.state == JobState::fresh && locked.origin == Origin::generated;
  locked.master = present->second.pixels;
  if (!is_untouched) locked.origin = Origin::edited;
  locked.recipe = assessed.job.recipe;
  locked.recovery = recovery_digest(assessed.master->recover);
  locked.seed = assessed.job.seed;
  project.store->keep_recipe(assessed.job.recipe, assessed.job.recipe_text);
  return Done{};
}

/// Former colours stay only while some master of the palette still shows them.
void forget_unused_colors(const OpenedProject& project, Lock& lock) {
  std::map<std::string, std::set<Rgb>> used;
  for (const MasterSpec& master : project.manifest.spec.masters) {
    const auto present = project.now.inputs.masters.find(master.id);
    if (present == project.now.inputs.masters.end()) continue;
    for (const Rgb color : colors_of(present->second.image)) used[master.palette].insert(color);
  }
  for (auto& [name, locked] : lock.palettes) {
    const auto today = project.now.palettes.find(name);
    if (today == project.now.palettes.end()) continue;
    const std::vector<Rgb> colors(used[name].begin(), used[name].end());
    locked = update_locked_palette(locked, today->second, colors);
  }
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
    const auto counted = reroll_master(*assessed, arguments.overwrite_edited, lock);
    if (!counted) {
      return fail(context, counted.error(), &project->files, project->manifest.text);
    }
    if (*counted) rerolled.push_back(id);
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
  std::size_t left_out = 0;
  for (const std::string& id : *masters) {
    const AssessedJob* assessed = find_job(*project, id);
    if (assessed == nullptr) continue;  // drawn by hand: approved as it is
    if (arguments.all && is_placeholder(*project, *assessed)) {
      ++left_out;
      continue;
    }
    if (auto done = adopt_master(*project, *assessed, arguments.redraw, lock); !done) {
      return fail(context, done.error());
    }
    adopted.push_back(id);
  }
  tell_left_out(*context.terminal, left_out);
  if (arguments.redraw) forget_unused_colors(*project, lock);
  return save_lock(context, *project, lock, adopted, "adopted");
}

}  // namespace dgxp
