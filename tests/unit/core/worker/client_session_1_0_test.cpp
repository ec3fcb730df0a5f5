// The rules by which a worker of 1.0 loses no job and is asked for none twice, played by hand.
#include "core/worker/client_session_1_0.hpp"

#include <doctest/doctest.h>

#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

constexpr SessionLimits kLimits{.reply_timeout = 5s, .silence_limit = 30s, .probe_after = 10s};

std::string png(std::string_view content) {
  return std::string("\x89PNG\r\n\x1a\n", 8) + std::string(content) +
         std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12);
}

/// A session and its worker, one request at a time.
class OldPlay {
 public:
  explicit OldPlay(SessionLimits limits = kLimits)
      : session("tcp://worker", limits, [this](const std::string& path) -> Result<Bytes> {
          const auto found = files.find(path);
          if (found == files.end()) return Error{ErrorKind::storage, "there is no " + path};
          return to_bytes(found->second);
        }) {}

  /// What goes out next: "status", "generate 1", "cancel 1", each after "reopen " where the socket
  /// is new; or "nothing".
  std::string sent() {
    std::string text = session.take_reopening() ? "reopen " : "";
    for (const Bytes& bytes : session.take_outgoing()) {
      const DecodedMessage decoded = decode_message(bytes);
      REQUIRE(decoded.body);
      CHECK(decoded.envelope == Envelope{});
      if (const auto* generate = std::get_if<GenerateMessage>(&*decoded.body)) {
        text += "generate " + name_of(generate->id);
      } else if (const auto* cancel = std::get_if<CancelMessage>(&*decoded.body)) {
        text += "cancel " + name_of(cancel->job_id);
      } else {
        text += std::holds_alternative<StatusMessage>(*decoded.body) ? "status" : "another";
      }
    }
    return text.empty() ? "nothing" : text;
  }
  void reply(MessageBody body) { session.take_reply(encode_message({std::move(body)}), now); }
  void update(MessageBody body) { session.take_update(encode_message({std::move(body)}), now); }
  void pass(std::chrono::milliseconds time) {
    now += time;
    session.on_time(now);
  }
  std::string events() {
    std::string text;
    while (auto event = session.next_event()) {
      const std::string name = name_of(event->key.hex());
      switch (event->kind) {
        case WorkerEvent::Kind::accepted:
          text += "accepted " + name + "\n";
          break;
        case WorkerEvent::Kind::progress:
          text += "progress " + name + " " + event->stage + " " + std::to_string(event->step) +
                  "/" + std::to_string(event->total_steps) + "\n";
          break;
        case WorkerEvent::Kind::preview:
          text += "preview " + name + " " + std::to_string(event->step) + "\n";
          break;
        case WorkerEvent::Kind::done:
          text += "done " + name + " " + std::to_string(event->raw.png.size()) + "\n";
          break;
        case WorkerEvent::Kind::failed:
          text += "failed " + name + " " + event->error + "\n";
          break;
      }
    }
    return text;
  }
  static std::string name_of(const std::string& id) {
    for (int i = 1; i < 10; ++i) {
      if (id == make_job(i).key.hex()) return std::to_string(i);
    }
    return id;
  }
  void submit(int number) { session.submit(make_job(number), now); }
  /// Submitted and accepted.
  void start(int number) {
    submit(number);
    CHECK(sent() == "generate " + std::to_string(number));
    reply(yes(number));
    CHECK(events() == "accepted " + std::to_string(number) + "\n");
  }
  static std::string id(int number) { return make_job(number).key.hex(); }
  static JobAcceptedMessage yes(int number) { return {id(number), 1.0}; }
  static StatusInfoMessage status(std::uint32_t queued, std::uint32_t active) {
    StatusInfoMessage info;
    info.version = "1.0.0";
    info.queue_size = queued;
    info.active_jobs = active;
    return info;
  }

  WireSession::Time now{1h};
  std::map<std::string, std::string> files;
  ClientSession10 session;
};

}  // namespace

