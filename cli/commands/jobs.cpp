// The jobs of a worker: ls, watch and cancel.
#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/progress.hpp"
#include "cli/report.hpp"
#include "cli/worker_link.hpp"
#include "core/worker/job_board.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kShownId = 12;
constexpr std::size_t kShortestPrefix = 4;
constexpr std::chrono::milliseconds kTick{200};

std::string short_id(const std::string& id) {
  return id.substr(0, kShownId);
}

std::string dump(const ordered_json& document, int indent = 2) {
  return document.dump(indent, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json json_of(const JobEntry& job) {
  ordered_json document{{"id", job.job_id},
                        {"state", job.state},
                        {"step", job.step},
                        {"total_steps", job.total_steps}};
  if (job.result) {
    document["result"] = {{"sha256", job.result->sha256},
                          {"bytes", job.result->size},
                          {"placeholder", job.result->placeholder}};
  }
  if (!job.error.empty()) document["error"] = job.error;
  return document;
}

std::string json_of(const WorkerOverview& overview, const std::string& address) {
  ordered_json jobs = ordered_json::array();
  for (const JobEntry& job : overview.info.jobs) jobs.push_back(json_of(job));
  const StatusInfoMessage& info = overview.info;
  return dump({{"worker", address},
               {"protocol", info.version},
               {"backend", info.backend},
               {"queued", info.queue_size},
               {"running", info.active_jobs},
               {"uptime_s", info.uptime_s},
               {"jobs", std::move(jobs)}});
}

std::string line_of(const JobEntry& job) {
  std::string line = fmt::format("{}  {}", short_id(job.job_id), job.state);
  if (job.state == "running" && job.total_steps > 0) {
    line += fmt::format("  {}/{}", job.step, job.total_steps);
  }
  return job.error.empty() ? line : line + "  " + job.error;
}

/// Ids of jobs that `names` mean: each an id or the beginning of exactly one.
/// Error: `usage`, naming the one that means none or several.
Result<std::vector<std::string>> find_jobs(const std::vector<JobEntry>& jobs,
                                           const std::vector<std::string>& names) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    std::vector<std::string> fitting;
    for (const JobEntry& job : jobs) {
      const bool is_short = name.size() < kShortestPrefix;
      if (is_short ? job.job_id == name : job.job_id.starts_with(name)) {
        fitting.push_back(job.job_id);
      }
    }
    if (fitting.size() != 1) {
      return Error{ErrorKind::usage,
                   fitting.empty()
                       ? fmt::format("the worker has no job '{}'", name)
                       : fmt::format("'{}' is the beginning of {} jobs", name, fitting.size()),
                   "`dgxp jobs ls` lists them"};
    }
    found.push_back(fitting.front());
  }
  return found;
}

/// Follows jobs until they have ended.
class JobWatch {
 public:
  JobWatch(const Context& context, const JobsArguments& arguments, WorkerQuery& query)
      : context_(context), arguments_(arguments), query_(query) {}

  int run() {
    if (auto done = query_.subscribe(); !done) return fail(context_, done.error());
    if (auto done = look(); !done) return fail(context_, done.error());
    while (!is_over()) {
      if (context_.stop.stop_requested()) return static_cast<int>(ExitStatus::interrupted);
      const auto update = query_.next_update(kTick);
      if (update) {
        if (const auto changed = board_.take_update(*update)) tell(*changed);
      }
      ticks_ = update ? 0 : ticks_ + 1;
      // A worker that publishes nothing for a while may have gone; it is asked.
      if (!board_.is_stale() && ticks_ < kTicksBeforeAsking) continue;
      if (auto done = look(); !done) return fail(context_, done.error());
    }
    context_.terminal->progress("");
    const bool failed = std::ranges::any_of(board_.jobs(), [&](const auto& job) {
      return wanted_.contains(job.first) && job.second.state != "done";
    });
    return static_cast<int>(failed ? ExitStatus::failed : ExitStatus::ok);
  }

 private:
  static constexpr int kTicksBeforeAsking = 15;

