#include "core/worker/backend_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kHealthPause{1};  ///< until a sick backend is looked at again

struct QueuedRun {
  std::uint64_t run = 0;
  std::shared_ptr<const BackendJob> job;
  bool has_moved = false;  ///< another backend has failed it

  std::uint32_t priority() const { return job->request.priority.value_or(0); }
};

struct ActiveRun {
  std::stop_source stop;
  bool progress_allowed = false;
  std::optional<BackendProgress> waiting_progress;  ///< newest one, while not allowed
};

Result<Bytes> run_backend(Backend& backend, const BackendJob& job, const ProgressSink& progress,
                          const std::stop_token& stop) {
  try {
    return backend.run(job, progress, stop);
  } catch (const std::exception& error) {
    // A backend stands on libraries that throw; one bad job must not end the worker.
    return Error{ErrorKind::worker, fmt::format("the backend failed: {}", error.what())};
  }
}

Result<RunEnded::Picture> check_picture(Result<Bytes> png, bool placeholder) {
  if (!png) return png.error();
  if (png->empty() || png->size() > kMaxBlob) {
    return Error{ErrorKind::worker,
                 fmt::format("the backend made a picture of {} bytes, the limit is {}", png->size(),
                             kMaxBlob)};
  }
  auto shared = std::make_shared<const Bytes>(*std::move(png));
  const Digest digest = sha256(*shared);
  return RunEnded::Picture{std::move(shared), digest, placeholder};
}

}  // namespace

std::string_view missing_capability(const GenerateMessage& job, const BackendInfo& info) {
  if (info.placeholder) return {};  // it draws something for any job
  const auto lacks = [&](std::string_view name) {
    return std::ranges::find(info.capabilities, name) == info.capabilities.end();
  };
  const bool has_workflow = !job.workflow.empty() || !job.workflow_name.empty();
  if (has_workflow && lacks(capability::kWorkflow)) return capability::kWorkflow;
  if (!job.references.empty() && lacks(capability::kReferences)) return capability::kReferences;
  const bool has_lora = !job.lora.empty() || !job.loras.empty();
  if (has_lora && lacks(capability::kLoras)) return capability::kLoras;
  // Whether its workflow does it was seen when the job was made.
  if (job.seamless && !has_workflow && lacks(capability::kSeamless)) return capability::kSeamless;
  if (job.references.size() > 1 && lacks(capability::kManyReferences)) {
    return capability::kManyReferences;
  }
  const bool has_wide_seed = job.seed.value_or(0) >> 63U != 0;
  if (has_wide_seed && lacks(capability::kWideSeeds)) return capability::kWideSeeds;
  return {};
}

