#include "core/worker/server_core.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/color.hpp"
#include "core/base/diagnostic.hpp"
#include "core/base/text.hpp"
#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kVersion10 = "1.0.0";
constexpr std::string_view kVersion11 = "1.1.0";
constexpr std::size_t kMaxErrorText = 4000;

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

/// What several backends are together.
BackendInfo summarize(const std::vector<BackendInfo>& backends) {
  BackendInfo summary{.name = "", .placeholder = true, .slots = 0, .capabilities = {}};
  std::set<std::string> capabilities;
  for (const BackendInfo& backend : backends) {
    summary.name += (summary.name.empty() ? "" : "+") + backend.name;
    summary.placeholder = summary.placeholder && backend.placeholder;
    summary.slots += backend.slots;
    capabilities.insert(backend.capabilities.begin(), backend.capabilities.end());
  }
  summary.capabilities.assign(capabilities.begin(), capabilities.end());
  return summary;
}

double seconds(SteadyTime::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::uint64_t unix_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

/// A text that fits a field of at most 4096 bytes of UTF-8.
std::string shortened(const std::string& text) {
  return cut_text(is_utf8(text) ? text : escape_for_terminal(text), kMaxErrorText);
}

bool is_printable(std::string_view id) {
  return std::ranges::all_of(id, [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte >= 0x20 && byte != 0x7f;
  });
}

/// The field of a `generate` that makes no sense, or "".
std::string_view find_invalid_field(const GenerateMessage& job) {
  if (!is_printable(job.id)) return "id";
  for (const std::string& color : job.palette) {
    if (!parse_hex_color(color)) return "palette";
  }
  if (!job.workflow.empty() && !Digest::parse(job.workflow)) return "workflow";
  for (const std::string& reference : job.references) {
    if (!Digest::parse(reference)) return "references";
  }
  if (!job.frame_size) return "";
  const std::uint64_t scale = job.render_scale.value_or(1);
  const std::uint64_t width = scale * (*job.frame_size)[0] * job.frames.value_or(1);
  const std::uint64_t height = scale * (*job.frame_size)[1];
  return width == job.size[0] && height == job.size[1] ? "" : "size";
}

/// What a peer of 1.0 is told: nothing that it does not know.
void strip_to_1_0(MessageBody& body) {
  if (auto* complete = std::get_if<JobCompleteMessage>(&body)) complete->result.reset();
  if (auto* error = std::get_if<JobErrorMessage>(&body)) error->cancelled = false;
  if (auto* status = std::get_if<StatusInfoMessage>(&body)) {
    *status = {.version = std::string(kVersion10),
               .queue_size = status->queue_size,
               .active_jobs = status->active_jobs,
               .uptime_s = status->uptime_s,
               .backend = {},
               .capabilities = {},
               .jobs = {}};
  }
}

JobCompleteMessage complete_message(const JobRecord& job) {
  return {.job_id = job.id,
          .image_path = job.result->sha256 + ".png",
          .duration_s = job.duration_s,
          .result = job.result};
}

JobErrorMessage error_message(const JobRecord& job) {
  const bool cancelled = job.state == JobPhase::cancelled;
  return {.job_id = job.id, .error = cancelled ? "cancelled" : job.error, .cancelled = cancelled};
}

}  // namespace

ServerCore::ServerCore(std::vector<BackendInfo> backends, std::vector<ModelEntry> models,
                       BackendPool& pool, ServerLimits limits, std::uint64_t epoch, SteadyTime now)
    : summary_(summarize(backends)),
      backends_(std::move(backends)),
      models_(std::move(models)),
      pool_(pool),
      limits_(limits),
      epoch_(epoch),
      start_(now),
      last_heartbeat_(now),
      jobs_(limits.jobs),
      blobs_(limits.blobs) {}

