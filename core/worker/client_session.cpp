#include "core/worker/client_session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/backend.hpp"
#include "core/worker/job_message.hpp"
#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMaxEvents = 4096;  // beyond it progress is not told
constexpr int kMaxBadPictures = 2;
constexpr std::string_view kBusy = "Backend busy";

constexpr std::string_view kHintRunning = "is `dgxp worker` running? see --worker";

/// What a peer says about a job, as people see it.
std::string peer_text(std::string_view text) {
  return escape_for_terminal(text.substr(0, 1000));
}

double to_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

ClientSession::ClientSession(std::string address, SessionLimits limits, std::uint64_t nonce)
    : address_(std::move(address)),
      limits_(limits),
      nonce_(nonce),
      next_rid_(1 + (nonce & 0xffffffffU)) {
  limits_.window = std::clamp<std::size_t>(limits_.window, 1, kMaxJobsAStatus);
}

void ClientSession::open(Time now) {
  last_heard_ = last_moved_ = last_resync_ = now;
  send({.kind = Kind::hello, .id = {}, .first_sent = now}, StatusMessage{}, now);
}

void ClientSession::submit(const Job& job, Time now) {
  const auto [flight, is_new] = flights_.try_emplace(job.key.hex());
  if (!is_new) return;
  if (flights_.size() == 1) last_heard_ = last_moved_ = last_resync_ = now;
  flight->second.key = job.key;
  flight->second.request = make_generate(job);
  flight->second.workflow_content = job.workflow_content;
  flight->second.submission = submissions_++;
  waiting_.push_back(flight->first);
  pump(now);
}

void ClientSession::cancel_all(Time now) {
  open_.clear();
  deadlines_.clear();
  for (const auto& [id, flight] : flights_) {
    if (flight.stage != Stage::sent && flight.stage != Stage::accepted) continue;
    send({.kind = Kind::cancel, .id = id, .first_sent = now}, CancelMessage{id}, now);
    ++open_cancels_;
  }
  flights_.clear();
  waiting_.clear();
  pictures_.clear();
  events_.clear();
  uploading_.clear();
  in_flight_ = 0;
  fetching_bytes_ = 0;
  status_open_ = false;
  resync_wanted_ = false;
}

std::vector<Bytes> ClientSession::take_outgoing() {
  return std::exchange(outgoing_, {});
}

