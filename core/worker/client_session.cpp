#include "core/worker/client_session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/worker/backend.hpp"
#include "core/worker/job_message.hpp"
#include "core/worker/msgpack_value.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kHintRunning = "is `dgxp worker` running? see --worker";

double to_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

/// The files that a job names, each with the capability without which a worker has no use for it.
std::vector<ClientSession::Upload> uploads_of(const Job& job) {
  std::vector<ClientSession::Upload> uploads;
  if (!job.workflow_content.empty()) {
    uploads.push_back({.digest = job.workflow.hex(),
                       .bytes = std::make_shared<const Bytes>(job.workflow_content),
                       .capability = capability::kWorkflow});
  }
  for (std::size_t i = 0; i < job.reference_contents.size(); ++i) {
    uploads.push_back({.digest = job.references[i].hex(),
                       .bytes = job.reference_contents[i],
                       .capability = capability::kReferences});
  }
  return uploads;
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
  flight->second.uploads = uploads_of(job);
  flight->second.submission = submissions_++;
  waiting_.push_back(flight->first);
  pump(now);
}

void ClientSession::cancel_all(Time now) {
  open_.clear();
  deadlines_.clear();
  // The last ones first: while the worker stops those that run, none that waits takes their place.
  std::vector<std::pair<std::uint64_t, std::string>> out;
  for (const auto& [id, flight] : flights_) {
    if (flight.stage == Stage::sent || flight.stage == Stage::accepted) {
      out.emplace_back(flight.submission, id);
    }
  }
  std::ranges::sort(out, std::ranges::greater());
  for (const auto& [submission, id] : out) {
    send({.kind = Kind::cancel, .id = id, .first_sent = now}, CancelMessage{id}, now);
  }
  open_cancels_ = out.size();
  flights_.clear();
  waiting_.clear();
  pictures_.clear();
  events_.clear();
  uploading_.clear();
  in_flight_ = 0;
  fetching_bytes_ = 0;
  open_previews_ = 0;
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
  // The answer stands behind all the pictures that are on their way.
  const std::uint64_t bytes = fetching_bytes_ + outgoing_.back().size();
  const std::chrono::seconds transfer(bytes / limits_.slowest_link);
  deadlines_.emplace(now + limits_.reply_timeout + transfer, rid);
  open_.emplace(rid, std::move(request));
}

/// The file that some job waits for.
const ClientSession::Upload* ClientSession::find_upload(const std::string& digest) const {
  for (const auto& [id, flight] : flights_) {
    if (flight.stage != Stage::uploading) continue;
    const auto found = std::ranges::find(flight.uploads, digest, &Upload::digest);
    if (found != flight.uploads.end()) return &*found;
  }
  return nullptr;
}

bool ClientSession::is_missing(const Upload& upload) const {
  return !uploaded_.contains(upload.digest) &&
         capabilities_.contains(std::string(upload.capability));
}

bool ClientSession::has_all(const Flight& flight) const {
  return std::ranges::none_of(flight.uploads,
                              [&](const Upload& upload) { return is_missing(upload); });
}

/// A request is rebuilt from what it is about, so that nothing is kept twice.
std::optional<MessageBody> ClientSession::body_of(const OpenRequest& request) const {
  if (request.kind == Kind::upload) {
    const Upload* upload = find_upload(request.upload);
    if (upload == nullptr) return std::nullopt;
    return BlobPutMessage{upload->digest, *upload->bytes};
  }
  const auto found = flights_.find(request.id);
  if (found == flights_.end()) return std::nullopt;
  const Flight& flight = found->second;
  switch (request.kind) {
    case Kind::generate:
      return flight.request;
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
    give_up(request, now);
    return;
  }
  ++request.tries;
  ++counters_.resent;
  send(std::move(request), *std::move(body), now);
}

void ClientSession::give_up(const OpenRequest& request, Time now) {
  const std::string unanswered =
      fmt::format("the worker at {} did not answer {} times", address_, request.tries);
  switch (request.kind) {
    case Kind::hello:
      lose(fmt::format("no worker answers at {}", address_), std::string(kHintRunning));
      break;
    case Kind::cancel:
      --open_cancels_;
      break;
    case Kind::preview:
      --open_previews_;
      if (Flight* flight = find(request.id)) flight->preview.clear();
      break;
    case Kind::upload:
      end_upload(request.upload, unanswered, now);
      break;
    default:
      fail(request.id, unanswered);
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
  if (has_all(flight)) {
    send_generate(id, flight, now);
    return;
  }
  flight.stage = Stage::uploading;
  for (const Upload& upload : flight.uploads) {
    if (!is_missing(upload) || upload.bytes->size() <= kMaxBlob) continue;
    fail(id, fmt::format("one of its files is larger than {} bytes", kMaxBlob));
    return;
  }
  for (const Upload& upload : flight.uploads) {
    if (!is_missing(upload) || !uploading_.insert(upload.digest).second) continue;
    send({.kind = Kind::upload, .id = id, .upload = upload.digest, .first_sent = now},
         BlobPutMessage{upload.digest, *upload.bytes}, now);
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

// ---- Time

void ClientSession::on_time(Time now) {
  while (!deadlines_.empty()) {
    const auto [deadline, rid] = *deadlines_.begin();
    const auto found = open_.find(rid);
    if (found != open_.end()) {
      if (deadline > now) break;
      OpenRequest request = std::move(found->second);
      open_.erase(found);
      deadlines_.erase(deadlines_.begin());
      send_again(std::move(request), now);
    } else {
      deadlines_.erase(deadlines_.begin());
    }
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
  Time due = deadlines_.empty() ? Time::max() : deadlines_.begin()->first;
  if (flights_.empty()) return due;
  due = std::min(due, last_heard_ + limits_.silence_limit);
  due = std::min(due, last_moved_ + limits_.stall_limit);
  return std::min(due, std::max(last_moved_, last_resync_) + limits_.probe_after);
}

}  // namespace dgxp
