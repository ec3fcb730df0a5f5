#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/backends/comfy_api.hpp"
#include "core/backends/comfy_backend.hpp"
#include "core/backends/comfy_census.hpp"
#include "core/backends/comfy_images.hpp"
#include "core/backends/comfy_journal.hpp"
#include "core/backends/comfy_link.hpp"
#include "core/backends/comfy_progress.hpp"
#include "core/backends/comfy_tracker.hpp"
#include "core/worker/backend.hpp"

namespace dgxp {

/// Checks a bound graph against the nodes of the server, once for each template.
class ComfyNodeCheck {
 public:
  explicit ComfyNodeCheck(ComfyApi& api) : api_(api) {}
  /// Error: `worker`, with every problem. A server that does not tell its nodes passes.
  Result<Done> check(const WorkflowTemplate& workflow, const BoundWorkflow& bound,
                     const std::stop_token& stop);
  /// The server may be another one now.
  void forget();

 private:
  ComfyApi& api_;
  std::mutex mutex_;
  std::set<Digest> good_;
};

/// What all jobs of a backend share.
struct ComfyShop {
  const ComfyOptions& options;
  ComfyApi& api;
  ComfyApi& cancel_api;  ///< with short deadlines
  ComfyLink& link;
  ComfyJournal& journal;
  ComfyCensus& census;
  ComfyUploads& uploads;
  ComfyNodeCheck& nodes;
};

/// Brings one job to its end: posts its graph, follows the prompt, fetches the picture, and posts
/// again under a new id what was lost on the way. Any end but a good one leaves nothing of it
/// queued or running on the server, as far as that answers.
class ComfyRun {
 public:
  ComfyRun(ComfyShop shop, const BackendJob& job, const ProgressSink& progress,
           std::stop_token stop);
  Result<Bytes> run();

 private:
  /// Why an attempt gave no picture and another one may.
  enum class Again { lost, file_missing, memory, upload };
  struct Outcome {
    std::optional<Result<Bytes>> end;  ///< nothing: again
    Again again = Again::lost;
    Error reason;  ///< of `again`
  };
  struct Posted {
    std::string prompt;
    std::string graph;
    std::vector<OutputBinding> outputs;
    std::shared_ptr<ComfyWatch> watch;
    ComfyLink::Station station;
    ComfyTime time;
    bool is_acknowledged = false;
  };

  Result<Done> choose_workflow();
  void read_values();
  std::string fingerprint() const;
  std::optional<Outcome> adopt();
  Outcome attempt();
  bool may_try(Again again);

  Result<Done> upload_references();
  Result<BoundWorkflow> bind(const std::string& attempt_name) const;
  Result<Done> refuse_dead_worker();
  /// Nothing: posted, or perhaps.
  std::optional<Outcome> post(Posted& posted);
  std::optional<Outcome> check_post(const ComfyPosted& answer, Posted& posted);
  Outcome follow(Posted& posted, bool looks_first);
  void look(Posted& posted, PromptTracker& tracker, bool asks_queue);
  void take_news(PromptTracker& tracker, ComfyNews news);
  void check_silence(const Posted& posted, const PromptTracker& tracker, ComfyTime now);
  Outcome give_up(Posted& posted, TrackerStep step);
  Outcome conclude(Posted& posted, const ComfyHistory& history);
  Outcome explain_failure(Posted& posted, const ComfyHistory& history);
  Outcome fetch(Posted& posted, const ComfyHistory& history);
  ComfyResult<Bytes> download(const ComfyFile& file);
  void wait_for_frames(Posted& posted);
  /// Takes the prompt from the server and waits until that is certain, not for ever.
  void cancel(const Posted& posted);
  ComfyResult<ComfyQueue> ask_to_cancel(const std::string& prompt);
  bool is_gone(const Posted& posted, const ComfyQueue& queue, int& absences) const;

  Outcome end(Result<Bytes> result) const { return {.end = std::move(result), .reason = {}}; }
  Outcome fail(std::string message) const;
  Outcome fail(Posted& posted, std::string message);
  Outcome again(Posted& posted, Again why, std::string message);
  Outcome stopped(Posted* posted);
  bool wants_stop() const { return stop_.stop_requested(); }
  void publish(const BackendProgress& progress);

  ComfyShop shop_;
  const BackendJob& job_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  ComfyTime begin_;
  WorkflowTemplate workflow_;
  WorkflowValues values_;
  std::map<Again, int> tries_;
  std::optional<ComfyProgress> meter_;
  BackendProgress last_progress_;
  std::vector<ComfyFramePicture> frames_;
  bool silence_checked_ = false;  ///< the socket was heard of the prompt, or is being replaced
};

}  // namespace dgxp
