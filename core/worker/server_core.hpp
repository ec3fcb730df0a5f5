#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/worker/backend.hpp"
#include "core/worker/backend_pool.hpp"
#include "core/worker/blob_store.hpp"
#include "core/worker/histogram.hpp"
#include "core/worker/job_table.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {

struct ServerLimits {
  JobTable::Limits jobs;
  BlobLimits blobs;
  std::uint64_t reply_bytes_in_flight = 256U << 20U;  ///< large replies not yet read by peers
  std::chrono::milliseconds heartbeat{2000};
  std::chrono::milliseconds progress_interval{100};  ///< between two updates about one job
};

inline constexpr std::array<double, 19> kSecondsBounds{1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4,
                                                       2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2,
                                                       5e-2, 0.1,  0.5,  1,    5};
inline constexpr std::array<double, 8> kByteBounds{64,    256,    1024,    4096,
                                                   65536, 262144, 1048576, 16777216};
inline constexpr std::array<double, 12> kJobSecondsBounds{0.01, 0.1, 0.5, 1,   2,   5,
                                                          10,   30,  60,  120, 300, 1800};

/// What a worker has done so far. The serving thread writes, any may read.
struct ServerCounters {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> malformed{0};
  std::atomic<std::uint64_t> unknown_types{0};
  std::atomic<std::uint64_t> refused_clients{0};  ///< by their keys
  std::atomic<std::uint64_t> runs{0};             ///< jobs handed to a backend
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> cancelled{0};
  std::atomic<std::uint64_t> queued{0};   ///< at the moment
  std::atomic<std::uint64_t> running{0};  ///< at the moment
  std::atomic<std::uint64_t> updates{0};
  std::atomic<std::uint64_t> updates_dropped{0};  ///< missed by at least one subscriber
  Histogram answer_seconds{kSecondsBounds};       ///< from reading a request to sending its reply
  Histogram request_bytes{kByteBounds};
  Histogram reply_bytes{kByteBounds};
  Histogram job_seconds{kJobSecondsBounds};  ///< of jobs that were drawn
};

/// What subscribers are told.
struct Update {
  std::string topic;  ///< "progress.JOB"; the type alone when it is about no job
  Bytes body;
};

/// The worker's side of the conversation without its sockets: requests in, replies and updates
/// out. Every request gets exactly one reply, at once. One thread uses it.
class ServerCore {
 public:
  /// `backends` are those of `pool`.
  ServerCore(std::vector<std::shared_ptr<Backend>> backends, BackendPool& pool, ServerLimits limits,
             std::uint64_t epoch, SteadyTime now);

  Bytes answer(ByteView request, SteadyTime now);
  void take(RunEvent event, SteadyTime now);
  void on_time(SteadyTime now);
  SteadyTime next_due(SteadyTime now) const;
  /// Updates to publish, oldest first; none are made while nobody listens.
  std::vector<Update> take_updates();
  void set_subscribers(bool any) { has_subscribers_ = any; }
  /// A status_info for a new subscriber, so that it learns what it has missed.
  void greet(SteadyTime now);
  ServerCounters& counters() { return counters_; }
  /// Bytes of large replies that have not left; shared with the frames that carry them.
  const std::shared_ptr<std::atomic<std::uint64_t>>& bytes_in_flight() const {
    return bytes_in_flight_;
  }

 private:
  MessageBody serve(const MessageBody& request, bool is_1_1, SteadyTime now);
  MessageBody generate(const GenerateMessage& request, SteadyTime now);
  MessageBody known_job(const JobRecord& job) const;
  MessageBody cancel(const CancelMessage& request, SteadyTime now);
  MessageBody put_blob(const BlobPutMessage& request, SteadyTime now);
  MessageBody get_blob(const BlobGetMessage& request, SteadyTime now);
  StatusInfoMessage status(SteadyTime now) const;
  ModelListMessage list_models(bool is_1_1) const;
  std::string why_not(const GenerateMessage& request) const;
  std::shared_ptr<const BackendJob> with_files(const GenerateMessage& request, SteadyTime now);
  void start_run(const JobRecord& job, std::shared_ptr<const BackendJob> task);
  void run_started(JobRecord& job, SteadyTime now);
  void run_progress(JobRecord& job, const BackendProgress& progress, SteadyTime now);
  void show_preview(JobRecord& job, const std::shared_ptr<const Bytes>& preview, SteadyTime now);
  void drop_preview(const std::string& id);
  void run_ended(std::uint64_t run, RunEnded ended, SteadyTime now);
  void publish_end(JobRecord& job);
  void publish(JobRecord& job, MessageBody body);
  void sweep(SteadyTime now);

  std::vector<std::shared_ptr<Backend>> backends_;
  std::vector<BackendInfo> infos_;  ///< of each backend
  BackendInfo summary_;
  BackendPool& pool_;
  ServerLimits limits_;
  std::uint64_t epoch_;
  SteadyTime start_;
  SteadyTime last_heartbeat_;
  JobTable jobs_;
  BlobStore blobs_;
  ServerCounters counters_;
  std::shared_ptr<std::atomic<std::uint64_t>> bytes_in_flight_ =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  bool has_subscribers_ = false;
  std::vector<Update> updates_;
  double mean_duration_s_ = 0;
  /// Runs that were cancelled and have not ended yet, by run; and by id the run that waits.
  std::unordered_map<std::uint64_t, std::string> unwinding_;
  std::unordered_map<std::string, std::shared_ptr<const BackendJob>> waiting_;
  std::unordered_map<std::string, Digest> previews_;  ///< by job: the newest
  /// When the next progress of a run may be published; all intervals are the same: a queue.
  std::deque<std::pair<SteadyTime, std::uint64_t>> progress_due_;
};

}  // namespace dgxp
