#include "cli/resident_project.hpp"

#include <algorithm>
#include <utility>

#include "cli/progress.hpp"
#include "core/build/follow_project.hpp"
#include "core/store/build_stamp.hpp"

namespace dgxp {

ResidentProject::ResidentProject(const Context& context, ManifestPlace files,
                                 ResidentOptions options)
    : context_(context), files_(std::move(files)), options_(std::move(options)) {}

std::set<std::string> ResidentProject::paths() const {
  std::set<std::string> paths = memory_.paths();
  paths.insert(files_.manifest);
  paths.insert(files_.lock);
  return paths;
}

ByteView ResidentProject::manifest_text() const {
  return text_;
}

bool ResidentProject::look_again(const std::set<std::string>& paths) {
  auto disk = open_project_read_only(files_.folder);
  if (!disk) {
    build_memory_.inputs.is_complete = false;  // the next build looks at everything
    return false;
  }
  std::set<std::string> others = paths;
  const bool is_manifest = others.erase(files_.manifest) > 0;
  std::vector<ChangedFile> changed = memory_.look_again(others, **disk);
  if (auto manifest = is_manifest ? look_at_manifest() : std::nullopt)
    changed.push_back(*std::move(manifest));
  for (ChangedFile& file : changed) {
    std::string path = file.path;
    changed_.insert_or_assign(std::move(path), std::move(file));
  }
  return !changed_.empty();
}

/// It alone may be a link, which the store would not follow.
std::optional<ChangedFile> ResidentProject::look_at_manifest() {
  if (!seen_manifest_) return std::nullopt;
  auto text = read_manifest(files_);
  std::optional<Bytes> today;
  if (text) today = *std::move(text);
  if (today == *seen_manifest_) return std::nullopt;
  using Now = ChangedFile::Now;
  const Now now = !today ? Now::gone : today->empty() ? Now::empty : Now::written;
  seen_manifest_ = std::move(today);
  return ChangedFile{.path = files_.manifest, .now = now, .is_output = false};
}

std::vector<std::string> ResidentProject::changed() const {
  std::vector<std::string> paths;
  for (const auto& [path, file] : changed_) paths.push_back(path);
  return paths;
}

bool ResidentProject::is_half_saved() const {
  return std::ranges::any_of(changed_, [&](const auto& entry) {
    const ChangedFile& file = entry.second;
    if (file.is_output) return false;
    if (file.now == ChangedFile::Now::empty) return true;
    return file.now == ChangedFile::Now::gone && !made_by_jobs_.contains(file.path);
  });
}

Result<Done> ResidentProject::load_manifest_again() {
  auto text = read_manifest(files_);
  if (!text) {
    seen_manifest_.emplace(std::nullopt);
    return text.error();
  }
  seen_manifest_.emplace(*text);
  if (manifest_ && manifest_->text == *text) {
    context_.terminal->diagnostics(manifest_->warnings);
    return Done{};
  }
  const std::optional<LoadedManifest> before = std::exchange(manifest_, std::nullopt);
  built_paths_.clear();
  text_ = *text;
  auto loaded = resolve_manifest(files_, std::move(*text), *context_.terminal);
  if (loaded) manifest_ = std::move(*loaded);
  if (before && manifest_) {
    follow_project(build_memory_, before->spec, manifest_->spec);
  } else {
    build_memory_.forget_project();
  }
  if (!loaded) return loaded.error();
  return Done{};
}

ResidentBuild ResidentProject::build(
    const std::function<std::set<std::string>()>& changed_now, HalfSaved half_saved,
    const std::function<void(const std::vector<std::string>&)>& on_start) {
  const Terminal& terminal = *context_.terminal;
  const auto refused = [](const Error& error) {
    return ResidentBuild{.kind = ResidentBuild::Kind::refused, .report = {}, .error = error};
  };
  auto disk = open_project(
      files_.folder,
      {.manifest = files_.manifest,
       .sync = options_.sync,
       .on_wait = [&terminal] { terminal.note("another dgxp works on this project, waiting"); },
       .logs = &logs_});
  if (!disk) {
    on_start(changed());
    return refused(disk.error());
  }
  // Another dgxp may have written masters and lock until it gave up the project's lock.
  look_again(changed_now());
  if (half_saved == HalfSaved::waits && is_half_saved()) {
    return {.kind = ResidentBuild::Kind::half_saved, .report = {}, .error = std::nullopt};
  }
  on_start(changed());
  for (const auto& [path, file] : changed_) build_memory_.inputs.changed.insert(path);
  changed_.clear();
  if (auto done = load_manifest_again(); !done) return refused(done.error());
  const auto store = make_resident_store(std::move(*disk), memory_, {files_.lock});
  auto report = build_in(*store);
  if (!report) return refused(report.error());
  take_notice_of(*report);
  build_memory_.jobs.jobs = std::move(report->jobs);
  return {.kind = ResidentBuild::Kind::done, .report = std::move(*report), .error = std::nullopt};
}

void ResidentProject::take_notice_of(const BuildReport& report) {
  if (report.paths == built_paths_) return;
  built_paths_ = report.paths;
  std::set<std::string> paths(report.paths.begin(), report.paths.end());
  paths.insert(files_.manifest);
  paths.insert(files_.lock);
  memory_.keep_only(paths);
  made_by_jobs_.clear();
  for (const AssessedJob& assessed : report.jobs) made_by_jobs_.insert(assessed.master->path);
}

Result<BuildReport> ResidentProject::build_in(Store& store) {
  auto request = make_request(files_, manifest_->spec, store, context_, &lock_memory_);
  if (!request) return request.error();
  request->stale.real_worker = !options_.worker.is_embedded();
  request->memory = &build_memory_;
  request->open_worker = worker_opener(options_.worker, context_.threads);
  remove_stamp(files_.folder);
  ProgressReporter reporter(*context_.terminal, &store);
  auto report = run_build(*std::move(request), store, reporter);
  lock_memory_.lock = std::exchange(build_memory_.lock, std::nullopt);
  lock_memory_.text = lock_memory_.writer.text();
  return report;
}

}  // namespace dgxp
