#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/worker/protocol.hpp"

namespace dgxp {

/// What is known of one job.
struct JobView {
  std::string id;
  std::string state;  ///< as JobEntry::state
  std::string stage;
  std::uint32_t step = 0;
  std::uint32_t total_steps = 0;
  double eta_seconds = 0;
  std::string error;
  std::optional<ResultEntry> preview;  ///< the newest one
  std::string preview_path;            ///< of a worker of 1.0
  friend bool operator==(const JobView&, const JobView&) = default;
};

/// Follows all jobs of a worker by its updates, and knows when it has missed one. No clock and no
/// socket: snapshots and updates in, the jobs that changed out.
class JobBoard {
 public:
  /// The jobs that are new or differ from what was known.
  std::vector<JobView> take_snapshot(const StatusInfoMessage& info, const Envelope& envelope);
  /// The job that changed.
  std::optional<JobView> take_update(const Message& update);
  /// An update was missed, or the worker has started anew: a snapshot is wanted.
  bool is_stale() const { return is_stale_; }
  const std::map<std::string, JobView>& jobs() const { return jobs_; }

 private:
  bool is_news(const Message& update);
  std::map<std::string, JobView> jobs_;
  std::optional<std::uint64_t> epoch_;
  std::uint64_t seq_ = 0;
  bool is_stale_ = true;
};

/// queued or running.
bool is_open_state(std::string_view state);

}  // namespace dgxp
