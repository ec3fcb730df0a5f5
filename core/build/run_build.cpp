#include "core/build/run_build.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "core/build/check_colors.hpp"
#include "core/build/choose_palettes.hpp"
#include "core/exporters/exporter.hpp"
#include "core/image/png_codec.hpp"
#include "core/plan/job_key.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestOutput = std::size_t{1} << 30U;  // as deliveries

bool same_pixels(ByteView left, ByteView right) {
  const PngLimits limits{.max_size = {16384, 16384}, .max_bytes = kLargestOutput};
  const auto a = decode_png(left, limits);
  const auto b = decode_png(right, limits);
  return a && b && *a == *b;
}

/// Masters that were edited by hand are recorded as such; their pixels are used as they are.
void record_edits(const std::vector<AssessedJob>& jobs, Lock& lock) {
  for (const AssessedJob& assessed : jobs) {
    const bool is_edited =
        assessed.state == JobState::edited || assessed.state == JobState::edited_outdated;
    if (!is_edited || !assessed.present) continue;
    const auto [entry, is_new] = lock.jobs.try_emplace(assessed.job.id);
    LockedJob& locked = entry->second;
    locked.master = *assessed.present;
    locked.origin = Origin::edited;
    if (!is_new) continue;
    locked.recipe = assessed.job.recipe;
    locked.recovery = recovery_digest(assessed.master->recover);
    locked.seed = assessed.job.seed;
  }
}

bool is_told(const BuildRequest& request, const std::string& master) {
  return !request.told || request.told->contains(master);
}

/// Of jobs that were neither made nor tried in vain.
std::vector<std::string> notes_on_jobs(const std::vector<AssessedJob>& jobs,
                                       const MadeMasters& made, const BuildRequest& request) {
  std::set<std::string> tried(made.made.begin(), made.made.end());
  for (const FailedJob& failed : made.failed) tried.insert(failed.id);
  std::vector<std::string> notes;
  for (const AssessedJob& assessed : jobs) {
    if (tried.contains(assessed.job.id) || !is_told(request, assessed.job.id)) continue;
    if (assessed.state == JobState::edited_outdated) {
      notes.push_back(
          fmt::format("'{}' was edited by hand and is kept, though its recipe changed "
                      "(--overwrite-edited draws it again)",
                      assessed.master->path));
    }
    if (assessed.state == JobState::recovery_changed) {
      notes.push_back(fmt::format(
          "'{}' is kept: {}, but its raw image is not on this machine (`dgxp reroll "
          "{}` draws it again)",
          assessed.master->path,
          request.recover_again.contains(assessed.job.id) ? "it should be recovered again"
                                                          : "its recovery options changed",
          assessed.job.id));
    }
  }
  return notes;
}

Error over_budget(double minutes, double budget) {
  return {.kind = ErrorKind::failed,
          .message = fmt::format("the plan costs about {:.1f} GPU minutes, project.budget allows "
                                 "{:.1f}",
                                 minutes, budget),
          .hint = "raise project.budget.gpu_minutes, or build fewer sprites at a time"};
}

std::vector<std::string> output_folders(const ProjectSpec& project) {
  std::vector<std::string> folders{project.art_dir};
  for (const OutputSpec& output : project.outputs) folders.push_back(output.dir);
  return folders;
}

std::vector<std::string> stale_ids(const std::vector<AssessedJob>& jobs) {
  std::vector<std::string> ids;
  for (const AssessedJob& assessed : jobs) {
    if (needs_generation(assessed.state)) ids.push_back(assessed.job.id);
  }
  return ids;
}

/// What a build reads it must not write: not even under another case, which is the same file on
/// many disks.
std::optional<Error> find_overwritten(const std::vector<OutputFile>& files,
                                      const ProjectSpec& project,
                                      const std::vector<std::string>& read) {
  std::map<std::string, const OutputFile*> written;
  std::set<std::size_t> sizes;  // most paths are of none of them
  for (const OutputFile& file : files) {
    written.emplace(to_lower(file.path), &file);
    sizes.insert(file.path.size());
  }
  for (const std::string& path : read) {
    if (!sizes.contains(path.size())) continue;
    const auto found = written.find(to_lower(path));
    if (found == written.end()) continue;
    const OutputFile& file = *found->second;
    const auto output = std::ranges::find_if(project.outputs, [&](const OutputSpec& one) {
      return file.path.starts_with(one.dir + "/");
    });
    return Error{.kind = ErrorKind::manifest,
                 .message = fmt::format("output '{}' would overwrite '{}', which the build reads",
                                        file.path, path),
                 .hint = "give outputs a folder of their own",
                 .place = output == project.outputs.end() ? Place{} : output->place};
  }
  return std::nullopt;
}

