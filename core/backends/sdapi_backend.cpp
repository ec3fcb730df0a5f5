#include "core/backends/sdapi_backend.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include <fmt/format.h>

#include "core/backends/http_answer.hpp"
#include "core/backends/pending_reply.hpp"
#include "core/backends/sdapi_words.hpp"
#include "core/backends/server_watch.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

/// One job, from its POST to its picture.
class SdapiRun {
 public:
  SdapiRun(const SdapiOptions& options, HttpClient& client, const BackendJob& job,
           const ProgressSink& progress, std::stop_token stop)
      : options_(options),
        client_(client),
        job_(job),
        progress_(progress),
        stop_(std::move(stop)),
        total_(std::max<std::uint32_t>(1, job.request.steps) + 1) {}

  Result<Bytes> run() {
    const auto size = size_of_job(job_.request);
    if (!size) return size.error();
    const auto call = make_sdapi_call(job_, task_);
    if (!call) return call.error();
    if (stop_.stop_requested()) return stopped();
    show("initializing", 0, 0);
    PendingReply reply(client_, {.method = "POST",
                                 .path = call->path,
                                 .body = call->body,
                                 .content_type = "application/json",
                                 .timeout = options_.job_time,
                                 .max_body = most_answer_bytes(*size) + call->body.size(),
                                 .fresh_connection = true});
    heard_ = Clock::now();
    while (!reply.wait(options_.poll, stop_)) {
      if (stop_.stop_requested()) return interrupt(reply);
      ask_progress();
      if (Clock::now() - heard_ > options_.silence) {
        is_gone_ = true;
        return error(
            fmt::format("{} has not answered for {} s", client_.base().url(),
                        std::chrono::round<std::chrono::seconds>(options_.silence).count()));
      }
    }
    return read(reply.outcome());
  }
  bool is_gone() const { return is_gone_; }

 private:
  static Error error(std::string message) { return {ErrorKind::worker, std::move(message)}; }
  static Error stopped() { return error("cancelled"); }

  /// Never back, and never full before the picture is here.
  void show(const char* stage, std::uint32_t step, double eta) {
    step_ = std::max(step_, std::min(step, total_ - 1));
    progress_({.stage = stage, .step = step_, .total_steps = total_, .eta_seconds = eta});
  }

  std::optional<SdapiProgress> look() {
    const auto reply = client_.send({.path = "/sdapi/v1/progress?skip_current_image=true",
                                     .timeout = options_.request_time,
                                     .max_body = std::size_t{1} << 20U},
                                    stop_);
    if (!reply) return std::nullopt;
    heard_ = Clock::now();
    return reply->status == 200 ? read_sdapi_progress(as_text(reply->body)) : std::nullopt;
  }
  bool is_ours(const SdapiProgress& progress) const {
    return progress.task.empty() || progress.task == task_;
  }
  void ask_progress() {
    const auto seen = look();
    if (!seen || !is_ours(*seen) || seen->fraction == 0) return;
    const auto steps = total_ - 1;
    const auto step =
        seen->steps > 0
            ? static_cast<std::uint32_t>(std::uint64_t{seen->step} * steps / seen->steps)
            : static_cast<std::uint32_t>(seen->fraction * steps);
    show("sampling", step, seen->eta_seconds);
  }

  /// The server knows no jobs: what it interrupts is what runs. When it names somebody else's run,
  /// ours still waits there, and only its connection is dropped.
  Error interrupt(PendingReply& reply) {
    const auto deadline = Clock::now() + options_.cancel_wait;
    const std::stop_token never;
    while (Clock::now() < deadline) {
      const auto seen = client_.send({.path = "/sdapi/v1/progress?skip_current_image=true",
                                      .timeout = options_.request_time,
                                      .max_body = std::size_t{1} << 20U},
                                     never);
      if (!seen) break;
      const auto progress = read_sdapi_progress(as_text(seen->body));
      if (progress && !is_ours(*progress)) break;
      const auto done = client_.send(
          {.method = "POST", .path = "/sdapi/v1/interrupt", .timeout = options_.request_time},
          never);
      if (!done || reply.wait(std::chrono::seconds(1), never)) break;
    }
    return stopped();
  }