Bytes ServerCore::answer(ByteView request, SteadyTime now) {
  ++counters_.requests;
  const DecodedMessage decoded = decode_message(request);
  const bool is_1_1 = !decoded.envelope.v.empty();
  Message reply;
  if (!decoded.body) {
    ++counters_.malformed;
    reply.body = ErrorMessage{"Invalid request: " + decoded.refusal};
  } else {
    reply.body = serve(*decoded.body, is_1_1, now);
  }
  reply.envelope.rid = decoded.envelope.rid;
  if (is_1_1) {
    reply.envelope.v = kProtocolVersion;
    reply.envelope.epoch = epoch_;
    if (std::holds_alternative<StatusInfoMessage>(reply.body)) reply.envelope.seq = jobs_.seq();
  } else {
    strip_to_1_0(reply.body);
  }
  return encode_message(reply);
}

MessageBody ServerCore::serve(const MessageBody& request, bool is_1_1, SteadyTime now) {
  return std::visit(
      Overloaded{[&](const GenerateMessage& generate_request) -> MessageBody {
                   return generate(generate_request, now);
                 },
                 [&](const CancelMessage& cancel_request) { return cancel(cancel_request, now); },
                 [&](const ListModelsMessage&) -> MessageBody { return ModelListMessage{models_}; },
                 [&](const StatusMessage& status_request) -> MessageBody {
                   StatusInfoMessage info = status(now);
                   if (is_1_1) info.jobs = jobs_.snapshot(status_request);
                   return info;
                 },
                 [&](const PingMessage&) -> MessageBody { return PongMessage{}; },
                 [&](const BlobPutMessage& put_request) { return put_blob(put_request, now); },
                 [&](const BlobGetMessage& get_request) { return get_blob(get_request, now); },
                 [&](const auto&) -> MessageBody {
                   ++counters_.unknown_types;
                   return ErrorMessage{"Unknown request type"};
                 }},
      request);
}

std::string ServerCore::why_not(const GenerateMessage& request) const {
  if (const auto field = find_invalid_field(request); !field.empty()) {
    return fmt::format("Invalid parameter: {}", field);
  }
  std::string_view missing;
  for (const BackendInfo& backend : backends_) {
    missing = missing_capability(request, backend);
    if (missing.empty()) break;
  }
  if (!missing.empty()) {
    return fmt::format("Backend '{}' cannot do '{}'", summary_.name, missing);
  }
  if (jobs_.is_full()) return "Queue full";
  return {};
}

MessageBody ServerCore::generate(const GenerateMessage& request, SteadyTime now) {
  const std::uint64_t attempt = request.attempt.value_or(0);
  if (const JobRecord* known = jobs_.find(request.id)) {
    const bool is_lost =
        known->state == JobPhase::done && !blobs_.contains(*Digest::parse(known->result->sha256));
    const bool may_retry = known->state == JobPhase::failed || known->state == JobPhase::cancelled;
    if (!is_lost && !(may_retry && known->attempt != attempt)) return known_job(*known);
  }
  std::string refusal = why_not(request);
  std::shared_ptr<const BackendJob> task;
  if (refusal.empty()) {
    task = with_files(request, now);
    if (!task) refusal = kBlobNotFound;
  }
  if (!refusal.empty()) return JobErrorMessage{.job_id = request.id, .error = refusal};
  const JobRecord& job = jobs_.begin(request.id, attempt, now);
  start_run(job, std::move(task));
  return known_job(job);
}

MessageBody ServerCore::known_job(const JobRecord& job) const {
  if (job.state == JobPhase::done) return complete_message(job);
  if (is_final(job.state)) return error_message(job);
  const double ahead = static_cast<double>(jobs_.queued() + jobs_.running());
  return JobAcceptedMessage{
      .job_id = job.id, .estimated_time_s = mean_duration_s_ * ahead / std::max(1, summary_.slots)};
}

