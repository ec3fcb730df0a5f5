#include "core/backends/sdcpp_backend.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "core/backends/base64.hpp"
#include "core/backends/http_answer.hpp"
#include "core/backends/sdcpp_words.hpp"
#include "core/backends/server_picture.hpp"
#include "core/backends/server_watch.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

Error run_error(std::string message) {
  return {ErrorKind::worker, std::move(message)};
}

/// Whether the time passed without a stop.
bool pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

/// One job, from its POST to its picture.
class SdcppRun {
 public:
  SdcppRun(const SdcppOptions& options, HttpClient& client, const BackendJob& job,
           const ProgressSink& progress, std::stop_token stop)
      : options_(options),
        client_(client),
        job_(job),
        progress_(progress),
        stop_(std::move(stop)),
        deadline_(Clock::now() + options.job_time) {}

  Result<Bytes> run() {
    const auto size = size_of_job(job_.request);
    if (!size) return size.error();
    size_ = *size;
    show("initializing", 0);
    const auto body = make_body();
    if (!body) return body.error();
    if (auto posted = post(*body); !posted) return posted.error();
    return follow();
  }
  bool is_gone() const { return is_gone_; }

 private:
  static Error stopped() { return run_error("cancelled"); }

  /// The server tells only which state a job is in: waiting, drawing, done.
  void show(const char* stage, std::uint32_t step) {
    if (step < step_) return;
    step_ = step;
    progress_({.stage = stage, .step = step, .total_steps = 3});
  }
  Error failed(const HttpFailure& failure) {
    if (failure.problem == HttpProblem::stopped) return stopped();
    is_gone_ = failure.problem != HttpProblem::too_large;
    return to_error(failure);
  }

  Result<std::string> make_body() {
    const auto reply =
        client_.send({.path = "/sdcpp/v1/capabilities", .timeout = options_.request_time}, stop_);
    if (!reply) return failed(reply.error());
    if (reply->status != 200) return refusal_of(*reply, "capabilities");
    const auto server = read_sdcpp_server(as_text(reply->body));
    if (!server) return run_error("capabilities: the server's answer is no JSON");
    return make_sdcpp_request(job_, *server);
  }