std::optional<WorkerEvent> ClientSession::next_event() {
  if (events_.empty()) return std::nullopt;
  WorkerEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

// ---- Requests

void ClientSession::send(OpenRequest request, MessageBody body, Time now) {
  const std::uint64_t rid = next_rid_++;
  Message message{std::move(body)};
  message.envelope.rid = rid;
  message.envelope.v = kProtocolVersion;
  outgoing_.push_back(encode_message(message));
  deadlines_.emplace_back(now + limits_.reply_timeout, rid);
  open_.emplace(rid, std::move(request));
}

/// A request is rebuilt from what it is about, so that nothing is kept twice.
std::optional<MessageBody> ClientSession::body_of(const OpenRequest& request) const {
  const auto found = flights_.find(request.id);
  if (found == flights_.end()) return std::nullopt;
  const Flight& flight = found->second;
  switch (request.kind) {
    case Kind::generate:
      return flight.request;
    case Kind::upload:
      return BlobPutMessage{flight.request.workflow, flight.workflow_content};
    case Kind::fetch:
      return BlobGetMessage{flight.result.sha256};
    default:
      return std::nullopt;
  }
}

/// A new number, so that an answer to the first try counts no more.
void ClientSession::send_again(OpenRequest request, Time now) {
  if (request.kind == Kind::resync) {
    status_open_ = false;
    resync(now);
    return;
  }
  const bool heard_since = last_heard_ > request.first_sent;
  auto body = request.tries < limits_.max_tries || !heard_since ? body_of(request) : std::nullopt;
  if (!body) {
    give_up(request);
    return;
  }
  ++request.tries;
  ++counters_.resent;
  send(std::move(request), *std::move(body), now);
}

void ClientSession::give_up(const OpenRequest& request) {
  switch (request.kind) {
    case Kind::hello:
      lose(fmt::format("no worker answers at {}", address_), std::string(kHintRunning));
      break;
    case Kind::cancel:
      --open_cancels_;
      break;
    default:
      fail(request.id,
           fmt::format("the worker at {} did not answer {} times", address_, request.tries));
  }
}

void ClientSession::pump(Time now) {
  if (!opened_) return;
  fetch_pictures(now);
  while (in_flight_ < limits_.window && !waiting_.empty()) {
    const std::string id = std::move(waiting_.front());
    waiting_.pop_front();
    if (Flight* flight = find(id)) launch(id, *flight, now);
  }
}

void ClientSession::launch(const std::string& id, Flight& flight, Time now) {
  ++in_flight_;
  ++flight.attempts;
  flight.request.attempt =
      nonce_ + flight.submission * 16 + static_cast<std::uint64_t>(flight.attempts);
  const std::string& workflow = flight.request.workflow;
  const bool needs_upload = !flight.workflow_content.empty() && !uploaded_.contains(workflow) &&
                            capabilities_.contains(std::string(capability::kWorkflow));
  if (!needs_upload) {
    send_generate(id, flight, now);
    return;
  }
  flight.stage = Stage::uploading;
  if (flight.workflow_content.size() > kMaxBlob) {
    fail(id, fmt::format("its workflow is larger than {} bytes", kMaxBlob));
  } else if (uploading_.insert(workflow).second) {
    send({.kind = Kind::upload, .id = id, .first_sent = now},
         BlobPutMessage{workflow, flight.workflow_content}, now);
  }
}

void ClientSession::send_generate(const std::string& id, Flight& flight, Time now) {
  flight.stage = Stage::sent;
  send({.kind = Kind::generate, .id = id, .first_sent = now}, flight.request, now);
}

/// So many at a time that their bytes stay within bounds; one always.
void ClientSession::fetch_pictures(Time now) {
  while (!pictures_.empty()) {
    const std::string id = pictures_.front();
    Flight* flight = find(id);
    if (flight != nullptr && flight->stage == Stage::wanting_picture) {
      const std::uint64_t size = flight->result.size;
      if (fetching_bytes_ > 0 && fetching_bytes_ + size > limits_.fetch_bytes) return;
      fetching_bytes_ += size;
      flight->stage = Stage::fetching;
      send({.kind = Kind::fetch, .id = id, .first_sent = now},
           BlobGetMessage{flight->result.sha256}, now);
    }
    pictures_.pop_front();
  }
}

/// Asks for the state of every job that the worker has accepted; with none it is a sign of life.
void ClientSession::resync(Time now) {
  resync_wanted_ = false;
  if (!opened_) return;
  if (status_open_) {
    resync_wanted_ = true;
    return;
  }
  StatusMessage status;
  for (const auto& [id, flight] : flights_) {
    if (flight.stage == Stage::accepted) status.jobs.push_back(id);
  }
  status_open_ = true;
  last_resync_ = now;
  ++counters_.resyncs;
  send({.kind = Kind::resync, .id = {}, .first_sent = now}, std::move(status), now);
}

// ---- Replies

void ClientSession::take_reply(ByteView bytes, Time now) {
  const DecodedMessage decoded = decode_message(bytes);
  if (!decoded.body) {
    ++counters_.malformed;
    return;
  }
  if (std::holds_alternative<UnknownMessage>(*decoded.body)) {
    ++counters_.unknown_types;
    return;
  }
  const Envelope& envelope = decoded.envelope;
  if (!envelope.rid && !opened_ && std::holds_alternative<StatusInfoMessage>(*decoded.body)) {
    lose(fmt::format("the worker at {} speaks protocol 1.0, which cannot send pictures", address_),
         "start a worker that speaks 1.1: `dgxp worker`");
    return;
  }
  const auto found = envelope.rid ? open_.find(*envelope.rid) : open_.end();
  if (found == open_.end()) {
    ++counters_.stray_replies;
    return;
  }
  const OpenRequest request = std::move(found->second);
  const std::uint64_t rid = found->first;
  open_.erase(found);
  if (!reply(request, *decoded.body, envelope, now)) {
    ++counters_.stray_replies;
    open_.emplace(rid, request);  // its deadline still holds
    return;
  }
  last_heard_ = std::max(last_heard_, now);
  if (opened_ && envelope.epoch && *envelope.epoch != epoch_) {
    enter_epoch(*envelope.epoch);
    resync(now);
  }
  if (resync_wanted_) resync(now);
  pump(now);
}

bool ClientSession::reply(const OpenRequest& request, const MessageBody& body,
                          const Envelope& envelope, Time now) {
  last_moved_ = std::max(last_moved_, request.kind == Kind::resync ? last_moved_ : now);
  switch (request.kind) {
    case Kind::hello:
      return reply_hello(body, envelope);
    case Kind::resync:
      return reply_resync(body, envelope);
    case Kind::generate:
      return reply_generate(request.id, body);
    case Kind::upload:
      return reply_upload(request.id, body, now);
    case Kind::fetch:
      return reply_fetch(request.id, body);
    case Kind::cancel:
      break;
  }
  --open_cancels_;
  return true;
}

bool ClientSession::reply_hello(const MessageBody& body, const Envelope& envelope) {
  if (const auto* error = std::get_if<ErrorMessage>(&body)) {
    lose(fmt::format("the worker at {} refuses: {}", address_, peer_text(error->message)), {});
    return true;
  }
  const auto* status = std::get_if<StatusInfoMessage>(&body);
  if (status == nullptr || !envelope.epoch) return false;
  opened_ = true;
  placeholder_ = status->placeholder;
  capabilities_ = {status->capabilities.begin(), status->capabilities.end()};
  epoch_ = *envelope.epoch;
  seq_ = envelope.seq.value_or(0);
  return true;
}

bool ClientSession::reply_resync(const MessageBody& body, const Envelope& envelope) {
  const auto* status = std::get_if<StatusInfoMessage>(&body);
  if (status == nullptr || !envelope.epoch) return false;
  status_open_ = false;
  if (*envelope.epoch != epoch_) enter_epoch(*envelope.epoch);
  seq_ = std::max(seq_, envelope.seq.value_or(0));
  placeholder_ = status->placeholder;
  capabilities_ = {status->capabilities.begin(), status->capabilities.end()};
  for (const JobEntry& entry : status->jobs) take_snapshot(entry);
  return true;
}

bool ClientSession::reply_generate(const std::string& id, const MessageBody& body) {
  Flight* flight = find_open(id);
  if (const auto* refusal = std::get_if<ErrorMessage>(&body)) {
    fail(id, peer_text(refusal->message));
    return true;
  }
  if (const auto* yes = std::get_if<JobAcceptedMessage>(&body)) {
    if (yes->job_id != id) return false;
    if (flight != nullptr) accepted(*flight);
    return true;
  }
  if (const auto* done = std::get_if<JobCompleteMessage>(&body)) {
    if (done->job_id != id) return false;
    complete(id, done->result);
    return true;
  }
  const auto* error = std::get_if<JobErrorMessage>(&body);
  if (error == nullptr || error->job_id != id) return false;
  if (flight == nullptr) return true;
  if (error->cancelled) {
    retry(id, "somebody cancelled it");
  } else {
    fail(id, peer_text(error->error));
  }
  return true;
}

bool ClientSession::reply_upload(const std::string& id, const MessageBody& body, Time now) {
  const Flight* flight = find(id);
  if (flight == nullptr) return true;
  const std::string workflow = flight->request.workflow;
  const auto* stored = std::get_if<BlobStoredMessage>(&body);
  const auto* error = std::get_if<ErrorMessage>(&body);
  if (stored == nullptr && error == nullptr) return false;
  if (stored != nullptr && stored->digest != workflow) return false;
  uploading_.erase(workflow);
  std::vector<std::string> waiting;
  for (const auto& [other, its] : flights_) {
    if (its.stage == Stage::uploading && its.request.workflow == workflow) waiting.push_back(other);
  }
  if (stored != nullptr) uploaded_.insert(workflow);
  for (const std::string& other : waiting) {
    if (stored != nullptr) {
      send_generate(other, *find(other), now);
    } else {
      fail(other, "its workflow was refused: " + peer_text(error->message));
    }
  }
  return true;
}

bool ClientSession::reply_fetch(const std::string& id, const MessageBody& body) {
  Flight* flight = find(id);
  if (flight == nullptr || flight->stage != Stage::fetching) return true;
  const auto* blob = std::get_if<BlobMessage>(&body);
  const auto* error = std::get_if<ErrorMessage>(&body);
  if (blob == nullptr && error == nullptr) return false;
  if (error != nullptr && error->message == kBusy) return false;  // its deadline asks again
  fetching_bytes_ -= flight->result.size;
  if (error != nullptr) {
    retry(id, "its picture is gone: " + peer_text(error->message));
  } else {
    take_picture(id, *flight, *blob);
  }
  return true;
}

void ClientSession::take_picture(const std::string& id, Flight& flight, const BlobMessage& blob) {
  const bool is_right = blob.digest == flight.result.sha256 &&
                        blob.bytes.size() == flight.result.size &&
                        sha256(ByteView(blob.bytes)).hex() == flight.result.sha256;
  if (!is_right) {
    if (++flight.bad_pictures >= kMaxBadPictures) {
      fail(id, "the worker's picture does not have the digest that it named");
      return;
    }
    flight.stage = Stage::wanting_picture;
    pictures_.push_back(id);
    return;
  }
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::done;
  event.raw = {.key = flight.key, .png = blob.bytes, .placeholder = flight.result.placeholder};
  land(id, std::move(event));
}

// ---- Updates

void ClientSession::take_update(ByteView bytes, Time now) {
  const DecodedMessage decoded = decode_message(bytes);
  if (!decoded.body) {
    ++counters_.malformed;
    return;
  }
  if (!opened_) return;
  last_heard_ = std::max(last_heard_, now);
  const MessageBody& body = *decoded.body;
  const bool news = is_news(body, decoded.envelope);
  if (resync_wanted_) resync(now);
  if (!news) return;
  last_moved_ = std::max(last_moved_, now);
  if (const auto* progress = std::get_if<ProgressMessage>(&body)) {
    if (Flight* flight = find_open(progress->job_id)) note_progress(*flight, *progress);
  } else if (const auto* done = std::get_if<JobCompleteMessage>(&body)) {
    complete(done->job_id, done->result);
  } else if (const auto* error = std::get_if<JobErrorMessage>(&body)) {
    if (find_open(error->job_id) != nullptr) {
      if (error->cancelled) {
        retry(error->job_id, "somebody cancelled it");
      } else {
        fail(error->job_id, peer_text(error->error));
      }
    }
  } else if (std::holds_alternative<UnknownMessage>(body)) {
    ++counters_.unknown_types;
  }
  pump(now);
}

/// Whether to act on an update. Wants a resync when one before it is missing.
bool ClientSession::is_news(const MessageBody& body, const Envelope& envelope) {
  const bool is_heartbeat = std::holds_alternative<StatusInfoMessage>(body);
  if (!envelope.epoch || !envelope.seq) return !is_heartbeat;  // a peer of 1.0
  if (*envelope.epoch != epoch_) {
    resync_wanted_ = true;  // its reply says which epoch it is now
    return false;
  }
  const std::uint64_t seq = *envelope.seq;
  if (seq <= seq_) return false;
  if (is_heartbeat || seq != seq_ + 1) resync_wanted_ = true;
  seq_ = seq;
  return !is_heartbeat;
}

void ClientSession::enter_epoch(std::uint64_t epoch) {
  epoch_ = epoch;
  seq_ = 0;
  uploaded_.clear();
  ++counters_.new_epochs;
}

void ClientSession::take_snapshot(const JobEntry& entry) {
  Flight* flight = find_open(entry.job_id);
  if (flight == nullptr || flight->stage != Stage::accepted) return;
  if (entry.state == "done") {
    complete(entry.job_id, entry.result);
  } else if (entry.state == "failed") {
    fail(entry.job_id, peer_text(entry.error));
  } else if (entry.state == "unknown") {
    retry(entry.job_id, "the worker has lost it");
  } else if (entry.state == "cancelled") {
    retry(entry.job_id, "somebody cancelled it");
  }
}

// ---- What becomes of a job

ClientSession::Flight* ClientSession::find(const std::string& id) {
  const auto found = flights_.find(id);
  return found == flights_.end() ? nullptr : &found->second;
}

/// A job whose end is not known yet.
ClientSession::Flight* ClientSession::find_open(const std::string& id) {
  Flight* flight = find(id);
  const bool open =
      flight != nullptr && (flight->stage == Stage::sent || flight->stage == Stage::accepted);
  return open ? flight : nullptr;
}

void ClientSession::accepted(Flight& flight) {
  if (flight.stage == Stage::sent) flight.stage = Stage::accepted;
  if (std::exchange(flight.told_accepted, true)) return;
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::accepted;
  event.key = flight.key;
  events_.push_back(std::move(event));
}

void ClientSession::note_progress(Flight& flight, const ProgressMessage& progress) {
  constexpr std::uint32_t kMaxStep = 1000000;
  if (events_.size() >= kMaxEvents) return;
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::progress;
  event.key = flight.key;
  event.stage = peer_text(progress.stage);
  event.total_steps = static_cast<int>(std::min(progress.total_steps, kMaxStep));
  event.step = std::min(static_cast<int>(std::min(progress.step, kMaxStep)), event.total_steps);
  event.eta_seconds = std::clamp(progress.eta_s, 0.0, 1e9);
  events_.push_back(std::move(event));
}

void ClientSession::complete(const std::string& id, const std::optional<ResultEntry>& result) {
  Flight* flight = find_open(id);
  if (flight == nullptr) return;
  accepted(*flight);
  if (!result || result->size == 0 || !Digest::parse(result->sha256)) {
    fail(id, "the worker names no picture for it");
    return;
  }
  flight->result = *result;
  flight->stage = Stage::wanting_picture;
  pictures_.push_back(id);
}

void ClientSession::retry(const std::string& id, const std::string& why) {
  Flight* flight = find(id);
  if (flight == nullptr) return;
  if (flight->attempts >= limits_.max_attempts) {
    fail(id, fmt::format("{}, {} times", why, flight->attempts));
    return;
  }
  flight->stage = Stage::waiting;
  --in_flight_;
  waiting_.push_back(id);
}

void ClientSession::fail(const std::string& id, std::string why) {
  if (find(id) == nullptr) return;
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::failed;
  event.error = std::move(why);
  land(id, std::move(event));
}

void ClientSession::land(const std::string& id, WorkerEvent event) {
  const auto found = flights_.find(id);
  event.key = found->second.key;
  events_.push_back(std::move(event));
  if (found->second.stage != Stage::waiting) --in_flight_;
  flights_.erase(found);
}

void ClientSession::lose(std::string message, std::string hint) {
  lost_ = Error{ErrorKind::worker, std::move(message), std::move(hint)};
}

// ---- Time

void ClientSession::on_time(Time now) {
  while (!deadlines_.empty()) {
    const auto [deadline, rid] = deadlines_.front();
    const auto found = open_.find(rid);
    if (found != open_.end()) {
      if (deadline > now) break;
      OpenRequest request = std::move(found->second);
      open_.erase(found);
      send_again(std::move(request), now);
    }
    deadlines_.pop_front();
  }
  if (flights_.empty() || lost_) return;
  if (now - last_heard_ >= limits_.silence_limit) {
    lose(fmt::format("the worker at {} has been silent for {:g} s", address_,
                     to_seconds(limits_.silence_limit)),
         "what was drawn is kept: start the worker again, then the build");
  } else if (now - last_moved_ >= limits_.stall_limit) {
    lose(fmt::format("the worker at {} has finished nothing for {} minutes", address_,
                     limits_.stall_limit.count()),
         "look at what the worker is doing");
  } else if (now - std::max(last_moved_, last_resync_) >= limits_.probe_after) {
    resync(now);
  }
  pump(now);
}

ClientSession::Time ClientSession::next_due() const {
  Time due = deadlines_.empty() ? Time::max() : deadlines_.front().first;
  if (flights_.empty()) return due;
  due = std::min(due, last_heard_ + limits_.silence_limit);
  due = std::min(due, last_moved_ + limits_.stall_limit);
  return std::min(due, std::max(last_moved_, last_resync_) + limits_.probe_after);
}

}  // namespace dgxp