  Result<Bytes> read(const HttpOutcome& outcome) {
    if (!outcome) {
      is_gone_ = outcome.error().problem != HttpProblem::too_large;
      return to_error(outcome.error());
    }
    if (outcome->status != 200)
      return refusal_of(*outcome, job_.references.empty() ? "txt2img" : "img2img");
    show("post_processing", total_ - 1, 0);
    return read_sdapi_picture(as_text(outcome->body), job_.request);
  }

  static std::string next_task() {
    static std::atomic<std::uint64_t> count{0};
    return fmt::format("-{}", ++count);
  }

  const SdapiOptions& options_;
  HttpClient& client_;
  const BackendJob& job_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  std::uint32_t total_;
  std::uint32_t step_ = 0;
  std::string task_ = "task(dgxp-" + job_.request.id.substr(0, 64) + next_task() + ")";
  Clock::time_point heard_{};
  bool is_gone_ = false;
};

class SdapiBackend : public Backend {
 public:
  SdapiBackend(SdapiOptions options, const HttpBase& base)
      : options_(std::move(options)),
        client_(base, options_.access),
        watch_([this](const std::stop_token& stop) { return look(stop); }, options_.status_age) {}

  BackendInfo info() const override {
    return {
        .name = "sdapi",
        .slots = 1,
        .capabilities = {std::string(capability::kReferences), std::string(capability::kLoras),
                         std::string(capability::kSeamless), std::string(capability::kWideSeeds)}};
  }
  BackendStatus status() const override { return watch_.status(); }
  std::vector<ModelEntry> list_models() const override { return watch_.models(); }

  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    SdapiRun run(options_, client_, job, progress, stop);
    auto picture = run.run();
    if (picture || !stop.stop_requested()) watch_.note_end(picture, run.is_gone());
    return picture;
  }

 private:
  std::optional<HttpReply> get(const char* path, const std::stop_token& stop) {
    auto reply = client_.send({.path = path, .timeout = options_.request_time}, stop);
    if (!reply) return std::nullopt;
    return *std::move(reply);
  }
  ServerLook look(const std::stop_token& stop) {
    ServerLook seen;
    seen.status.version = "A1111 API";
    const auto progress = client_.send(
        {.path = "/sdapi/v1/progress?skip_current_image=true", .timeout = options_.request_time},
        stop);
    seen.status.healthy = progress && progress->status < 500;
    if (!progress) seen.status.last_error = progress.error().message;
    if (!seen.status.healthy) return seen;
    if (const auto known = read_sdapi_progress(as_text(progress->body))) {
      seen.status.queue = known->queue;
    }
    if (const auto memory = get("/sdapi/v1/memory", stop)) {
      read_sdapi_memory(as_text(memory->body), seen.status);
    }
    constexpr std::pair<const char*, const char*> kLists[] = {{"/sdapi/v1/sd-models", "checkpoint"},
                                                              {"/sdapi/v1/loras", "lora"},
                                                              {"/sdapi/v1/sd-vae", "vae"}};
    std::vector<ModelEntry> all;
    for (const auto& [path, type] : kLists) {
      const auto reply = get(path, stop);
      if (!reply) return seen;
      const auto models = read_sdapi_models(as_text(reply->body), type);
      if (models) all.insert(all.end(), models->begin(), models->end());
    }
    seen.models = std::move(all);
    return seen;
  }

  SdapiOptions options_;
  HttpClient client_;
  mutable ServerWatch watch_;  ///< asking may make it look; last: its thread uses the client
};

}  // namespace

Result<std::shared_ptr<Backend>> make_sdapi_backend(SdapiOptions options) {
  const auto base = parse_http_base(options.url);
  if (!base) return base.error();
  return std::shared_ptr<Backend>(std::make_shared<SdapiBackend>(std::move(options), *base));
}

}  // namespace dgxp