/// An edited master is kept, and nothing can be made of one in another size.
std::optional<Error> find_unfit_edit(const Assessment& now) {
  for (const AssessedJob& assessed : now.jobs) {
    const bool is_outdated = assessed.state == JobState::edited_outdated;
    const auto present = now.inputs.masters.find(assessed.job.id);
    if (!(is_outdated || assessed.state == JobState::edited) || present == now.inputs.masters.end())
      continue;
    const MasterSpec& master = *assessed.master;
    const Size size = present->second.image.size;
    const Size wanted{master.frame_size.width * master.frames, master.frame_size.height};
    if (size == wanted) continue;
    return Error{
        .kind = ErrorKind::input,
        .message = fmt::format("{}: it was edited by hand and is {}x{}, not {}x{} ({} {} of {}x{})",
                               master.path, size.width, size.height, wanted.width, wanted.height,
                               master.frames, master.frames == 1 ? "frame" : "frames",
                               master.frame_size.width, master.frame_size.height),
        .hint = is_outdated
                    ? "give it that size, or give it up with `dgxp build --overwrite-edited`"
                    : "give it that size, or delete it to have it drawn again",
        .place = master.place};
  }
  return std::nullopt;
}

Result<Assessment> assess_after(const BuildRequest& request, Lock lock, Store& store) {
  for (const OutputSpec& output : request.project->outputs) {
    if (auto error = check_output(output, *request.project)) return *std::move(error);
  }
  BuildMemory* const memory = request.memory;
  auto inputs = gather_inputs(*request.project, store, request.threads,
                              memory == nullptr ? nullptr : &memory->inputs);
  if (!inputs) return inputs.error();
  Assessment now{.inputs = std::move(*inputs)};
  now.lock = effective_lock(*request.project, now.inputs, std::move(lock), request.pending.get());
  const std::set<std::string> changed = forget_changed_palettes(*request.project, now.lock);
  auto palettes = resolve_palettes(*request.project, now.inputs.files, now.lock);
  if (!palettes) return palettes.error();
  now.palettes = std::move(*palettes);
  if (auto error = find_wrong_color(*request.project, now.palettes, now.lock))
    return *std::move(error);
  now.jobs = assess_jobs({.project = request.project,
                          .inputs = &now.inputs,
                          .lock = &now.lock,
                          .palettes = &now.palettes,
                          .workflows = &request.workflows,
                          .memory = memory == nullptr ? nullptr : &memory->jobs},
                         request.stale);
  if (auto done = check_workflows(now.jobs, request.workflows); !done) return done.error();
  for (AssessedJob& assessed : now.jobs) {
    // In the colours that are chosen now; what was there before shows those of before only.
    if (changed.contains(assessed.master->palette) && assessed.state == JobState::fresh)
      assessed.state = JobState::recovery_changed;
    if (!request.recover_again.contains(assessed.job.id)) continue;
    const bool gives_up_edit = request.recover_edited && assessed.state == JobState::edited &&
                               now.lock.jobs.contains(assessed.job.id);
    if (gives_up_edit || assessed.state == JobState::fresh)
      assessed.state = JobState::recovery_changed;
  }
  return now;
}

class Build {
 public:
  Build(BuildRequest request, Store& store, Reporter& reporter)
      : request_(std::move(request)),
        project_(*request_.project),
        store_(store),
        reporter_(reporter) {}

  Result<BuildReport> run() {
    auto report = make_all();
    if (request_.memory != nullptr) give_back(*request_.memory, static_cast<bool>(report));
    if (report) report->jobs = std::move(now_.jobs);
    return report;
  }

