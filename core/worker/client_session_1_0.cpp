#include "core/worker/client_session_1_0.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/job_message.hpp"
#include "core/worker/progress_event.hpp"

namespace dgxp {
namespace {

constexpr std::chrono::milliseconds kReadAgainAfter{50};
constexpr std::chrono::milliseconds kLongestIdleWait{500};

/// A file that is still being written ends early.
bool is_whole_png(ByteView bytes) {
  constexpr std::array<std::uint8_t, 8> kHead{0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a};
  constexpr std::array<std::uint8_t, 12> kTail{0,   0,   0,    0,    'I',  'E',
                                               'N', 'D', 0xae, 0x42, 0x60, 0x82};
  return bytes.size() >= kHead.size() + kTail.size() &&
         std::ranges::equal(bytes.first(kHead.size()), kHead) &&
         std::ranges::equal(bytes.last(kTail.size()), kTail);
}

}  // namespace

ClientSession10::ClientSession10(std::string address, SessionLimits limits,
                                 PictureReader read_picture)
    : address_(std::move(address)), limits_(limits), read_picture_(std::move(read_picture)) {}

void ClientSession10::submit(const Job& job, Time now) {
  const auto [flight, is_new] = flights_.try_emplace(job.key.hex());
  if (!is_new) return;
  if (flights_.size() == 1) last_heard_ = last_moved_ = last_probe_ = now;
  flight->second.key = job.key;
  flight->second.request = make_generate(job);
  waiting_.push_back(flight->first);
  pump(now);
}

void ClientSession10::cancel_all(Time now) {
  for (const auto& [id, flight] : flights_) {
    if (flight.stage == Stage::running) cancels_.push_back(id);
  }
  flights_.clear();
  waiting_.clear();
  reading_.clear();
  events_.clear();
  in_flight_ = 0;
  probe_wanted_ = false;
  pump(now);
}

std::size_t ClientSession10::open_cancels() const {
  return cancels_.size() + (open_ && open_->kind == Kind::cancel ? 1 : 0);
}

bool ClientSession10::take_reopening() {
  return std::exchange(reopening_, false);
}
std::vector<Bytes> ClientSession10::take_outgoing() {
  return std::exchange(outgoing_, {});
}
std::optional<WorkerEvent> ClientSession10::next_event() {
  if (events_.empty()) return std::nullopt;
  WorkerEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

// ---- Requests, one at a time

void ClientSession10::pump(Time now) {
  if (open_ || lost_) return;
  if (!cancels_.empty()) {
    const std::string id = std::move(cancels_.front());
    cancels_.pop_front();
    send(Kind::cancel, id, CancelMessage{id}, now);
  } else if (std::exchange(probe_wanted_, false)) {
    last_probe_ = now;
    ++counters_.resyncs;
    send(Kind::status, {}, StatusMessage{}, now);
  } else if (in_flight_ < limits_.window && !waiting_.empty()) {
    const std::string id = std::move(waiting_.front());
    waiting_.pop_front();
    Flight& flight = flights_.at(id);
    ++in_flight_;
    if (++flight.attempts > 1) ++counters_.resent;
    flight.stage = Stage::running;
    flight.failed_silently = false;
    was_idle_ = false;
    send(Kind::generate, id, flight.request, now);
  }
}

void ClientSession10::send(Kind kind, const std::string& id, MessageBody body, Time now) {
  outgoing_.push_back(encode_message({std::move(body)}));
  open_ = OpenRequest{.kind = kind, .id = id, .deadline = now + limits_.reply_timeout};
}

void ClientSession10::give_up_on_reply(Time now) {
  open_.reset();
  reopening_ = true;
  // Whether the worker has got it is for the next status to say.
  probe_wanted_ = !flights_.empty();
  pump(now);
}

// ---- Replies

void ClientSession10::take_reply(ByteView bytes, Time now) {
  const DecodedMessage decoded = decode_message(bytes);
  if (!decoded.body) {
    ++counters_.malformed;
    return;
  }
  if (!open_ || !reply(*open_, *decoded.body, now)) {
    ++counters_.stray_replies;
    return;
  }
  last_heard_ = std::max(last_heard_, now);
  open_.reset();
  pump(now);
}

/// Whether this can be the reply to that request.
bool ClientSession10::reply(const OpenRequest& request, const MessageBody& body, Time now) {
  switch (request.kind) {
    case Kind::generate:
      return reply_generate(request.id, body, now);
    case Kind::status: {
      const auto* status = std::get_if<StatusInfoMessage>(&body);
      if (status != nullptr) take_status(*status);
      return status != nullptr || std::holds_alternative<ErrorMessage>(body);
    }
    case Kind::cancel:
      break;
  }
  return std::holds_alternative<JobCancelledMessage>(body) ||
         std::holds_alternative<JobErrorMessage>(body) ||
         std::holds_alternative<ErrorMessage>(body);
}

bool ClientSession10::reply_generate(const std::string& id, const MessageBody& body, Time now) {
  if (const auto* error = std::get_if<ErrorMessage>(&body)) {
    fail(id, peer_text(error->message));
    return true;
  }
  if (const auto* yes = std::get_if<JobAcceptedMessage>(&body)) {
    if (yes->job_id != id) return false;
    if (Flight* flight = find_running(id)) moved(*flight, now);
    return true;
  }
  if (const auto* done = std::get_if<JobCompleteMessage>(&body)) {
    if (done->job_id != id) return false;
    take_news(body, now);
    return true;
  }
  const auto* failed = std::get_if<JobErrorMessage>(&body);
  if (failed == nullptr || failed->job_id != id) return false;
  fail(id, peer_text(failed->error));
  return true;
}

void ClientSession10::take_status(const StatusInfoMessage& status) {
  const bool is_idle = status.queue_size == 0 && status.active_jobs == 0;
  if (is_idle && was_idle_) take_losses();
  was_idle_ = is_idle;
}

/// The worker has no job, and our own are not finished: what told of their end is lost, or they
/// are.
void ClientSession10::take_losses() {
  std::vector<std::string> lost;
  for (const auto& [id, flight] : flights_) {
    if (flight.stage == Stage::running) lost.push_back(id);
  }
  for (const std::string& id : lost) {
    Flight& flight = flights_.at(id);
    if (flight.failed_silently) {
      fail(id, "the worker gives no reason");
    } else if (flight.attempts >= limits_.max_attempts) {
      fail(id, fmt::format("the worker has lost it, {} times", flight.attempts));
    } else {
      flight.stage = Stage::waiting;
      --in_flight_;
      waiting_.push_back(id);
    }
  }
}

// ---- Updates

void ClientSession10::take_update(ByteView bytes, Time now) {
  const DecodedMessage decoded = decode_message(bytes);
  if (!decoded.body) {
    ++counters_.malformed;
    return;
  }
  last_heard_ = std::max(last_heard_, now);
  if (std::holds_alternative<UnknownMessage>(*decoded.body)) ++counters_.unknown_types;
  take_news(*decoded.body, now);
  pump(now);
}

void ClientSession10::take_news(const MessageBody& body, Time now) {
  const auto flight_of = [&](const std::string& id) {
    Flight* flight = find_running(id);
    if (flight != nullptr) moved(*flight, now);
    return flight;
  };
  if (const auto* started = std::get_if<JobStartedMessage>(&body)) {
    static_cast<void>(flight_of(started->job_id));
  } else if (const auto* progress = std::get_if<ProgressMessage>(&body)) {
    if (Flight* flight = flight_of(progress->job_id)) note_progress(*flight, *progress);
  } else if (const auto* preview = std::get_if<PreviewMessage>(&body)) {
    if (Flight* flight = flight_of(preview->job_id)) note_preview(*flight, *preview);
  } else if (const auto* finished = std::get_if<JobFinishedMessage>(&body)) {
    if (Flight* flight = flight_of(finished->job_id)) flight->failed_silently = !finished->success;
  } else if (const auto* done = std::get_if<JobCompleteMessage>(&body)) {
    if (flight_of(done->job_id) != nullptr) start_reading(done->job_id, done->image_path, now);
  } else if (const auto* error = std::get_if<JobErrorMessage>(&body)) {
    if (flight_of(error->job_id) != nullptr) fail(error->job_id, peer_text(error->error));
  }
}

/// There is news of a job that the worker has.
void ClientSession10::moved(Flight& flight, Time now) {
  last_moved_ = std::max(last_moved_, now);
  was_idle_ = false;
  if (std::exchange(flight.told_accepted, true)) return;
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::accepted;
  event.key = flight.key;
  events_.push_back(std::move(event));
}

void ClientSession10::note_progress(Flight& flight, const ProgressMessage& progress) {
  if (events_.size() < kMostEvents) events_.push_back(progress_event(flight.key, progress));
}

void ClientSession10::note_preview(Flight& flight, const PreviewMessage& preview) {
  if (!limits_.previews || events_.size() >= kMostEvents) return;
  auto picture = read_picture_(preview.image_path);
  if (!picture || !is_whole_png(*picture)) return;  // the next one may be there
  events_.push_back(preview_event(flight.key, preview.step, *std::move(picture)));
}

// ---- Pictures

void ClientSession10::start_reading(const std::string& id, const std::string& path, Time now) {
  Flight& flight = flights_.at(id);
  flight.stage = Stage::reading;
  flight.path = path;
  flight.reading_since = now;
  reading_.insert(id);
  read_pictures(now);
}

/// A folder on another machine may show a file later than the message that names it.
void ClientSession10::read_pictures(Time now) {
  next_read_ = now + kReadAgainAfter;
  for (const std::string& id : std::vector<std::string>(reading_.begin(), reading_.end())) {
    const Flight& flight = flights_.at(id);
    auto picture = read_picture_(flight.path);
    if (picture && !is_whole_png(*picture)) {
      picture = Error{ErrorKind::worker,
                      fmt::format("'{}' is no whole PNG", escape_for_terminal(flight.path))};
    }
    if (picture) {
      WorkerEvent event;
      event.kind = WorkerEvent::Kind::done;
      event.raw = {.key = flight.key, .png = *std::move(picture), .placeholder = false};
      land(id, std::move(event));
    } else if (now - flight.reading_since >= limits_.reply_timeout) {
      fail(id, "its picture cannot be read: " + picture.error().message);
    }
  }
}

void ClientSession10::fail(const std::string& id, std::string why) {
  if (!flights_.contains(id)) return;
  WorkerEvent event;
  event.kind = WorkerEvent::Kind::failed;
  event.error = std::move(why);
  land(id, std::move(event));
}

void ClientSession10::land(const std::string& id, WorkerEvent event) {
  const auto found = flights_.find(id);
  event.key = found->second.key;
  events_.push_back(std::move(event));
  --in_flight_;
  reading_.erase(id);
  flights_.erase(found);
}

void ClientSession10::lose(std::string message, std::string hint) {
  lost_ = Error{ErrorKind::worker, std::move(message), std::move(hint)};
}

ClientSession10::Flight* ClientSession10::find_running(const std::string& id) {
  const auto found = flights_.find(id);
  const bool runs = found != flights_.end() && found->second.stage == Stage::running;
  return runs ? &found->second : nullptr;
}

// ---- Time

/// After a first idle status the second one comes sooner.
ClientSession10::Time ClientSession10::probe_due() const {
  if (was_idle_) return last_probe_ + std::min(limits_.probe_after, kLongestIdleWait);
  return std::max(last_moved_, last_probe_) + limits_.probe_after;
}

void ClientSession10::on_time(Time now) {
  if (lost_) return;
  if (!reading_.empty() && now >= next_read_) read_pictures(now);
  if (open_ && open_->deadline <= now) give_up_on_reply(now);
  if (flights_.empty()) {
    pump(now);
    return;
  }
  if (now - last_heard_ >= limits_.silence_limit) {
    lose(fmt::format("the worker at {} has been silent for {:g} s", address_,
                     std::chrono::duration<double>(limits_.silence_limit).count()),
         "what was drawn is kept: start the worker again, then the build");
  } else if (now - last_moved_ >= limits_.stall_limit) {
    lose(fmt::format("the worker at {} has finished nothing for {} minutes", address_,
                     limits_.stall_limit.count()),
         "look at what the worker is doing");
  } else if (in_flight_ > reading_.size() && now >= probe_due()) {
    probe_wanted_ = !open_ || open_->kind != Kind::status;
  }
  pump(now);
}

ClientSession10::Time ClientSession10::next_due() const {
  Time due = open_ ? open_->deadline : Time::max();
  if (flights_.empty()) return due;
  due = std::min({due, last_heard_ + limits_.silence_limit, last_moved_ + limits_.stall_limit});
  if (!open_ && in_flight_ > reading_.size()) due = std::min(due, probe_due());
  return reading_.empty() ? due : std::min(due, next_read_);
}

}  // namespace dgxp