TEST_CASE("a 1.0 session sends one request at a time and reads the picture that is named") {
  OldPlay play;
  play.files["out/1.png"] = png("one");
  play.submit(1);
  play.submit(2);
  CHECK(play.sent() == "generate 1");
  play.reply(OldPlay::yes(1));
  CHECK(play.sent() == "generate 2");
  play.update(JobStartedMessage{OldPlay::id(1), 1});
  play.update(ProgressMessage{OldPlay::id(1), "sampling", 100, 30, 50, 1});
  play.update(JobFinishedMessage{OldPlay::id(1), true, 1});
  play.update(JobCompleteMessage{OldPlay::id(1), "out/1.png", 1, {}});
  CHECK(play.events() == "accepted 1\nprogress 1 sampling 30/30\ndone 1 23\n");
  play.reply(OldPlay::yes(2));
  CHECK(play.sent() == "nothing");
}

TEST_CASE("a 1.0 session opens its socket anew instead of taking a late reply for another") {
  OldPlay play;
  play.submit(1);
  play.submit(2);
  CHECK(play.sent() == "generate 1");
  play.pass(5s);
  CHECK(play.sent() == "reopen status");
  play.reply(OldPlay::yes(1));  // on the new socket nobody can have sent it
  CHECK(play.session.counters().stray_replies == 1);
  play.reply(OldPlay::status(1, 0));
  CHECK(play.sent() == "generate 2");
  play.reply(OldPlay::yes(2));
  CHECK(play.events() == "accepted 2\n");
}

TEST_CASE("a 1.0 session sends a job again only when the worker has none, twice") {
  OldPlay play;
  play.submit(1);
  CHECK(play.sent() == "generate 1");
  play.pass(5s);
  CHECK(play.sent() == "reopen status");
  play.reply(OldPlay::status(0, 1));
  play.pass(10s);
  CHECK(play.sent() == "status");
  play.reply(OldPlay::status(0, 0));
  CHECK(play.sent() == "nothing");
  play.pass(500ms);
  CHECK(play.sent() == "status");
  play.reply(OldPlay::status(0, 0));
  CHECK(play.sent() == "generate 1");
}

TEST_CASE("a 1.0 session believes news more than an idle status") {
  OldPlay play;
  play.files["a"] = png("");
  play.start(1);
  play.pass(10s);
  CHECK(play.sent() == "status");
  play.reply(OldPlay::status(0, 0));
  play.update(ProgressMessage{OldPlay::id(1), "sampling", 1, 30, 3, 1});
  play.pass(10s);
  CHECK(play.sent() == "status");
  play.reply(OldPlay::status(0, 0));
  play.update(JobCompleteMessage{OldPlay::id(1), "a", 1, {}});
  CHECK(play.events() == "progress 1 sampling 1/30\ndone 1 20\n");
  play.pass(10s);
  CHECK(play.sent() == "nothing");
}

TEST_CASE("a 1.0 session gives a job up that the worker loses every time") {
  OldPlay play;
  play.start(1);
  for (int attempt = 1; attempt <= 5; ++attempt) {
    play.pass(10s);
    CHECK(play.sent() == "status");
    play.reply(OldPlay::status(0, 0));
    play.pass(500ms);
    CHECK(play.sent() == "status");
    play.reply(OldPlay::status(0, 0));
    if (attempt == 5) break;
    CHECK(play.sent() == "generate 1");
    play.reply(OldPlay::yes(1));
  }
  CHECK(play.events() == "failed 1 the worker has lost it, 5 times\n");
  CHECK(play.session.counters().resent == 4);
}

TEST_CASE("a 1.0 session fails a job with the worker's words, or without when they are lost") {
  OldPlay play;
  play.start(1);
  play.update(JobFinishedMessage{OldPlay::id(1), false, 0});
  play.update(JobErrorMessage{OldPlay::id(1), "out of memory\x1b[2J", false});
  CHECK(play.events() == "failed 1 out of memory\\x1b[2J\n");
  play.start(2);
  play.update(JobFinishedMessage{OldPlay::id(2), false, 0});
  play.pass(10s);
  play.reply(OldPlay::status(0, 0));
  play.pass(500ms);
  play.reply(OldPlay::status(0, 0));
  CHECK(play.events() == "failed 2 the worker gives no reason\n");
}

