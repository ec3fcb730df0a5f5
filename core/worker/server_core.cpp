#include "core/worker/server_core.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
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

/// Below the limit of a control message, with room for the rest of it.
constexpr std::size_t kMaxModelBytes = kMaxControlMessage - 4096;
constexpr std::size_t kMaxModels = 1024;
/// A picture that is not done yet never says that it is.
constexpr double kMostPercent = 99;
constexpr std::size_t kMaxPreview = 4U << 20U;

std::vector<BackendInfo> infos_of(const std::vector<std::shared_ptr<Backend>>& backends) {
  std::vector<BackendInfo> infos;
  infos.reserve(backends.size());
  for (const auto& backend : backends) infos.push_back(backend->info());
  return infos;
}

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

/// The types that every peer can read.
bool is_type_of_1_0(std::string_view model_type) {
  return model_type == "checkpoint" || model_type == "lora" || model_type == "vae";
}

bool fits_message(const ModelEntry& model) {
  return model.name.size() <= 256 && model.path.size() <= 4096 && model.model_type.size() <= 256 &&
         is_utf8(model.name) && is_utf8(model.path) && is_utf8(model.model_type);
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
               .jobs = {},
               .backends = {}};
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

ServerCore::ServerCore(std::vector<std::shared_ptr<Backend>> backends, BackendPool& pool,
                       ServerLimits limits, std::uint64_t epoch, SteadyTime now)
    : backends_(std::move(backends)),
      infos_(infos_of(backends_)),
      summary_(summarize(infos_)),
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
                 [&](const ListModelsMessage&) -> MessageBody { return list_models(is_1_1); },
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
  for (const BackendInfo& backend : infos_) {
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
  drop_preview(job->id);
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
  return BlobMessage{request.digest, bytes};
}

StatusInfoMessage ServerCore::status(SteadyTime now) const {
  StatusInfoMessage info{.version = std::string(kVersion11),
                         .queue_size = static_cast<std::uint32_t>(jobs_.queued()),
                         .active_jobs = static_cast<std::uint32_t>(jobs_.running()),
                         .uptime_s = static_cast<std::uint64_t>(seconds(now - start_)),
                         .backend = summary_.name,
                         .placeholder = summary_.placeholder,
                         .capabilities = summary_.capabilities,
                         .jobs = {},
                         .backends = {}};
  for (std::size_t i = 0; i < backends_.size(); ++i) {
    const BackendStatus status = backends_[i]->status();
    info.backends.push_back({.name = infos_[i].name,
                             .healthy = status.healthy,
                             .version = cut_text(shortened(status.version), 256),
                             .queue = status.queue,
                             .vram_free_mb = status.vram_free_mb,
                             .vram_total_mb = status.vram_total_mb,
                             .last_error = shortened(status.last_error)});
  }
  return info;
}

/// The models of all backends, each once.
ModelListMessage ServerCore::list_models(bool is_1_1) const {
  std::vector<ModelEntry> all;
  for (const auto& backend : backends_) {
    std::ranges::move(backend->list_models(), std::back_inserter(all));
  }
  const auto place = [](const ModelEntry& model) {
    return std::tie(model.name, model.model_type, model.path);
  };
  std::ranges::stable_sort(all, {}, place);
  const auto doubles = std::ranges::unique(
      all, {}, [](const ModelEntry& model) { return std::tie(model.name, model.model_type); });
  all.erase(doubles.begin(), doubles.end());
  ModelListMessage list;
  std::size_t bytes = 0;
  for (ModelEntry& model : all) {
    if (!fits_message(model) || (!is_1_1 && !is_type_of_1_0(model.model_type))) continue;
    bytes += model.name.size() + model.path.size() + model.model_type.size() + 64;
    if (bytes > kMaxModelBytes || list.models.size() == kMaxModels) break;
    list.models.push_back(std::move(model));
  }
  return list;
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
  const double percent = 100.0 * job.step / std::max(1U, job.total_steps);
  job.percent = std::clamp(percent, job.percent, kMostPercent);
  job.changed = now;
  progress_due_.emplace_back(now + limits_.progress_interval, job.run);
  publish(job, ProgressMessage{.job_id = job.id,
                               .stage = progress.stage,
                               .step = job.step,
                               .total_steps = job.total_steps,
                               .percent = job.percent,
                               .eta_s = std::max(0.0, progress.eta_seconds)});
  if (progress.preview) show_preview(job, progress.preview, now);
}

/// The newest preview of a job stands in the blob store until the next one or its end.
void ServerCore::show_preview(JobRecord& job, const std::shared_ptr<const Bytes>& preview,
                              SteadyTime now) {
  if (!has_subscribers_ || preview->empty() || preview->size() > kMaxPreview) return;
  const Digest digest = sha256(ByteView(*preview));
  if (const auto last = previews_.find(job.id); last != previews_.end()) {
    if (last->second == digest) return;
    drop_preview(job.id);
  }
  // Somebody else's file with the same bytes is not this job's to drop.
  if (!blobs_.contains(digest)) {
    blobs_.put(digest, preview, BlobStore::Origin::upload, now);
    previews_.emplace(job.id, digest);
  }
  publish(job, PreviewMessage{.job_id = job.id,
                              .image_path = digest.hex() + ".png",
                              .step = job.step,
                              .image = ResultEntry{digest.hex(), preview->size(), false}});
}

void ServerCore::drop_preview(const std::string& id) {
  if (const auto preview = previews_.extract(id)) blobs_.forget(preview.mapped());
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
  drop_preview(job->id);
  if (ended.outcome) {
    const RunEnded::Picture& picture = *ended.outcome;
    counters_.job_seconds.add(job->duration_s);
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
  ++(success                            ? counters_.done
     : job.state == JobPhase::cancelled ? counters_.cancelled
                                        : counters_.failed);
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
  counters_.queued = jobs_.queued();
  counters_.running = jobs_.running();
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
