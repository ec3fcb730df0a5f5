// What a ClientSession makes of what comes in.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/worker/client_session.hpp"
#include "core/worker/progress_event.hpp"

namespace dgxp {
namespace {

constexpr int kMaxBadPictures = 2;
constexpr std::uint64_t kMaxPreview = 4U << 20U;
constexpr std::size_t kMaxOpenPreviews = 4;  // pictures that are done go first

}  // namespace

// ---- Replies

void ClientSession::take_reply(ByteView bytes, Time now) {
  DecodedMessage decoded = decode_message(bytes);
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
    met_1_0_ = true;
    last_heard_ = now;
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
  if (request.kind != Kind::resync) last_moved_ = last_heard_;
  if (opened_ && envelope.epoch && *envelope.epoch != epoch_) {
    enter_epoch(*envelope.epoch);
    resync(now);
  }
  if (resync_wanted_) resync(now);
  pump(now);
}

bool ClientSession::reply(const OpenRequest& request, MessageBody& body, const Envelope& envelope,
                          Time now) {
  switch (request.kind) {
    case Kind::hello:
      return reply_hello(body, envelope);
    case Kind::resync:
      return reply_resync(body, envelope);
    case Kind::generate:
      return reply_generate(request.id, body);
    case Kind::upload:
      return reply_upload(request.upload, body, now);
    case Kind::fetch:
      return reply_fetch(request.id, body);
    case Kind::preview:
      return reply_preview(request.id, body);
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
  } else if (error->error == kBlobNotFound && forget_uploads(*flight)) {
    retry(id, "the worker has lost its files");
  } else {
    fail(id, peer_text(error->error));
  }
  return true;
}

bool ClientSession::reply_upload(const std::string& digest, const MessageBody& body, Time now) {
  const auto* stored = std::get_if<BlobStoredMessage>(&body);
  const auto* error = std::get_if<ErrorMessage>(&body);
  if (stored != nullptr && stored->digest == digest) {
    end_upload(digest, {}, now);
    return true;
  }
  if (error != nullptr) {
    end_upload(digest, "one of its files was refused: " + peer_text(error->message), now);
  }
  return error != nullptr;
}

/// True when there were some: then they are sent again.
bool ClientSession::forget_uploads(const Flight& flight) {
  bool some = false;
  for (const Upload& upload : flight.uploads) some = uploaded_.erase(upload.digest) > 0 || some;
  return some;
}

/// All jobs that waited for this file go on, or fail when there is a refusal.
void ClientSession::end_upload(const std::string& digest, const std::string& refusal, Time now) {
  uploading_.erase(digest);
  if (refusal.empty()) uploaded_.insert(digest);
  std::vector<std::pair<std::uint64_t, std::string>> waiting;
  for (const auto& [id, flight] : flights_) {
    if (flight.stage != Stage::uploading) continue;
    const auto found = std::ranges::find(flight.uploads, digest, &Upload::digest);
    if (found != flight.uploads.end()) waiting.emplace_back(flight.submission, id);
  }
  std::ranges::sort(waiting);
  for (const auto& [submission, id] : waiting) {
    if (!refusal.empty()) {
      fail(id, refusal);
    } else if (Flight* flight = find(id); has_all(*flight)) {
      send_generate(id, *flight, now);
    }
  }
}

bool ClientSession::reply_fetch(const std::string& id, MessageBody& body) {
  Flight* flight = find(id);
  if (flight == nullptr || flight->stage != Stage::fetching) return true;
  auto* blob = std::get_if<BlobMessage>(&body);
  const auto* error = std::get_if<ErrorMessage>(&body);
  if (blob == nullptr && error == nullptr) return false;
  if (error != nullptr && error->message == kBackendBusy) return false;  // its deadline asks again
  fetching_bytes_ -= flight->result.size;
  flight->stage = Stage::wanting_picture;
  if (error != nullptr) {
    retry(id, "its picture is gone: " + peer_text(error->message));
  } else {
    take_picture(id, *flight, std::move(*blob));
  }
  return true;
}

bool ClientSession::reply_preview(const std::string& id, MessageBody& body) {
  auto* blob = std::get_if<BlobMessage>(&body);
  if (blob == nullptr && !std::holds_alternative<ErrorMessage>(body)) return false;
  --open_previews_;
  Flight* flight = find_open(id);
  if (flight == nullptr) return true;  // what it will be is there already
  const std::string digest = std::exchange(flight->preview, {});
  const bool is_right =
      blob != nullptr && blob->digest == digest && sha256(blob->bytes.view()).hex() == digest;
  if (is_right && events_.size() < kMostEvents) {
    events_.push_back(
        preview_event(flight->key, flight->preview_step, std::move(blob->bytes).take()));
  }
  return true;
}

void ClientSession::take_picture(const std::string& id, Flight& flight, BlobMessage blob) {
  const bool is_right = blob.digest == flight.result.sha256 &&
                        blob.bytes.size() == flight.result.size &&
                        sha256(blob.bytes.view()).hex() == flight.result.sha256;
  if (!is_right) {
    if (++flight.bad_pictures >= kMaxBadPictures) {
      fail(id, "the worker's picture does not have the digest that it named");
      return;
    }
    pictures_.push_back(id);
    return;
  }
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::done;
  event.raw = {.key = flight.key,
               .png = std::move(blob.bytes).take(),
               .placeholder = flight.result.placeholder};
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
  } else if (const auto* preview = std::get_if<PreviewMessage>(&body)) {
    fetch_preview(preview->job_id, *preview, now);
  } else if (const auto* done = std::get_if<JobCompleteMessage>(&body)) {
    complete(done->job_id, done->result);
  } else if (const auto* error = std::get_if<JobErrorMessage>(&body)) {
    if (Flight* flight = find_open(error->job_id)) doubt(*flight);
  } else if (std::holds_alternative<UnknownMessage>(body)) {
    ++counters_.unknown_types;
  }
  if (resync_wanted_) resync(now);
  pump(now);
}

/// An update that tells of a failure may be one of an earlier attempt, which another client made:
/// the snapshot says how ours stands.
void ClientSession::doubt(Flight& flight) {
  if (flight.stage == Stage::accepted) resync_wanted_ = true;
  flight.doubtful = flight.stage == Stage::sent;
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
  if (std::exchange(flight.doubtful, false)) resync_wanted_ = true;
  if (std::exchange(flight.told_accepted, true)) return;
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::accepted;
  event.key = flight.key;
  events_.push_back(std::move(event));
}

void ClientSession::note_progress(Flight& flight, const ProgressMessage& progress) {
  if (events_.size() < kMostEvents) events_.push_back(progress_event(flight.key, progress));
}

/// One at a time of a job. A preview that is missed is followed by another one.
void ClientSession::fetch_preview(const std::string& id, const PreviewMessage& preview, Time now) {
  Flight* flight = find_open(id);
  const bool wanted = limits_.previews && flight != nullptr && flight->preview.empty() &&
                      open_previews_ < kMaxOpenPreviews && preview.image &&
                      preview.image->size <= kMaxPreview && Digest::parse(preview.image->sha256);
  if (!wanted) return;
  flight->preview = preview.image->sha256;
  flight->preview_step = preview.step;
  ++open_previews_;
  send({.kind = Kind::preview, .id = id, .first_sent = now}, BlobGetMessage{flight->preview}, now);
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
  if (found->second.stage == Stage::fetching) fetching_bytes_ -= found->second.result.size;
  flights_.erase(found);
}

void ClientSession::lose(std::string message, std::string hint) {
  lost_ = Error{ErrorKind::worker, std::move(message), std::move(hint)};
}

}  // namespace dgxp