  /// A full queue is waited for.
  Result<Done> post(const std::string& body) {
    while (true) {
      // Not cut off by a stop at once: a job whose id never came could not be cancelled.
      const auto reply = client_.send({.method = "POST",
                                       .path = "/sdcpp/v1/img_gen",
                                       .body = body,
                                       .content_type = "application/json",
                                       .timeout = options_.request_time,
                                       .fresh_connection = true,
                                       .stop_grace = std::chrono::milliseconds(2'000)},
                                      stop_);
      if (!reply) return failed(reply.error());
      constexpr int kQueueFull = 429;
      if (reply->status == kQueueFull && Clock::now() < deadline_) {
        if (!pause(options_.poll, stop_)) return stopped();
        continue;
      }
      if (reply->status != 202 && reply->status != 200) return refusal_of(*reply, "img_gen");
      const auto job = read_sdcpp_job(as_text(reply->body));
      if (!job || job->id.empty()) return run_error("img_gen: the server's answer names no job");
      path_ = "/sdcpp/v1/jobs/" + percent_encode(job->id);
      return Done{};
    }
  }

  Result<Bytes> follow() {
    auto wait = options_.first_poll;
    auto heard = Clock::now();
    while (Clock::now() < deadline_) {
      if (!pause(wait, stop_)) return cancel();
      wait = std::min(options_.poll, wait * 2);
      const auto reply = client_.send(
          {.path = path_, .timeout = options_.request_time, .max_body = most_answer_bytes(size_)},
          stop_);
      if (!reply) {
        if (stop_.stop_requested()) return cancel();
        const bool is_final = reply.error().problem == HttpProblem::too_large;
        if (is_final || Clock::now() - heard > options_.silence) return failed(reply.error());
        continue;
      }
      heard = Clock::now();
      if (reply->status == 404 || reply->status == 410) {
        return run_error("the server no longer knows the job: it was restarted or gave it up");
      }
      if (reply->status != 200) return refusal_of(*reply, "jobs");
      const auto job = read_sdcpp_job(as_text(reply->body));
      if (!job) return run_error("jobs: the server's answer is no JSON");
      if (auto end = look_at(*job)) return *std::move(end);
    }
    cancel();
    return run_error(
        fmt::format("the job has not ended after {} s",
                    std::chrono::round<std::chrono::seconds>(options_.job_time).count()));
  }

  /// The end of the run, if that is what the job says.
  std::optional<Result<Bytes>> look_at(const SdcppJob& job) {
    if (job.status == "queued") return std::nullopt;
    if (job.status == "generating") {
      show("sampling", 1);
      return std::nullopt;
    }
    if (job.status != "completed") {
      return run_error(fmt::format("the job is {}: {}", job.status.empty() ? "lost" : job.status,
                                   job.error.empty() ? "the server gives no reason" : job.error));
    }
    show("post_processing", 2);
    if (job.picture.empty()) return run_error("the server did not give one picture");
    const auto png = parse_base64(job.picture);
    if (!png) return run_error("the server's picture is no base64");
    auto picture = accept_picture(*png, size_);
    if (!picture) return picture.error();
    return std::move(picture->png);
  }

  /// Asked again while the server cannot (409) or is away, until the job has ended.
  Error cancel() {
    const auto deadline = Clock::now() + options_.cancel_wait;
    const std::stop_token never;
    const auto time = std::min(options_.request_time, options_.cancel_wait);
    while (Clock::now() < deadline) {
      const auto asked =
          client_.send({.method = "POST", .path = path_ + "/cancel", .timeout = time}, never);
      if (asked && (asked->status == 404 || asked->status == 410)) break;
      const auto reply = client_.send(
          {.path = path_, .timeout = time, .max_body = most_answer_bytes(size_)}, never);
      if (reply && reply->status != 200) break;
      const auto job = reply ? read_sdcpp_job(as_text(reply->body)) : std::nullopt;
      if (job && job->status != "queued" && job->status != "generating") break;
      pause(std::chrono::milliseconds(100), never);
    }
    return stopped();
  }

  const SdcppOptions& options_;
  HttpClient& client_;
  const BackendJob& job_;
  const ProgressSink& progress_;
  std::stop_token stop_;
  Clock::time_point deadline_;
  Size size_;
  std::string path_;
  std::uint32_t step_ = 0;
  bool is_gone_ = false;
};

class SdcppBackend : public Backend {
 public:
  SdcppBackend(SdcppOptions options, const HttpBase& base)
      : options_(std::move(options)),
        client_(base, options_.access),
        watch_([this](const std::stop_token& stop) { return look(stop); }, options_.status_age) {}

  BackendInfo info() const override {
    return {
        .name = "sdcpp",
        .slots = std::max(1, options_.slots),
        .capabilities = {std::string(capability::kReferences), std::string(capability::kLoras)}};
  }
  BackendStatus status() const override { return watch_.status(); }
  std::vector<ModelEntry> list_models() const override { return watch_.models(); }

  Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                    std::stop_token stop) override {
    SdcppRun run(options_, client_, job, progress, stop);
    auto picture = run.run();
    if (picture || !stop.stop_requested()) watch_.note_end(picture, run.is_gone());
    return picture;
  }

 private:
  ServerLook look(const std::stop_token& stop) {
    ServerLook seen;
    const auto reply =
        client_.send({.path = "/sdcpp/v1/capabilities", .timeout = options_.request_time}, stop);
    seen.status.version = "sd-server";
    seen.status.healthy = reply && reply->status == 200;
    if (!reply) seen.status.last_error = reply.error().message;
    const auto server =
        seen.status.healthy ? read_sdcpp_server(as_text(reply->body)) : std::nullopt;
    if (!server) return seen;
    std::vector<ModelEntry> models;
    if (!server->model.empty()) {
      models.push_back({.name = server->model, .path = server->model, .model_type = "checkpoint"});
    }
    for (const std::string& lora : server->loras) {
      models.push_back(
          {.name = lora.substr(lora.find_last_of("/\\") + 1), .path = lora, .model_type = "lora"});
    }
    seen.models = std::move(models);
    return seen;
  }

  SdcppOptions options_;
  HttpClient client_;
  mutable ServerWatch watch_;  ///< asking may make it look; last: its thread uses the client
};

}  // namespace

Result<std::shared_ptr<Backend>> make_sdcpp_backend(SdcppOptions options) {
  const auto base = parse_http_base(options.url);
  if (!base) return base.error();
  return std::shared_ptr<Backend>(std::make_shared<SdcppBackend>(std::move(options), *base));
}

}  // namespace dgxp