 private:
  Result<BuildReport> make_all() {
    const bool may_write = request_.mode == BuildMode::build;
    auto assessment =
        assess_after(request_, may_write ? std::move(request_.lock) : request_.lock, store_);
    if (!assessment) return assessment.error();
    now_ = std::move(*assessment);
    report_.paths = std::move(now_.inputs.paths);
    // Beyond this point the set of jobs is fixed.
    if (!may_write) return compare();
    if (auto done = make_stale_masters(); !done) return done.error();
    record_edits(now_.jobs, now_.lock);
    report_.notes = notes_on_jobs(now_.jobs, report_.made, request_);
    if (!all_masters_present()) return keep_what_was_made();
    auto rendered = render_outputs(project_, now_.inputs, now_.palettes, now_.lock, request_.repack,
                                   request_.threads, request_.memory);
    // What was drawn is kept even when the outputs cannot be made from it.
    if (!rendered) {
      if (auto kept = keep_what_was_made(); !kept) return kept.error();
      return rendered.error();
    }
    if (auto error = find_overwritten(rendered->files, project_, report_.paths)) {
      if (auto kept = keep_what_was_made(); !kept) return kept.error();
      return *std::move(error);
    }
    // Beyond this point every byte that will be written is known.
    take_findings(*rendered);
    const LockedPalettes locked = now_.lock.palettes;
    update_lock(now_.lock, *rendered);
    if (auto done = write_masters_and_lock(now_.lock); !done) return done.error();
    auto delivered = store_.deliver(rendered->files);
    if (!delivered) return delivered.error();
    report_.delivery = std::move(*delivered);
    for (const OutputFile& file : rendered->files) report_.paths.push_back(file.path);
    if (request_.memory != nullptr) keep_sprites(*std::move(rendered), locked);
    return std::move(report_);
  }

  void give_back(BuildMemory& memory, bool is_done) {
    // Where not even they could be read, what was known is still there.
    if (!now_.inputs.masters.empty()) memory.inputs.masters = std::move(now_.inputs.masters);
    memory.inputs.is_complete = is_done;
    if (is_done && request_.mode == BuildMode::build) memory.lock = std::move(now_.lock);
  }

  /// `locked` is what the lock said of palettes when they were made.
  void keep_sprites(Rendered rendered, const LockedPalettes& locked) {
    SpriteMemory& memory = request_.memory->sprites;
    memory.palettes = now_.palettes;
    memory.locked = locked;
    memory.sprites = std::move(rendered.sprites);
    memory.findings.assign(memory.sprites.size(), {});
    // They stand in the order of the sprites.
    auto finding = rendered.findings.begin();
    for (std::size_t i = 0; i < memory.sprites.size(); ++i) {
      for (; finding != rendered.findings.end() && finding->sprite == memory.sprites[i].id;
           ++finding)
        memory.findings[i].push_back(std::move(*finding));
    }
  }

  Result<Done> make_stale_masters() {
    const double minutes = estimate_gpu_minutes(now_.jobs);
    if (request_.stale.real_worker && project_.budget_gpu_minutes &&
        minutes > *project_.budget_gpu_minutes) {
      return over_budget(minutes, *project_.budget_gpu_minutes);
    }
    // An edit that does not fit, and a folder that cannot be written, are found before a job is
    // paid for.
    if (auto error = find_unfit_edit(now_)) return *std::move(error);
    const std::vector<std::string> folders = output_folders(project_);
    if (auto done = store_.check_writable(folders); !done) return done.error();
    auto made = make_masters({.project = &project_,
                              .jobs = &now_.jobs,
                              .open_worker = request_.open_worker,
                              .real_worker = request_.stale.real_worker,
                              .threads = request_.threads,
                              .stop = request_.stop},
                             now_.inputs, now_.palettes, now_.lock, store_, reporter_);
    if (!made) return made.error();
    report_.made = std::move(*made);
    return Done{};
  }

  bool all_masters_present() const {
    return std::ranges::all_of(project_.masters, [&](const MasterSpec& master) {
      return now_.inputs.masters.contains(master.id);
    });
  }

  /// Some job failed and its sprite has no older master: nothing is delivered.
  Result<BuildReport> keep_what_was_made() {
    report_.is_complete = false;
    if (auto done = write_masters_and_lock(now_.lock); !done) return done.error();
    return std::move(report_);
  }

