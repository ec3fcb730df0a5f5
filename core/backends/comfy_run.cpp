#include "core/backends/comfy_run.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Why = ComfyFailure::Why;

std::uint64_t unix_milliseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(now).count());
}

/// A gateway in front of a server that is not there.
bool is_gateway_trouble(const ComfyFailure& failure) {
  return failure.status >= 502 && failure.status <= 504;
}

/// The id of a job as the name of a folder.
std::string folder_name(std::string_view id) {
  std::string name(id.substr(0, 80));
  std::ranges::replace_if(
      name,
      [](char c) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_';
        return !is_plain;
      },
      '_');
  return name.empty() ? "job" : name;
}

}  // namespace

ComfyRun::ComfyRun(ComfyShop shop, const BackendJob& job, const ProgressSink& progress,
                   std::stop_token stop)
    : shop_(shop), job_(job), progress_(progress), stop_(std::move(stop)), begin_(Clock::now()) {}

Result<Bytes> ComfyRun::run() {
  if (const auto chosen = choose_workflow(); !chosen) return chosen.error();
  read_values();
  auto outcome = adopt();
  if (!outcome) outcome = attempt();
  while (!outcome->end) {
    if (!may_try(outcome->again)) {
      shop_.census.note_error(outcome->reason.message);
      return outcome->reason;
    }
    outcome = attempt();
  }
  if (!*outcome->end && !wants_stop()) shop_.census.note_error(outcome->end->error().message);
  return *std::move(outcome->end);
}

bool ComfyRun::may_try(Again again) {
  const int most = again == Again::lost ? 2 : 1;
  return ++tries_[again] <= most;
}

/// The same for the same picture, whichever attempt of the client it is.
std::string ComfyRun::fingerprint() const {
  GenerateMessage request = job_.request;
  request.attempt.reset();
  return sha256(ByteView(encode_message({request, {}}))).hex();
}

std::optional<ComfyRun::Outcome> ComfyRun::adopt() {
  const auto entry = shop_.journal.find(job_.request.id);
  if (!entry || entry->request != fingerprint() || entry->outputs.empty()) return std::nullopt;
  Posted posted{.prompt = entry->prompt,
                .graph = {},
                .outputs = entry->outputs,
                .watch = shop_.link.watch(entry->prompt, {}),
                .station = {},
                .time = begin_,
                .is_acknowledged = true};
  meter_.emplace("");
  Outcome outcome = follow(posted, true);
  // What became of it while nobody looked is no failure of this job.
  if (!outcome.end && outcome.again == Again::lost) return std::nullopt;
  return outcome;
}

ComfyRun::Outcome ComfyRun::attempt() {
  frames_.clear();
  silence_checked_ = false;
  if (wants_stop()) return stopped(nullptr);
  if (const auto alive = refuse_dead_worker(); !alive) return end(alive.error());
  if (const auto uploaded = upload_references(); !uploaded) return end(uploaded.error());
  Posted posted{.prompt = make_uuid()};
  auto bound = bind(posted.prompt.substr(0, 8));
  if (!bound) return end(bound.error());
  if (const auto good = shop_.nodes.check(workflow_, *bound, stop_); !good) {
    return end(good.error());
  }
  posted.graph = std::move(bound->graph);
  posted.outputs = std::move(bound->outputs);
  posted.station = shop_.link.get_ready(Clock::now() + shop_.options.socket_wait, stop_);
  std::vector<std::string> picture_nodes;
  for (const OutputBinding& output : posted.outputs) {
    if (output.websocket) picture_nodes.push_back(output.node);
  }
  posted.watch = shop_.link.watch(posted.prompt, std::move(picture_nodes));
  meter_.emplace(posted.graph);
  publish(meter_->waiting());
  const auto kept = shop_.journal.begin({.job = job_.request.id,
                                         .request = fingerprint(),
                                         .prompt = posted.prompt,
                                         .posted = unix_milliseconds(),
                                         .outputs = posted.outputs});
  // Without a journal the job can be done all the same.
  if (!kept) shop_.census.note_error(kept.error().message);
  if (auto ended = post(posted)) return *std::move(ended);
  return follow(posted, !posted.is_acknowledged);
}

Result<BoundWorkflow> ComfyRun::bind(const std::string& attempt_name) const {
  WorkflowValues values = values_;
  // A new name for each attempt: what the server has cached under another would not be written.
  values.filename_prefix =
      fmt::format("dgxp/{}/{}/sprite", folder_name(job_.request.id), attempt_name);
  return bind_workflow(workflow_, values);
}

Result<Done> ComfyRun::refuse_dead_worker() {
  std::string why = shop_.census.dead_worker(shop_.link.endings());
  if (why.empty()) return Done{};
  const auto queue = shop_.api.queue(stop_);
  if (queue && queue->running.empty()) return Error{ErrorKind::worker, std::move(why)};
  shop_.census.note_alive();
  return Done{};
}

Result<Done> ComfyRun::upload_references() {
  values_.images.clear();
  for (const auto& reference : job_.references) {
    auto name = shop_.uploads.upload(*reference, stop_);
    if (!name) return name.error();
    values_.images.push_back(*std::move(name));
  }
  return Done{};
}

