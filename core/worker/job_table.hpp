#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/worker/blob_store.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {

enum class JobPhase { queued, running, done, failed, cancelled };
std::string_view to_text(JobPhase state);
constexpr bool is_final(JobPhase state) {
  return state != JobPhase::queued && state != JobPhase::running;
}

/// What a worker knows of one job.
struct JobRecord {
  std::string id;
  JobPhase state = JobPhase::queued;
  std::uint64_t attempt = 0;
  std::uint64_t run = 0;   ///< number of its latest run
  std::uint64_t seq = 0;   ///< of its last update
  std::uint64_t jseq = 0;  ///< updates so far
  std::uint32_t step = 0;
  std::uint32_t total_steps = 0;
  double percent = 0;  ///< of its run, as told so far: it never falls
  double duration_s = 0;
  std::optional<ResultEntry> result;  ///< for done
  std::string error;                  ///< for failed
  SteadyTime changed;
};

/// The jobs of a worker by id. It decides what is new, counts updates, and forgets the oldest
/// jobs that have ended. It owns no thread and no time.
class JobTable {
 public:
  struct Limits {
    std::size_t open_jobs = 20000;  ///< queued and running
    std::size_t ended_jobs = 20000;
    std::chrono::seconds time_to_live{3600};
  };
  explicit JobTable(Limits limits) : limits_(limits) {}

  JobRecord* find(std::string_view id);
  /// Null when the run has been overtaken by a cancel or a newer run.
  JobRecord* find_run(std::uint64_t run);
  bool is_full() const { return queued_ + running_ >= limits_.open_jobs; }
  /// A record in state queued with a new run; an ended one of this id is replaced.
  JobRecord& begin(const std::string& id, std::uint64_t attempt, SteadyTime now);
  /// The one way to change a state.
  void enter(JobRecord& job, JobPhase state, SteadyTime now);
  void forget(const std::string& id);
  /// Numbers an update about this job.
  void count_update(JobRecord& job);

  std::uint64_t seq() const { return seq_; }
  std::size_t queued() const { return queued_; }
  std::size_t running() const { return running_; }
  bool empty() const { return jobs_.empty(); }
  /// The answer to `status`: the jobs asked for in their order, or all that changed after `since`
  /// by the order of their changes; at most kMaxJobsAStatus.
  std::vector<JobEntry> snapshot(const StatusMessage& request) const;
  void drop_old(SteadyTime now);

 private:
  std::size_t& counter(JobPhase state);
  Limits limits_;
  std::unordered_map<std::string, JobRecord> jobs_;
  std::unordered_map<std::uint64_t, std::string> runs_;      ///< open runs
  std::deque<std::pair<std::uint64_t, std::string>> ended_;  ///< run and id, oldest first
  std::uint64_t seq_ = 0;
  std::uint64_t next_run_ = 1;
  std::size_t queued_ = 0;
  std::size_t running_ = 0;
  std::size_t other_ = 0;
};

}  // namespace dgxp