std::shared_ptr<const BackendJob> ServerCore::with_files(const GenerateMessage& request,
                                                         SteadyTime now) {
  auto job = std::make_shared<BackendJob>();
  job->request = request;
  if (summary_.placeholder) return job;
  if (!request.workflow.empty()) {
    job->workflow = blobs_.fetch(*Digest::parse(request.workflow), now);
    if (!job->workflow) return nullptr;
  }
  for (const std::string& reference : request.references) {
    job->references.push_back(blobs_.fetch(*Digest::parse(reference), now));
    if (!job->references.back()) return nullptr;
  }
  return job;
}

/// A run of this id may still be on its way out after a cancel. Two runs of one id never overlap:
/// the new one waits for its end.
void ServerCore::start_run(const JobRecord& job, std::shared_ptr<const BackendJob> task) {
  const bool overlaps = std::ranges::any_of(
      unwinding_, [&](const auto& unwinding) { return unwinding.second == job.id; });
  if (overlaps) {
    waiting_[job.id] = std::move(task);
  } else {
    ++counters_.runs;
    pool_.enqueue(job.run, std::move(task));
  }
}

MessageBody ServerCore::cancel(const CancelMessage& request, SteadyTime now) {
  JobRecord* job = jobs_.find(request.job_id);
  if (job == nullptr || is_final(job->state)) {
    return JobErrorMessage{.job_id = request.job_id, .error = "Job not found or already completed"};
  }
  if (waiting_.erase(job->id) == 0 && !pool_.cancel(job->run)) unwinding_[job->run] = job->id;
  jobs_.enter(*job, JobPhase::cancelled, now);
  publish_end(*job);
  return JobCancelledMessage{request.job_id};
}

MessageBody ServerCore::put_blob(const BlobPutMessage& request, SteadyTime now) {
  const auto digest = Digest::parse(request.digest);
  if (!digest || sha256(ByteView(request.bytes)) != *digest) {
    return ErrorMessage{"Invalid parameter: digest is not that of the bytes"};
  }
  blobs_.put(*digest, std::make_shared<const Bytes>(request.bytes), BlobStore::Origin::upload, now);
  return BlobStoredMessage{request.digest};
}

MessageBody ServerCore::get_blob(const BlobGetMessage& request, SteadyTime now) {
  const auto digest = Digest::parse(request.digest);
  if (!digest) return ErrorMessage{"Invalid parameter: digest"};
  // A peer that asks and does not read must not fill the memory.
  if (bytes_in_flight_->load() > limits_.reply_bytes_in_flight) {
    return ErrorMessage{std::string(kBackendBusy)};
  }
  const auto bytes = blobs_.fetch(*digest, now);
  if (!bytes) return ErrorMessage{std::string(kBlobNotFound)};
  pool_.hold(blobs_.is_full());
  return BlobMessage{request.digest, *bytes};
}

StatusInfoMessage ServerCore::status(SteadyTime now) const {
  return {.version = std::string(kVersion11),
          .queue_size = static_cast<std::uint32_t>(jobs_.queued()),
          .active_jobs = static_cast<std::uint32_t>(jobs_.running()),
          .uptime_s = static_cast<std::uint64_t>(seconds(now - start_)),
          .backend = summary_.name,
          .placeholder = summary_.placeholder,
          .capabilities = summary_.capabilities,
          .jobs = {}};
}

void ServerCore::take(RunEvent event, SteadyTime now) {
  if (auto* ended = std::get_if<RunEnded>(&event.what)) {
    run_ended(event.run, std::move(*ended), now);
    return;
  }
  JobRecord* job = jobs_.find_run(event.run);
  if (job == nullptr) return;  // cancelled meanwhile
  if (const auto* progress = std::get_if<BackendProgress>(&event.what)) {
    run_progress(*job, *progress, now);
  } else {
    run_started(*job, now);
  }
}

void ServerCore::run_started(JobRecord& job, SteadyTime now) {
  jobs_.enter(job, JobPhase::running, now);
  progress_due_.emplace_back(now + limits_.progress_interval, job.run);
  publish(job, JobStartedMessage{.job_id = job.id, .timestamp = unix_time()});
}

