#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/plan_file.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "core/store/build_stamp.hpp"
#include "core/store/plain_file.hpp"
#include "manifests/lock_file.hpp"

namespace dgxp {
namespace {

/// What was asked: a stamp answers only the same question.
Digest question_of(const BuildArguments& arguments, const ManifestPlace& files,
                   const WorkerChoice& worker) {
  // Another program may give other bytes, also when it calls itself the same version.
  std::error_code ignored;
  const std::filesystem::path program = "/proc/self/exe";
  const auto size = std::filesystem::file_size(program, ignored);
  const auto time = std::filesystem::last_write_time(program, ignored).time_since_epoch().count();
  return sha256(fmt::format("dgxp {} {} {}\n{}\nlocked {}\nreal worker {}\noverwrite edited {}",
                            DGXP_VERSION, size, time, files.manifest, arguments.locked,
                            !worker.is_embedded(), arguments.overwrite_edited));
}

int exit_code_of(const BuildReport& report, const BuildArguments& arguments) {
  if (arguments.locked && (report.lock_outdated || !report.drift.empty())) {
    return static_cast<int>(ExitStatus::drift);
  }
  return static_cast<int>(has_failed(report) ? ExitStatus::failed : ExitStatus::ok);
}

void show_drift(const Context& context, const BuildReport& report) {
  for (const AssessedJob& assessed : report.jobs) {
    if (!needs_generation(assessed.state)) continue;
    context.terminal->line(
        fmt::format("{} needs a worker: {}", assessed.job.id, to_text(assessed.state)));
  }
  for (const Drift& drift : report.drift) {
    context.terminal->line(fmt::format("{} is not what is built from the masters", drift.path));
  }
  if (report.lock_outdated && report.is_complete) {
    context.terminal->line("the lock is not up to date");
  }
  context.terminal->error(
      {.message = "the lock or the outputs do not fit the manifest, nothing was written",
       .hint = "run `dgxp build` without --locked and commit what it writes"});
}

/// What `status` says, too. Counted in the lock, which is there even when nothing else is read.
void show_placeholders(const Terminal& terminal, const ManifestPlace& files) {
  if (terminal.json()) return;
  const auto lock = read_plain_file(files.folder / files.lock, kLargestLock);
  const std::size_t count = lock ? count_placeholders(as_text(*lock)) : 0;
  if (count == 0) return;
  terminal.line(fmt::format(
      "{} still: build with a worker that draws (--worker, DGXP_WORKER) to have {} replaced, or "
      "approve {} with `dgxp adopt`",
      count_text(count, "master is a placeholder", "masters are placeholders"),
      count == 1 ? "it" : "them", count == 1 ? "it" : "them"));
}

void show_done(const Context& context, const BuildReport& report) {
  const Terminal& terminal = *context.terminal;
  const auto& delivery = report.delivery;
  for (const std::string& path : delivery.written) terminal.line("wrote " + path);
  for (const std::string& path : delivery.removed) terminal.line("removed " + path);
  if (report.made.made.empty() && delivery.written.empty() && delivery.removed.empty() &&
      !report.lock_written) {
    terminal.line("nothing to do");
    return;
  }
  terminal.line(fmt::format(
      "{} generated, {} recovered, {} written, {} unchanged",
      count_text(report.made.generated.size(), "master", "masters"), report.made.recovered.size(),
      count_text(delivery.written.size(), "file", "files"), delivery.unchanged));
}

std::vector<std::string> stamped_paths(const BuildReport& report, const ManifestPlace& files) {
  std::vector<std::string> paths = report.paths;
  paths.push_back(files.manifest);
  paths.push_back(files.lock);
  std::ranges::sort(paths);
  const auto repeated = std::ranges::unique(paths);
  paths.erase(repeated.begin(), repeated.end());
  return paths;
}

Result<std::unique_ptr<Store>> open_store(const Context& context, const BuildArguments& arguments,
                                          const ManifestPlace& files) {
  const Terminal& terminal = *context.terminal;
  return open_project(
      files.folder,
      {.manifest = files.manifest,
       .sync = arguments.no_fsync ? Sync::no : Sync::yes,
       .lock_timeout = std::chrono::seconds(arguments.lock_timeout_seconds),
       .on_wait = [&terminal] { terminal.note("another dgxp works on this project, waiting"); }});
}

}  // namespace

int run_build_command(const Context& context, const BuildArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const ManifestPlace files = manifest_place(arguments.manifest);
  // Whether a real worker is configured on this machine is not in git: --locked leaves it out.
  auto worker = choose_worker(arguments.locked ? "embedded" : arguments.worker, files.folder,
                              arguments.worker_folder, context.access);
  if (!worker) return fail(context, worker.error());
  const Digest question = question_of(arguments, files, *worker);
  if (!arguments.repack && arguments.plan.empty() && is_up_to_date(files.folder, question)) {
    if (terminal.json()) terminal.data(report_json({}, 0));
    terminal.line("nothing to do");
    show_placeholders(terminal, files);
    return 0;
  }

  auto manifest = load_project(files, terminal);
  if (!manifest) return fail(context, manifest.error());
  auto store = open_store(context, arguments, files);
  if (!store) return fail(context, store.error());
  auto request = make_request(files, manifest->spec, **store, context);
  if (!request) return fail(context, request.error());
  request->mode = arguments.locked ? BuildMode::locked : BuildMode::build;
  request->repack = arguments.repack ? Repack::yes : Repack::no;
  request->stale = {.real_worker = !worker->is_embedded(),
                    .overwrite_edited = arguments.overwrite_edited};
  const ProgressStyle style =
      arguments.progress == "json" ? ProgressStyle::json : ProgressStyle::line;
  const bool is_watched = style == ProgressStyle::json || terminal.shows_progress();
  request->open_worker =
      worker_opener(*worker, context.threads, is_watched ? Previews::yes : Previews::no);
  if (!arguments.plan.empty()) {
    if (auto fits = check_plan_file(arguments.plan, *request, **store); !fits) {
      return fail(context, fits.error());
    }
  }

  remove_stamp(files.folder);
  ProgressReporter reporter(terminal, store->get(), style);
  auto report = run_build(*std::move(request), **store, reporter);
  if (!report) return fail(context, report.error(), &files, manifest->text);
  show_problems(context, files, *report);
  const int exit_code = exit_code_of(*report, arguments);
  if (exit_code == 0) {
    const auto stamped =
        write_stamp(files.folder, {.question = question, .paths = stamped_paths(*report, files)});
    if (!stamped) terminal.warning(stamped.error().message);
  }
  if (terminal.json()) terminal.data(report_json(*report, exit_code));
  if (exit_code == static_cast<int>(ExitStatus::drift)) {
    show_drift(context, *report);
  } else {
    show_done(context, *report);
    show_placeholders(terminal, files);
  }
  if (!report->is_complete && exit_code == static_cast<int>(ExitStatus::failed)) {
    terminal.error({.message = "some sprites have no master yet: no output was touched",
                    .hint = "what was drawn is kept; run `dgxp build` again"});
  }
  return exit_code;
}

}  // namespace dgxp
