#include "core/worker/job_table.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

/// 1024 jobs of a snapshot stay below the limit of a message.
constexpr std::size_t kMaxSnapshotError = 400;

JobEntry entry_of(const JobRecord& job) {
  return {.job_id = job.id,
          .state = std::string(to_text(job.state)),
          .step = job.step,
          .total_steps = job.total_steps,
          .seq = job.seq,
          .result = job.result,
          .error = cut_text(job.error, kMaxSnapshotError)};
}

}  // namespace

std::string_view to_text(JobPhase state) {
  switch (state) {
    case JobPhase::queued:
      return "queued";
    case JobPhase::running:
      return "running";
    case JobPhase::done:
      return "done";
    case JobPhase::failed:
      return "failed";
    case JobPhase::cancelled:
      break;
  }
  return "cancelled";
}

std::size_t& JobTable::counter(JobPhase state) {
  if (state == JobPhase::queued) return queued_;
  return state == JobPhase::running ? running_ : other_;
}

JobRecord* JobTable::find(std::string_view id) {
  const auto found = jobs_.find(std::string(id));
  return found == jobs_.end() ? nullptr : &found->second;
}

JobRecord* JobTable::find_run(std::uint64_t run) {
  const auto found = runs_.find(run);
  return found == runs_.end() ? nullptr : find(found->second);
}

JobRecord& JobTable::begin(const std::string& id, std::uint64_t attempt, SteadyTime now) {
  std::uint64_t jseq = 0;
  if (const JobRecord* old = find(id)) jseq = old->jseq;  // a job's updates keep counting
  forget(id);
  JobRecord& job = jobs_[id];
  job.id = id;
  job.attempt = attempt;
  job.run = next_run_++;
  job.seq = seq_;
  job.jseq = jseq;
  job.changed = now;
  runs_[job.run] = id;
  ++queued_;
  return job;
}

void JobTable::enter(JobRecord& job, JobPhase state, SteadyTime now) {
  --counter(job.state);
  ++counter(state);
  job.state = state;
  job.changed = now;
  if (!is_final(state)) return;
  runs_.erase(job.run);
  ended_.emplace_back(job.run, job.id);
}

void JobTable::forget(const std::string& id) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  --counter(found->second.state);
  runs_.erase(found->second.run);
  jobs_.erase(found);
}

void JobTable::count_update(JobRecord& job) {
  job.seq = ++seq_;
  ++job.jseq;
}

std::vector<JobEntry> JobTable::snapshot(const StatusMessage& request) const {
  std::vector<JobEntry> entries;
  const std::uint64_t since = request.since.value_or(0);
  for (const std::string& id : request.jobs) {
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) {
      entries.push_back({.job_id = id, .state = "unknown", .result = {}, .error = {}});
    } else if (!request.since || found->second.seq > since) {
      entries.push_back(entry_of(found->second));
    }
  }
  if (!request.jobs.empty() || !request.since) return entries;
  for (const auto& [id, job] : jobs_) {
    // Jobs that wait for their first update share a number: behind an id they can be paged.
    const bool is_behind = request.after && job.seq == since && id > *request.after;
    if (job.seq > since || is_behind) entries.push_back(entry_of(job));
  }
  std::ranges::sort(entries, {}, [](const JobEntry& entry) {
    return std::pair<std::uint64_t, std::string_view>(entry.seq, entry.job_id);
  });
  if (entries.size() > kMaxJobsAStatus) entries.resize(kMaxJobsAStatus);
  return entries;
}

void JobTable::drop_old(SteadyTime now) {
  while (!ended_.empty()) {
    const auto [run, id] = ended_.front();
    const JobRecord* job = find(id);
    const bool is_this_run = job != nullptr && job->run == run;
    const bool is_over = ended_.size() > limits_.ended_jobs ||
                         (is_this_run && now - job->changed > limits_.time_to_live);
    if (is_this_run && !is_over) return;
    if (is_this_run) forget(id);
    ended_.pop_front();
  }
}

}  // namespace dgxp