void ServerCore::run_progress(JobRecord& job, const BackendProgress& progress, SteadyTime now) {
  job.total_steps = progress.total_steps;
  job.step = std::min(progress.step, progress.total_steps);
  job.changed = now;
  progress_due_.emplace_back(now + limits_.progress_interval, job.run);
  publish(job, ProgressMessage{.job_id = job.id,
                               .stage = progress.stage,
                               .step = job.step,
                               .total_steps = job.total_steps,
                               .percent = 100.0 * job.step / std::max(1U, job.total_steps),
                               .eta_s = progress.eta_seconds});
}

void ServerCore::run_ended(std::uint64_t run, RunEnded ended, SteadyTime now) {
  if (const auto unwound = unwinding_.extract(run)) {
    const auto waiting = waiting_.extract(unwound.mapped());
    const JobRecord* job = waiting ? jobs_.find(unwound.mapped()) : nullptr;
    if (job != nullptr && job->state == JobPhase::queued) start_run(*job, waiting.mapped());
    return;
  }
  JobRecord* job = jobs_.find_run(run);
  if (job == nullptr) return;
  job->duration_s = ended.duration.count();
  if (ended.outcome) {
    const RunEnded::Picture& picture = *ended.outcome;
    blobs_.put(picture.digest, picture.png, BlobStore::Origin::result, now);
    pool_.hold(blobs_.is_full());
    job->result = ResultEntry{picture.digest.hex(), picture.png->size(), picture.placeholder};
    mean_duration_s_ += (job->duration_s - mean_duration_s_) / 8;
    jobs_.enter(*job, JobPhase::done, now);
  } else {
    job->error = shortened(ended.outcome.error().message);
    jobs_.enter(*job, JobPhase::failed, now);
  }
  publish_end(*job);
}

void ServerCore::publish_end(JobRecord& job) {
  const bool success = job.state == JobPhase::done;
  publish(job,
          JobFinishedMessage{.job_id = job.id, .success = success, .duration_s = job.duration_s});
  if (success) {
    publish(job, complete_message(job));
  } else {
    publish(job, error_message(job));
  }
}

void ServerCore::publish(JobRecord& job, MessageBody body) {
  jobs_.count_update(job);
  if (!has_subscribers_) return;
  Envelope envelope{.rid = {}, .v = {}, .epoch = epoch_, .seq = job.seq, .jseq = job.jseq};
  std::string topic = fmt::format("{}.{}", type_of(body), job.id);
  updates_.push_back({std::move(topic), encode_message({std::move(body), std::move(envelope)})});
}

void ServerCore::greet(SteadyTime now) {
  last_heartbeat_ = now;
  Envelope envelope{.rid = {}, .v = {}, .epoch = epoch_, .seq = jobs_.seq(), .jseq = {}};
  updates_.push_back(
      {std::string(StatusInfoMessage::kType), encode_message({status(now), std::move(envelope)})});
}

std::vector<Update> ServerCore::take_updates() {
  return std::exchange(updates_, {});
}

void ServerCore::on_time(SteadyTime now) {
  while (!progress_due_.empty() && progress_due_.front().first <= now) {
    pool_.allow_progress(progress_due_.front().second);
    progress_due_.pop_front();
  }
  if (now - last_heartbeat_ < limits_.heartbeat) return;
  last_heartbeat_ = now;
  if (has_subscribers_) greet(now);
  sweep(now);
}

void ServerCore::sweep(SteadyTime now) {
  jobs_.drop_old(now);
  blobs_.drop_old(now);
  pool_.hold(blobs_.is_full());
}

SteadyTime ServerCore::next_due(SteadyTime) const {
  SteadyTime due = SteadyTime::max();
  const bool is_idle = !has_subscribers_ && jobs_.empty() && blobs_.empty();
  if (!is_idle) due = last_heartbeat_ + limits_.heartbeat;
  if (!progress_due_.empty()) due = std::min(due, progress_due_.front().first);
  return due;
}

}  // namespace dgxp
