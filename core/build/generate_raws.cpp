#include "core/build/generate_raws.hpp"

#include <chrono>
#include <set>

#include <fmt/format.h>

namespace dgxp {
namespace {

constexpr std::chrono::milliseconds kPollTimeout{200};
/// Enough to keep a worker busy, few enough that a cancelled build leaves little behind.
constexpr std::size_t kJobsInFlight = 64;

/// The state of one conversation: which jobs are out, and what came back.
class Conversation {
 public:
  Conversation(const GenerateRequest& request, Worker& worker, Store& store, Reporter& reporter)
      : request_(request), worker_(worker), store_(store), reporter_(reporter) {
    // Jobs with the same key (the same words and seed) are drawn once.
    for (const Job* job : request.jobs) ids_[job->key].push_back(job);
  }

  Result<GenerateOutcome> run() {
    auto next = ids_.begin();
    while (ended_ < ids_.size()) {
      if (request_.stop.stop_requested()) return stop();
      for (; next != ids_.end() && in_flight_ < kJobsInFlight; ++next, ++in_flight_) {
        if (auto done = worker_.submit(*next->second.front()); !done) return done.error();
      }
      auto event = worker_.poll(kPollTimeout);
      if (!event) return event.error();
      if (!*event) continue;
      if (auto done = take(**event); !done) return done.error();
    }
    return outcome_;
  }

 private:
  Error stop() {
    worker_.cancel_all();
    return {.kind = ErrorKind::interrupted,
            .message = fmt::format("stopped with {} of {} jobs done", ended_, ids_.size()),
            .hint = "what was drawn is kept: the next build goes on from here"};
  }

  Result<Done> take(const WorkerEvent& event) {
    const auto found = ids_.find(event.key);
    if (found == ids_.end()) return Done{};
    const std::string& id = found->second.front()->id;
    switch (event.kind) {
      case WorkerEvent::Kind::accepted:
        reporter_.job_started(id, ended_, ids_.size());
        return Done{};
      case WorkerEvent::Kind::progress:
      case WorkerEvent::Kind::preview:
        reporter_.job_progress(id, event);
        return Done{};
      case WorkerEvent::Kind::failed:
        for (const Job* job : found->second) outcome_.failed.push_back({job->id, event.error});
        break;
      case WorkerEvent::Kind::done:
        if (auto kept = store_.keep_raw(event.raw); !kept) return kept.error();
        for (const Job* job : found->second) outcome_.placeholder[job->id] = event.raw.placeholder;
        break;
    }
    if (!closed_.insert(event.key).second) return Done{};
    --in_flight_;
    reporter_.job_done(id, ++ended_, ids_.size());
    return Done{};
  }

  const GenerateRequest& request_;
  Worker& worker_;
  Store& store_;
  Reporter& reporter_;
  std::map<Digest, std::vector<const Job*>> ids_;
  std::set<Digest> closed_;
  std::size_t in_flight_ = 0;
  std::size_t ended_ = 0;
  GenerateOutcome outcome_;
};

}  // namespace

Result<GenerateOutcome> generate_raws(const GenerateRequest& request, Store& store,
                                      Reporter& reporter) {
  if (request.jobs.empty()) return GenerateOutcome{};
  auto worker = request.open_worker();
  if (!worker) return worker.error();
  if (request.only_for_art) {
    auto makes_placeholders = (*worker)->makes_placeholders();
    if (!makes_placeholders) return makes_placeholders.error();
    if (*makes_placeholders) return GenerateOutcome{};
  }
  return Conversation(request, **worker, store, reporter).run();
}

}  // namespace dgxp
