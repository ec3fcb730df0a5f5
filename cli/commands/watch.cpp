#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cli/commands/commands.hpp"
#include "cli/end_watch.hpp"
#include "cli/exit_status.hpp"
#include "cli/resident_project.hpp"
#include "cli/watch_report.hpp"
#include "watchers/change_source.hpp"
#include "watchers/followed_link.hpp"
#include "watchers/live_session.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

class WatchLoop {
 public:
  WatchLoop(const Context& context, ResidentProject& project, OpenedSource source,
            FollowedLink manifest, const WatchReporter& reporter, const EndWatch& end)
      : context_(context),
        project_(project),
        source_(std::move(source)),
        manifest_(std::move(manifest)),
        reporter_(reporter),
        end_(end) {}

  int run() {
    build(ResidentProject::HalfSaved::is_built);
    if (!watch_paths(Again::yes)) return static_cast<int>(ExitStatus::storage);
    if (!end_.token().stop_requested()) reporter_.ready(project_.files(), watched_, source_.name);
    // What changed between reading and watching.
    SessionActions actions = step(SessionEvent::Kind::changed, {.paths = {}, .everything = true});
    while (!actions.end) {
      if (actions.build) {
        actions = act_on(actions);
        continue;
      }
      wait(actions.wake_at);
      if (end_.token().stop_requested()) {
        actions = step(SessionEvent::Kind::stop, {});
        continue;
      }
      Changes changes = take();
      const bool is_event = !changes.empty();
      actions = step(is_event ? SessionEvent::Kind::changed : SessionEvent::Kind::time_passed,
                     std::move(changes));
    }
    reporter_.ended();
    const bool is_signal = context_.stop.stop_requested();
    return static_cast<int>(is_signal ? ExitStatus::interrupted : ExitStatus::ok);
  }

 private:
  SessionActions step(SessionEvent::Kind kind, Changes changes) {
    return session_.step({.kind = kind, .time = Clock::now(), .changes = std::move(changes)});
  }

  /// What has changed, in the project or where its manifest is a link to.
  Changes take() {
    Changes changes = source_.source->take();
    if (manifest_.take()) changes.add(project_.files().manifest);
    return changes;
  }

  void wait(std::optional<Clock::time_point> wake_at) const {
    std::optional<std::chrono::milliseconds> limit = source_.source->interval();
    const auto take_shorter = [&limit](std::chrono::milliseconds other) {
      limit = limit ? std::min(*limit, other) : other;
    };
    if (const auto interval = manifest_.interval()) take_shorter(*interval);
    if (wake_at) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*wake_at - Clock::now());
      take_shorter(std::max(std::chrono::milliseconds(0), left));
    }
    std::vector<int> descriptors = manifest_.descriptors();
    descriptors.insert(descriptors.end(), {source_.source->descriptor(), end_.descriptor()});
    wait_for_any(descriptors, limit);
  }

  SessionActions act_on(const SessionActions& actions) {
    const Changes& changes = *actions.build;
    if (changes.everything && !watch_paths(Again::yes)) return {.end = true};
    if (changes.paths.contains(project_.files().manifest) && !follow_manifest())
      return {.end = true};
    const bool differs = project_.look_again(changes.everything ? project_.paths() : changes.paths);
    if (!differs && !actions.is_last_try) return step(SessionEvent::Kind::build_finished, {});
    const bool is_built = build(actions.is_last_try ? ResidentProject::HalfSaved::is_built
                                                    : ResidentProject::HalfSaved::waits);
    if (!is_built) return step(SessionEvent::Kind::half_saved, changes);
    if (!watch_paths(Again::no)) return {.end = true};
    return step(SessionEvent::Kind::build_finished, {});
  }

  /// False when a file is in the middle of being saved.
  bool build(ResidentProject::HalfSaved half_saved) {
    const Clock::time_point begin = Clock::now();
    std::vector<std::string> changed;
    const ResidentBuild build = project_.build([this] { return changed_now(); }, half_saved,
                                               [&](const std::vector<std::string>& paths) {
                                                 changed = paths;
                                                 reporter_.started(changed);
                                               });
    if (build.kind == ResidentBuild::Kind::half_saved) return false;
    const bool is_stopped = build.error && build.error->kind == ErrorKind::interrupted;
    if (!is_stopped) {
      reporter_.finished(project_.files(), project_.manifest_text(), build, changed,
                         Clock::now() - begin);
    }
    return true;
  }

  std::set<std::string> changed_now() {
    const Changes changes = take();
    if (!changes.everything) return changes.paths;
    is_unsure_ = true;
    return project_.paths();
  }

  enum class Again { no, yes };
  /// Watches what the last build read and made. False when not even polling can.
  bool watch_paths(Again again) {
    const std::size_t revision = project_.paths_revision();
    if (again == Again::no && !is_unsure_ && revision == revision_) return true;
    is_unsure_ = false;
    revision_ = revision;
    if (!follow_manifest()) return false;
    const std::set<std::string> paths = project_.paths();
    auto is_more = source_.source->watch(paths);
    if (!is_more) {
      context_.terminal->note(is_more.error().message + ": files are looked at in turns (" +
                              is_more.error().hint + ")");
      source_ = open_change_source(project_.files().folder, {.poll = kPollInterval});
      is_more = source_.source->watch(paths);
      if (!is_more) return false;
    }
    watched_ = paths.size();
    // A folder that is new to us may have changed before it was watched.
    if (*is_more && again == Again::no)
      step(SessionEvent::Kind::changed, {.paths = {}, .everything = true});
    return true;
  }

  /// False when what it leads to can be watched in no way.
  bool follow_manifest() {
    const auto done = manifest_.look();
    if (!done) context_.terminal->error(done.error());
    return static_cast<bool>(done);
  }

  const Context& context_;
  ResidentProject& project_;
  OpenedSource source_;
  FollowedLink manifest_;
  const WatchReporter& reporter_;
  const EndWatch& end_;
  LiveSession session_{DebounceTimes{}};
  std::size_t watched_ = 0;   ///< how many paths
  std::size_t revision_ = 0;  ///< of these paths
  bool is_unsure_ = false;    ///< events were lost while a build took the project's lock
};

}  // namespace

int run_watch_command(const Context& context, const WatchArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const ManifestPlace files = manifest_place(arguments.manifest);
  const EventStyle style =
      arguments.events == "jsonl" || terminal.json() ? EventStyle::jsonl : EventStyle::text;
  const WatchReporter reporter(context, style);
  auto worker =
      choose_worker(arguments.worker, files.folder, arguments.worker_folder, context.access);
  if (!worker) return reporter.refused(files, worker.error());
  // A name that is wrong from the beginning is not waited for.
  if (auto text = read_manifest(files); !text) return reporter.refused(files, text.error());

  const EndWatch end(context.stop,
                     arguments.exit_on_stdin_eof ? StdinEof::ends : StdinEof::ignored);
  Context inner = context;
  inner.stop = end.token();
  ResidentProject project(
      inner, files,
      {.worker = std::move(*worker), .sync = arguments.no_fsync ? Sync::no : Sync::yes});
  SourceOptions options;
  if (arguments.poll_ms > 0) options.poll = std::chrono::milliseconds(arguments.poll_ms);
  OpenedSource source = open_change_source(files.folder, options);
  if (!source.note.empty()) terminal.note(source.note);
  FollowedLink manifest(files.folder / files.manifest, options);
  return WatchLoop(context, project, std::move(source), std::move(manifest), reporter, end).run();
}

}  // namespace dgxp