  Result<Done> write_masters_and_lock(const Lock& lock) {
    const std::string text = request_.write_lock(lock);
    if (!report_.made.made.empty()) {
      const std::string pending = pending_lock_path(request_.lock_path);
      if (auto done = store_.write(pending, as_bytes(text)); !done) return done.error();
      if (auto done = write_masters(now_.jobs, report_.made, now_.inputs, store_, request_.threads);
          !done) {
        return done.error();
      }
    }
    // A project without a single generated sprite needs no lock.
    if (text == request_.lock_text || (lock == Lock{} && request_.lock_text.empty())) return Done{};
    auto written = store_.write(request_.lock_path, as_bytes(text));
    if (!written) return written.error();
    report_.lock_written = *written;
    return Done{};
  }

  void take_findings(const Rendered& rendered) {
    report_.findings = rendered.findings;
    if (request_.told) {
      forget_untold_findings();
      return;  // what a target cannot express is not about pictures
    }
    report_.notes.insert(report_.notes.end(), rendered.notes.begin(), rendered.notes.end());
  }

  void forget_untold_findings() {
    std::set<std::string_view> sprites;
    for (const SpriteSpec& sprite : project_.sprites)
      for (const RowSpec& row : sprite.rows)
        if (is_told(request_, row.master)) sprites.insert(sprite.id);
    std::erase_if(report_.findings,
                  [&](const Finding& finding) { return !sprites.contains(finding.sprite); });
  }

  /// locked and check: outputs from what git holds, compared with what is there.
  Result<BuildReport> compare() {
    report_.notes = notes_on_jobs(now_.jobs, {}, request_);
    if (!stale_ids(now_.jobs).empty()) {
      report_.is_complete = false;
      report_.lock_outdated = true;
      return std::move(report_);
    }
    record_edits(now_.jobs, now_.lock);
    if (auto chosen = choose_palettes(project_, now_.inputs, {}, now_.lock, now_.palettes); !chosen)
      return chosen.error();
    auto rendered = render_outputs(project_, now_.inputs, now_.palettes, now_.lock, request_.repack,
                                   request_.threads);
    if (!rendered) return rendered.error();
    if (auto error = find_overwritten(rendered->files, project_, report_.paths)) {
      return *std::move(error);
    }
    take_findings(*rendered);
    update_lock(now_.lock, *rendered);
    report_.lock_outdated = now_.lock != request_.lock;
    auto drift = find_drift(rendered->files, store_);
    if (!drift) return drift.error();
    report_.drift = std::move(*drift);
    for (const OutputFile& file : rendered->files) report_.paths.push_back(file.path);
    if (request_.mode == BuildMode::check) return std::move(report_);
    return deliver_missing(*rendered);
  }

  /// `--locked` restores outputs that are gone, and touches none that is there.
  Result<BuildReport> deliver_missing(const Rendered& rendered) {
    const bool only_missing = std::ranges::all_of(
        report_.drift, [](const Drift& drift) { return drift.kind == Drift::Kind::missing; });
    if (report_.lock_outdated || !only_missing) return std::move(report_);
    auto delivered = store_.deliver(rendered.files);
    if (!delivered) return delivered.error();
    report_.delivery = std::move(*delivered);
    report_.drift.clear();
    return std::move(report_);
  }

  BuildRequest request_;
  const ProjectSpec& project_;
  Store& store_;
  Reporter& reporter_;
  Assessment now_;
  BuildReport report_;
};

}  // namespace

std::string pending_lock_path(const std::string& lock_path) {
  return ".dgxp/pending-" + lock_path;
}

Result<Assessment> assess(const BuildRequest& request, Store& store) {
  return assess_after(request, request.lock, store);
}

Result<std::vector<Drift>> find_drift(const std::vector<OutputFile>& files, Store& store) {
  std::vector<Drift> drift;
  for (const OutputFile& file : files) {
    auto present = store.read_if_present(file.path, kLargestOutput);
    if (!present) return present.error();
    if (!*present) {
      drift.push_back({.path = file.path, .kind = Drift::Kind::missing});
    } else if (**present != file.content) {
      const bool is_same = file.path.ends_with(".png") && same_pixels(**present, file.content);
      drift.push_back(
          {.path = file.path, .kind = is_same ? Drift::Kind::same_pixels : Drift::Kind::differs});
    }
  }
  return drift;
}

Result<BuildReport> run_build(BuildRequest request, Store& store, Reporter& reporter) {
  return Build(std::move(request), store, reporter).run();
}

}  // namespace dgxp