class BackendPool::Impl {
 public:
  Impl(std::vector<std::shared_ptr<Backend>> backends, WakeUp& wake) : wake_(wake) {
    for (auto& backend : backends) members_.push_back({backend, backend->info()});
    for (const Member& member : members_) {
      for (int i = 0; i < member.info.slots; ++i) {
        threads_.emplace_back(
            [this, &member](const std::stop_token& stop) { serve(member, stop); });
      }
    }
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      queue_.clear();
      for (auto& [run, active] : active_) active.stop.request_stop();
      for (auto& thread : threads_) thread.request_stop();
    }
    queued_.notify_all();
    threads_.clear();  // joins
  }

  void enqueue(std::uint64_t run, std::shared_ptr<const BackendJob> job) {
    {
      const std::lock_guard lock(mutex_);
      QueuedRun task{.run = run, .job = std::move(job)};
      const auto place = std::ranges::find_if(
          queue_, [&](const QueuedRun& queued) { return queued.priority() < task.priority(); });
      queue_.insert(place, std::move(task));
    }
    // All: the one that wakes up may be unable to take it.
    queued_.notify_all();
  }

  bool cancel(std::uint64_t run) {
    const std::lock_guard lock(mutex_);
    if (std::erase_if(queue_, [&](const QueuedRun& queued) { return queued.run == run; }) > 0) {
      return true;
    }
    const auto found = active_.find(run);
    if (found != active_.end()) found->second.stop.request_stop();
    return false;
  }

  void hold(bool held) {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(held_, held) == held) return;
    }
    if (!held) queued_.notify_all();
  }

  std::vector<RunEvent> take_events() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

  void allow_progress(std::uint64_t run) {
    const std::lock_guard lock(mutex_);
    const auto found = active_.find(run);
    if (found == active_.end()) return;
    found->second.progress_allowed = true;
    if (auto waiting = std::exchange(found->second.waiting_progress, std::nullopt)) {
      report(run, found->second, *std::move(waiting));
    }
  }

 private:
  struct Member {
    std::shared_ptr<Backend> backend;
    BackendInfo info;
  };
  using Queue = std::deque<QueuedRun>;

  void serve(const Member& member, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (auto task = next_task(member, lock, stop)) {
      const std::stop_token job_stop = active_[task->run].stop.get_token();
      if (!task->has_moved) post({task->run, RunStarted{}});
      lock.unlock();
      RunEnded ended = run_one(*member.backend, member.info, *task, job_stop);
      lock.lock();
      active_.erase(task->run);
      if (!ended.outcome && !job_stop.stop_requested() && may_move(member, *task)) {
        task->has_moved = true;
        queue_.push_front(*std::move(task));
        queued_.notify_all();
      } else {
        post({task->run, std::move(ended)});
      }
    }
  }

  /// Waits for a job that `member` can take. Nothing: the pool ends.
  std::optional<QueuedRun> next_task(const Member& member, std::unique_lock<std::mutex>& lock,
                                     const std::stop_token& stop) {
    auto next = queue_.end();
    bool leaves_work = false;  // to backends that are well
    const auto look = [&] {
      next = find_task(member, leaves_work);
      return next != queue_.end();
    };
    while (!look()) {
      if (leaves_work) {
        queued_.wait_for(lock, stop, kHealthPause, look);
      } else {
        queued_.wait(lock, stop, [&] { return look() || leaves_work; });
      }
      if (stop.stop_requested()) return std::nullopt;
    }
    if (stop.stop_requested()) return std::nullopt;
    QueuedRun task = std::move(*next);
    queue_.erase(next);
    return task;
  }

  Queue::iterator find_task(const Member& member, bool& leaves_work) {
    leaves_work = false;
    if (held_) return queue_.end();
    const bool is_well = member.backend->status().healthy;
    return std::ranges::find_if(queue_, [&](const QueuedRun& queued) {
      if (!missing_capability(queued.job->request, member.info).empty()) return false;
      if (is_well || !has_better(member, queued)) return true;
      leaves_work = true;
      return false;
    });
  }

  /// Whether another backend is well and can take this job.
  bool has_better(const Member& member, const QueuedRun& task) const {
    return std::ranges::any_of(members_, [&](const Member& other) {
      return &other != &member && other.backend->status().healthy &&
             missing_capability(task.job->request, other.info).empty();
    });
  }

  bool may_move(const Member& member, const QueuedRun& task) const {
    return !task.has_moved && !member.backend->status().healthy && has_better(member, task);
  }

  RunEnded run_one(Backend& backend, const BackendInfo& info, const QueuedRun& task,
                   const std::stop_token& stop) {
    const auto begin = Clock::now();
    const ProgressSink sink = [this, run = task.run](const BackendProgress& progress) {
      take_progress(run, progress);
    };
    auto picture = check_picture(run_backend(backend, *task.job, sink, stop), info.placeholder);
    return {std::move(picture), Clock::now() - begin};
  }

  void take_progress(std::uint64_t run, const BackendProgress& progress) {
    const std::lock_guard lock(mutex_);
    const auto found = active_.find(run);
    if (found == active_.end()) return;
    if (found->second.progress_allowed) {
      report(run, found->second, progress);
    } else {
      found->second.waiting_progress = progress;
    }
  }

  void report(std::uint64_t run, ActiveRun& active, BackendProgress progress) {
    active.progress_allowed = false;
    post({run, std::move(progress)});
  }

  void post(RunEvent event) {
    const bool was_empty = events_.empty();
    events_.push_back(std::move(event));
    if (was_empty) wake_.raise();
  }

  WakeUp& wake_;
  std::mutex mutex_;
  std::condition_variable_any queued_;
  std::vector<Member> members_;  ///< not changed after the start
  Queue queue_;
  std::map<std::uint64_t, ActiveRun> active_;
  std::vector<RunEvent> events_;
  bool held_ = false;
  std::vector<std::jthread> threads_;
};

BackendPool::BackendPool(std::vector<std::shared_ptr<Backend>> backends, WakeUp& wake)
    : impl_(std::make_unique<Impl>(std::move(backends), wake)) {}
BackendPool::~BackendPool() = default;
void BackendPool::enqueue(std::uint64_t run, std::shared_ptr<const BackendJob> job) {
  impl_->enqueue(run, std::move(job));
}
bool BackendPool::cancel(std::uint64_t run) {
  return impl_->cancel(run);
}
void BackendPool::hold(bool held) {
  impl_->hold(held);
}
std::vector<RunEvent> BackendPool::take_events() {
  return impl_->take_events();
}
void BackendPool::allow_progress(std::uint64_t run) {
  impl_->allow_progress(run);
}

}  // namespace dgxp