std::optional<ComfyRun::Outcome> ComfyRun::post(Posted& posted) {
  const auto give_up = Clock::now() + shop_.options.tracking.unreachable;
  while (true) {
    posted.time = Clock::now();
    const auto answer = shop_.api.post_prompt(posted.graph, posted.prompt, posted.station.client,
                                              shop_.options.previews, stop_);
    if (answer) return check_post(*answer, posted);
    const ComfyFailure& failure = answer.error();
    if (failure.why == Why::stopped) return stopped(&posted);
    if (failure.why == Why::silent || is_gateway_trouble(failure)) return std::nullopt;
    if (failure.why == Why::rejected) {
      // The pictures that it names may have gone with another start of the server.
      if (!job_.references.empty() && tries_[Again::upload] == 0) {
        shop_.uploads.forget();
        shop_.journal.drop(job_.request.id, posted.prompt);
        return Outcome{
            .end = {}, .again = Again::upload, .reason = {ErrorKind::worker, failure.message}};
      }
      shop_.journal.drop(job_.request.id, posted.prompt);
      return fail(failure.message);
    }
    if (failure.why == Why::broken) return fail(posted, failure.message);
    // Nobody there: nothing was sent, so the same id may be used again.
    if (Clock::now() >= give_up) {
      shop_.journal.drop(job_.request.id, posted.prompt);
      return fail("cannot reach ComfyUI: " + failure.message);
    }
    posted.watch->wait(Clock::now() + shop_.options.tracking.poll / 2, stop_);
    if (wants_stop()) return stopped(&posted);
  }
}

std::optional<ComfyRun::Outcome> ComfyRun::check_post(const ComfyPosted& answer, Posted& posted) {
  posted.is_acknowledged = true;
  if (answer.prompt != posted.prompt) {
    const std::string own = std::exchange(posted.prompt, answer.prompt);
    if (!answer.prompt.empty()) cancel(posted);
    posted.prompt = own;
    return fail(posted,
                fmt::format("{} gave the prompt another id: dgxp needs ComfyUI 0.3.45 or newer",
                            shop_.api.base().url()));
  }
  if (!answer.problems.empty()) {
    return fail(posted, "ComfyUI took only a part of the graph: " + answer.problems);
  }
  return std::nullopt;
}

ComfyRun::Outcome ComfyRun::follow(Posted& posted, bool looks_first) {
  PromptTracker tracker(shop_.options.tracking, begin_, Clock::now());
  if (looks_first) look(posted, tracker, true);
  while (true) {
    if (wants_stop()) return stopped(&posted);
    const auto now = Clock::now();
    switch (const TrackerStep step = tracker.next(now)) {
      case TrackerStep::wait: {
        auto due = tracker.due(now);
        const auto silence_end = posted.time + shop_.options.socket_silence;
        if (!silence_checked_ && now < silence_end) due = std::min(due, silence_end);
        take_news(tracker, posted.watch->wait(due, stop_));
        check_silence(posted, tracker, Clock::now());
        break;
      }
      case TrackerStep::look:
        look(posted, tracker, true);
        break;
      case TrackerStep::read_history:
        look(posted, tracker, false);
        break;
      case TrackerStep::ended:
        return conclude(posted, *tracker.history());
      default:
        return give_up(posted, step);
    }
  }
}

/// Queue first: a prompt goes from there to history at once, so that it is seen in one of them.
void ComfyRun::look(Posted& posted, PromptTracker& tracker, bool asks_queue) {
  if (asks_queue) {
    const auto queue = shop_.api.queue(stop_);
    const auto now = Clock::now();
    if (!queue) return tracker.see_failure(now);
    if (std::ranges::find(queue->running, posted.prompt) != queue->running.end()) {
      shop_.census.note_alive();
      return tracker.see_running(now);
    }
    if (std::ranges::find(queue->pending, posted.prompt) != queue->pending.end()) {
      if (!queue->running.empty()) shop_.census.note_alive();
      return tracker.see_pending(queue->running.empty(), now);
    }
  }
  auto history = shop_.api.history(posted.prompt, stop_);
  const auto now = Clock::now();
  if (!history) return tracker.see_failure(now);
  if (!*history) return tracker.see_nothing(now);
  tracker.see_history(**std::move(history), now);
}

void ComfyRun::take_news(PromptTracker& tracker, ComfyNews news) {
  const auto now = Clock::now();
  if (!news.events.empty()) silence_checked_ = true;
  for (const ComfyEvent& event : news.events) {
    tracker.hear(event, now);
    if (auto progress = meter_->hear(event, now)) publish(*progress);
  }
  std::ranges::move(news.pictures, std::back_inserter(frames_));
  if (news.is_link_lost) tracker.lose_events(now);
  if (news.preview && shop_.options.previews) {
    BackendProgress progress = last_progress_;
    progress.preview = std::move(news.preview);
    progress_(progress);
  }
}

/// Every POST is told to all sockets at once, and the start of a prompt to its client. A socket
/// that hears neither is dead, or not known any more to the server.
void ComfyRun::check_silence(const Posted& posted, const PromptTracker& tracker, ComfyTime now) {
  if (silence_checked_ || !posted.station.is_open) return;
  if (now < posted.time + shop_.options.socket_silence) return;
  if (!tracker.was_running() &&
      shop_.link.has_heard_since(posted.station.generation, posted.time)) {
    return;
  }
  silence_checked_ = true;
  shop_.link.replace(posted.station.generation);
}

void ComfyRun::publish(const BackendProgress& progress) {
  last_progress_ = progress;
  last_progress_.preview = nullptr;
  progress_(progress);
}

}  // namespace dgxp