  Result<Done> look() {
    ticks_ = 0;
    auto overview = query_.list_jobs();
    if (!overview) return overview.error();
    if (!overview->envelope.epoch && wanted_.empty() && !arguments_.ids.empty()) {
      return Error{
          ErrorKind::worker,
          fmt::format("the worker at {} speaks protocol 1.0 and lists no jobs", query_.address())};
    }
    if (!arguments_.ids.empty() && wanted_.empty()) {
      auto ids = find_jobs(overview->info.jobs, arguments_.ids);
      if (!ids) return ids.error();
      wanted_.insert(ids->begin(), ids->end());
    }
    const bool is_first = !has_looked_;
    has_looked_ = true;
    for (const JobView& job : board_.take_snapshot(overview->info, overview->envelope)) {
      // What had ended before is no news, unless it was asked for.
      if (!is_first || is_open_state(job.state) || wanted_.contains(job.id)) tell(job);
    }
    return Done{};
  }

  bool is_over() const {
    if (arguments_.follow) return false;
    return std::ranges::none_of(board_.jobs(), [&](const auto& job) {
      return (wanted_.empty() || wanted_.contains(job.first)) && is_open_state(job.second.state);
    });
  }

  void tell(const JobView& job) {
    if (!wanted_.empty() && !wanted_.contains(job.id)) return;
    const std::string path = preview_of(job);
    const Terminal& terminal = *context_.terminal;
    if (terminal.json()) {
      terminal.data(json_line(job, path));
      static_cast<void>(terminal.finish());  // whoever reads it wants it now
      return;
    }
    if (job.state != "running" || job.total_steps == 0) {
      terminal.line(fmt::format("{}  {}{}", short_id(job.id), job.state,
                                job.error.empty() ? "" : "  " + job.error));
    } else if (!terminal.shows_progress()) {
      terminal.line(text_of(job, path));
    }
    static_cast<void>(terminal.finish());
    terminal.progress(running_text(path));
  }

  static std::string text_of(const JobView& job, const std::string& preview) {
    WorkerEvent event;
    event.stage = job.stage.empty() ? job.state : job.stage;
    event.step = static_cast<int>(job.step);
    event.total_steps = static_cast<int>(job.total_steps);
    event.eta_seconds = job.eta_seconds;
    return fmt::format("{}  {}{}", short_id(job.id), progress_text(event),
                       preview.empty() ? "" : ", " + preview);
  }

  /// The line at the bottom: every job that runs.
  std::string running_text(const std::string& preview) const {
    std::string text;
    for (const auto& [id, job] : board_.jobs()) {
      if (job.state == "running") text += (text.empty() ? "" : " | ") + text_of(job, "");
    }
    return preview.empty() ? text : text + " | " + preview;
  }

  static std::string json_line(const JobView& job, const std::string& preview) {
    ordered_json document{{"job", job.id}, {"state", job.state}};
    if (!job.stage.empty()) document["stage"] = job.stage;
    if (job.total_steps > 0) {
      document["step"] = job.step;
      document["total_steps"] = job.total_steps;
      document["eta_s"] = job.eta_seconds;
    }
    if (!preview.empty()) document["preview"] = preview;
    if (!job.error.empty()) document["error"] = job.error;
    return dump(document, -1);
  }

  /// Where its newest preview lies: fetched when a folder was named for it.
  std::string preview_of(const JobView& job) {
    if (arguments_.previews.empty() || !job.preview) return job.preview_path;
    std::string& known = previews_[job.id];
    const std::string path =
        (std::filesystem::path(arguments_.previews) / (short_id(job.id) + ".png")).string();
    if (known == job.preview->sha256) return path;
    if (!Digest::parse(job.id)) return {};  // no name for a file
    auto reply = query_.ask(BlobGetMessage{job.preview->sha256});
    auto* blob = reply ? std::get_if<BlobMessage>(&reply->body) : nullptr;
    if (blob == nullptr || sha256(blob->bytes.view()).hex() != job.preview->sha256) return {};
    std::error_code ignored;
    std::filesystem::create_directories(arguments_.previews, ignored);
    if (!write_plain_file(path, blob->bytes.view())) return {};
    known = job.preview->sha256;
    return path;
  }

