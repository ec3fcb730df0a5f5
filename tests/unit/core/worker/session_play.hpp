#pragma once

#include <doctest/doctest.h>

#include "core/worker/client_session.hpp"
#include "worker_test_support.hpp"

namespace dgxp::test {

inline constexpr std::uint64_t kEpoch = 42;
inline constexpr SessionLimits kLimits{
    .reply_timeout = 5s, .silence_limit = 30s, .probe_after = 10s};

struct Request {
  std::uint64_t rid = 0;
  MessageBody body;
};

/// A session and the worker's end of its two connections.
class Play {
 public:
  explicit Play(SessionLimits limits = kLimits) : session("tcp://worker", limits, 1000) {}

  /// Past the first `status`.
  void open(std::vector<std::string> capabilities = {}) {
    session.open(now);
    StatusInfoMessage info = status();
    info.capabilities = std::move(capabilities);
    info.placeholder = true;
    reply(next_request(), info, 10);
    REQUIRE(session.is_open());
  }
  std::vector<Request> requests() {
    std::vector<Request> all;
    for (const Bytes& bytes : session.take_outgoing()) {
      DecodedMessage decoded = decode_message(bytes);
      REQUIRE(decoded.body);
      REQUIRE(decoded.envelope.rid);
      CHECK(decoded.envelope.v == "1.1");
      all.push_back({*decoded.envelope.rid, *std::move(decoded.body)});
    }
    return all;
  }
  Request next_request() {
    auto all = requests();
    REQUIRE(all.size() == 1);
    return all.front();
  }
  void reply(const Request& request, MessageBody body, std::optional<std::uint64_t> seq = {}) {
    session.take_reply(
        encode_message(
            {std::move(body), {.rid = request.rid, .v = "1.1", .epoch = epoch, .seq = seq}}),
        now);
  }
  void update(std::uint64_t seq, MessageBody body) {
    session.take_update(encode_message({std::move(body), {.epoch = epoch, .seq = seq, .jseq = 1}}),
                        now);
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    session.on_time(now);
  }
  /// "accepted", "progress sampling 1/4", "done TEXT", "failed WHY", one a line.
  std::string events() {
    std::string text;
    while (auto event = session.next_event()) {
      switch (event->kind) {
        case WorkerEvent::Kind::accepted:
          text += "accepted\n";
          break;
        case WorkerEvent::Kind::progress:
          text += "progress " + event->stage + " " + std::to_string(event->step) + "/" +
                  std::to_string(event->total_steps) + "\n";
          break;
        case WorkerEvent::Kind::preview:
          text += "preview " + std::to_string(event->step) + " " +
                  std::string(as_text(event->picture)) + "\n";
          break;
        case WorkerEvent::Kind::done:
          CHECK(event->raw.key == event->key);
          text += "done " + std::string(as_text(event->raw.png)) +
                  (event->raw.placeholder ? " (placeholder)\n" : "\n");
          break;
        case WorkerEvent::Kind::failed:
          text += "failed " + event->error + "\n";
          break;
      }
    }
    return text;
  }
  static StatusInfoMessage status(std::vector<JobEntry> jobs = {}) {
    StatusInfoMessage info;
    info.version = "1.1.0";
    info.jobs = std::move(jobs);
    return info;
  }

  ClientSession::Time now{1h};
  std::uint64_t epoch = kEpoch;
  ClientSession session;
};

inline std::string id_of(const Job& job) {
  return job.key.hex();
}
inline JobAcceptedMessage yes(const Job& job) {
  return {id_of(job), 1.0};
}
inline ResultEntry result_of(std::string_view picture, bool placeholder = false) {
  return {sha256(picture).hex(), picture.size(), placeholder};
}
inline JobCompleteMessage complete(const Job& job, std::string_view picture) {
  return {id_of(job), "", 1.0, result_of(picture)};
}
inline BlobMessage blob(std::string_view picture) {
  return {sha256(picture).hex(), to_bytes(picture)};
}
template <typename Body>
bool is(const Request& request) {
  return std::holds_alternative<Body>(request.body);
}

/// A job that the worker has accepted.
inline Job accepted_job(Play& play, int number = 1) {
  const Job job = make_job(number);
  play.session.submit(job, play.now);
  play.reply(play.next_request(), yes(job));
  CHECK(play.events() == "accepted\n");
  return job;
}

}  // namespace dgxp::test
