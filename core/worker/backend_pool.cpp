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

struct QueuedRun {
  std::uint64_t run = 0;
  std::shared_ptr<const BackendJob> job;
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
  if (!job.workflow.empty() && lacks(capability::kWorkflow)) return capability::kWorkflow;
  if (!job.references.empty() && lacks(capability::kReferences)) return capability::kReferences;
  const bool has_lora = !job.lora.empty() || !job.loras.empty();
  if (has_lora && lacks(capability::kLoras)) return capability::kLoras;
  if (job.seamless && lacks(capability::kSeamless)) return capability::kSeamless;
  return {};
}

class BackendPool::Impl {
 public:
  Impl(std::vector<std::shared_ptr<Backend>> backends, WakeUp& wake) : wake_(wake) {
    for (auto& backend : backends) {
      const BackendInfo info = backend->info();
      for (int i = 0; i < info.slots; ++i) {
        threads_.emplace_back(
            [this, backend, info](const std::stop_token& stop) { serve(*backend, info, stop); });
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
      queue_.push_back({run, std::move(job)});
    }
    queued_.notify_one();
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
  void serve(Backend& backend, const BackendInfo& info, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      auto next = queue_.end();
      queued_.wait(lock, stop, [&] {
        next = held_ ? queue_.end() : std::ranges::find_if(queue_, [&](const QueuedRun& queued) {
          return missing_capability(queued.job->request, info).empty();
        });
        return next != queue_.end();
      });
      if (stop.stop_requested()) return;
      const QueuedRun task = std::move(*next);
      queue_.erase(next);
      const std::stop_token job_stop = active_[task.run].stop.get_token();
      post({task.run, RunStarted{}});
      lock.unlock();
      RunEnded ended = run_one(backend, info, task, job_stop);
      lock.lock();
      active_.erase(task.run);
      post({task.run, std::move(ended)});
    }
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
  std::deque<QueuedRun> queue_;
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