TEST_CASE("a 1.0 session fails a job that the worker refuses") {
  OldPlay play;
  play.submit(1);
  play.reply(ErrorMessage{"Model not found: x"});
  play.submit(2);
  play.reply(JobErrorMessage{OldPlay::id(2), "Queue full", false});
  CHECK(play.events() == "failed 1 Model not found: x\nfailed 2 Queue full\n");
}

TEST_CASE("a 1.0 session waits for a file that is late or not whole yet, up to a limit") {
  OldPlay play;
  play.start(1);
  play.update(JobCompleteMessage{OldPlay::id(1), "a", 1, {}});
  play.pass(1s);
  play.files["a"] = png("content").substr(0, 20);
  play.pass(1s);
  CHECK(play.events().empty());
  play.files["a"] = png("content");
  play.pass(1s);
  CHECK(play.events() == "done 1 27\n");

  play.start(2);
  play.update(JobCompleteMessage{OldPlay::id(2), "../../etc/passwd", 1, {}});
  play.pass(5s);
  CHECK(play.events() == "failed 2 its picture cannot be read: there is no ../../etc/passwd\n");
}

TEST_CASE("a 1.0 session drops replies that no open request can have") {
  OldPlay play;
  play.submit(1);
  CHECK(play.sent() == "generate 1");
  play.reply(OldPlay::yes(2));
  play.reply(PongMessage{});
  play.reply(OldPlay::status(0, 0));
  play.session.take_reply(to_bytes("garbage"), play.now);
  CHECK(play.session.counters().stray_replies == 3);
  CHECK(play.session.counters().malformed == 1);
  CHECK(play.events().empty());
  play.reply(OldPlay::yes(1));
  play.reply(OldPlay::yes(1));
  CHECK(play.session.counters().stray_replies == 4);
  CHECK(play.events() == "accepted 1\n");
}

TEST_CASE("a 1.0 session keeps to its window and cancels what is out, one by one") {
  SessionLimits limits = kLimits;
  limits.window = 2;
  OldPlay play(limits);
  for (int i = 1; i <= 3; ++i) play.submit(i);
  CHECK(play.sent() == "generate 1");
  play.reply(OldPlay::yes(1));
  CHECK(play.sent() == "generate 2");
  play.reply(OldPlay::yes(2));
  CHECK(play.sent() == "nothing");
  play.session.cancel_all(play.now);
  CHECK(play.session.open_cancels() == 2);
  CHECK(play.sent() == "cancel " + std::string(OldPlay::id(1) < OldPlay::id(2) ? "1" : "2"));
  play.reply(JobCancelledMessage{OldPlay::id(1)});
  play.reply(JobErrorMessage{OldPlay::id(2), "Job not found or already completed", false});
  CHECK(play.session.open_cancels() == 0);
  CHECK(play.events().empty());
}

TEST_CASE("a 1.0 session loses a worker that is silent") {
  OldPlay play;
  play.start(1);
  for (int i = 0; i < 5; ++i) play.pass(5s);
  CHECK_FALSE(play.session.lost());
  play.pass(5s);
  REQUIRE(play.session.lost());
  CHECK(play.session.lost()->message == "the worker at tcp://worker has been silent for 30 s");
}

TEST_CASE("a 1.0 session shows previews when it is asked to") {
  SessionLimits limits = kLimits;
  limits.previews = true;
  OldPlay play(limits);
  play.files["p"] = png("");
  play.start(1);
  play.update(PreviewMessage{OldPlay::id(1), "missing", 3, {}});
  play.update(PreviewMessage{OldPlay::id(1), "p", 4, {}});
  CHECK(play.events() == "preview 1 4\n");
}