  const Context& context_;
  const JobsArguments& arguments_;
  WorkerQuery& query_;
  JobBoard board_;
  std::set<std::string> wanted_;                 ///< empty: all
  std::map<std::string, std::string> previews_;  ///< digest of what is in the file, by job
  bool has_looked_ = false;
  int ticks_ = 0;
};

}  // namespace

int run_jobs_ls_command(const Context& context, const JobsArguments& arguments) {
  auto query = open_worker_query(context, arguments.worker);
  if (!query) return fail(context, query.error());
  const auto overview = query->list_jobs();
  if (!overview) return fail(context, overview.error());
  const Terminal& terminal = *context.terminal;
  if (terminal.json()) {
    terminal.data(json_of(*overview, query->address()));
    return 0;
  }
  std::map<std::string, std::size_t> states;
  for (const JobEntry& job : overview->info.jobs) {
    terminal.line(line_of(job));
    ++states[job.state];
  }
  if (!overview->envelope.epoch) {
    terminal.note("this worker speaks protocol 1.0, which tells numbers of jobs and no jobs");
    states = {{"queued", overview->info.queue_size}, {"running", overview->info.active_jobs}};
  }
  std::string sum;
  for (const auto& [state, count] : states) {
    sum += fmt::format("{}{} {}", sum.empty() ? "" : ", ", count, state);
  }
  terminal.line(sum.empty() ? "no jobs" : "jobs: " + sum);
  return 0;
}

int run_jobs_watch_command(const Context& context, const JobsArguments& arguments) {
  auto query = open_worker_query(context, arguments.worker);
  if (!query) return fail(context, query.error());
  return JobWatch(context, arguments, *query).run();
}

int run_jobs_cancel_command(const Context& context, const JobsArguments& arguments) {
  if (arguments.ids.empty() != arguments.all) {
    return fail(context, {.kind = ErrorKind::usage,
                          .message = "name the jobs to cancel, or give --all",
                          .hint = "`dgxp jobs ls` lists them"});
  }
  auto query = open_worker_query(context, arguments.worker);
  if (!query) return fail(context, query.error());
  const auto overview = query->list_jobs();
  if (!overview) return fail(context, overview.error());
  std::vector<std::string> ids;
  if (arguments.all) {
    // The last ones first, so that none that waits takes the place of one that ends.
    for (const JobEntry& job : overview->info.jobs) {
      if (is_open_state(job.state)) ids.push_back(job.job_id);
    }
    std::ranges::reverse(ids);
  } else {
    auto found = overview->envelope.epoch ? find_jobs(overview->info.jobs, arguments.ids)
                                          : Result(arguments.ids);
    if (!found) return fail(context, found.error());
    ids = *std::move(found);
  }
  const Terminal& terminal = *context.terminal;
  ordered_json cancelled = ordered_json::array();
  ordered_json refused = ordered_json::object();
  for (const std::string& id : ids) {
    const auto reply = query->ask(CancelMessage{id});
    if (!reply) return fail(context, reply.error());
    if (std::holds_alternative<JobCancelledMessage>(reply->body)) {
      cancelled.push_back(id);
      terminal.line(fmt::format("cancelled {}", short_id(id)));
      continue;
    }
    const auto* error = std::get_if<JobErrorMessage>(&reply->body);
    refused[id] = error != nullptr ? error->error : "the worker refuses";
    terminal.warning(fmt::format("{}: {}", short_id(id), refused[id].get<std::string>()));
  }
  const int exit_code = static_cast<int>(refused.empty() ? ExitStatus::ok : ExitStatus::failed);
  if (terminal.json()) {
    terminal.data(dump({{"exit", exit_code}, {"cancelled", cancelled}, {"refused", refused}}));
  } else if (ids.empty()) {
    terminal.line("no job to cancel");
  }
  return exit_code;
}

}  // namespace dgxp
