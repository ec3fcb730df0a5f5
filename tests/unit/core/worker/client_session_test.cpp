// The rules by which no job is lost, against a worker that this test plays by hand, with a clock
// that it moves by hand.
#include "session_play.hpp"

using namespace dgxp;
using namespace dgxp::test;

TEST_CASE("a session tells of a job from acceptance to picture") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.update(11, JobStartedMessage{id_of(job), 1});
  play.update(12, ProgressMessage{id_of(job), "sampling", 1, 4, 25, 2});
  play.update(13, complete(job, "picture"));
  const Request fetch = play.next_request();
  CHECK(fetch.body == MessageBody(BlobGetMessage{sha256("picture").hex()}));
  play.reply(fetch, blob("picture"));
  CHECK(play.events() == "progress sampling 1/4\ndone picture\n");
  CHECK(play.session.makes_placeholders());
  CHECK(play.requests().empty());
}

TEST_CASE("a session without an answer says so after the reply timeout") {
  Play play;
  play.session.open(play.now);
  play.pass(4999ms);
  CHECK_FALSE(play.session.lost());
  play.pass(1ms);
  REQUIRE(play.session.lost());
  CHECK(play.session.lost()->message == "no worker answers at tcp://worker");
  CHECK(play.session.lost()->hint == "is `dgxp worker` running? see --worker");
}

TEST_CASE("a session knows a worker of 1.0 by its first answer") {
  Play play;
  play.session.open(play.now);
  play.session.take_reply(encode_message({Play::status()}), play.now);
  CHECK(play.session.has_met_1_0());
  CHECK_FALSE(play.session.is_open());
  CHECK_FALSE(play.session.lost());
}

TEST_CASE("a session sends an unanswered request again and drops the late reply") {
  Play play;
  play.open();
  const Job job = make_job(1);
  play.session.submit(job, play.now);
  const Request first = play.next_request();
  play.pass(5s);
  const Request second = play.next_request();
  CHECK(second.rid != first.rid);
  CHECK(second.body == first.body);
  play.reply(first, JobErrorMessage{id_of(job), "late and wrong", false});
  CHECK(play.session.counters().stray_replies == 1);
  CHECK(play.events().empty());
  play.reply(second, yes(job));
  play.reply(second, yes(job));
  CHECK(play.session.counters().stray_replies == 2);
  CHECK(play.events() == "accepted\n");
}

TEST_CASE("a session drops replies that do not fit their request") {
  Play play;
  play.open();
  const Job job = make_job(1);
  play.session.submit(job, play.now);
  const Request generate = play.next_request();
  play.reply(generate, PongMessage{});
  play.reply(generate, yes(make_job(2)));
  play.reply(generate, complete(make_job(2), "foreign"));
  play.reply(generate, blob("foreign"));
  CHECK(play.session.counters().stray_replies == 4);
  CHECK(play.events().empty());
  play.reply(generate, yes(job));
  CHECK(play.events() == "accepted\n");
}

TEST_CASE("a session fails a job that a living worker does not answer") {
  Play play;
  play.open();
  play.session.submit(make_job(1), play.now);
  std::uint64_t seq = 10;
  for (int i = 0; i < 4; ++i) {
    CHECK(is<GenerateMessage>(play.next_request()));
    play.update(++seq, JobStartedMessage{"of somebody else", 1});
    play.pass(5s);
  }
  CHECK(play.events() == "failed the worker at tcp://worker did not answer 4 times\n");
}

TEST_CASE("a session asks for the state of its jobs when an update is missing") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.update(13, JobStartedMessage{"of somebody else", 1});
  const Request resync = play.next_request();
  CHECK(resync.body == MessageBody(StatusMessage{{id_of(job)}, {}}));
  play.reply(resync, Play::status({{id_of(job), "done", 0, 0, 12, result_of("p", true), ""}}), 13);
  const Request fetch = play.next_request();
  play.reply(fetch, blob("p"));
  CHECK(play.events() == "done p (placeholder)\n");
  CHECK(play.session.counters().resyncs == 1);
}

TEST_CASE("a session learns from a heartbeat that it has missed updates") {
  Play play;
  play.open();
  accepted_job(play);
  play.update(10, Play::status());
  CHECK(play.requests().empty());
  play.update(12, Play::status());
  CHECK(is<StatusMessage>(play.next_request()));
}

TEST_CASE("a session asks for its jobs when nothing has moved for a while") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.pass(9s);
  CHECK(play.requests().empty());
  play.pass(1s);
  const Request probe = play.next_request();
  CHECK(probe.body == MessageBody(StatusMessage{{id_of(job)}, {}}));
  play.reply(probe, Play::status({{id_of(job), "failed", 0, 0, 12, {}, "out of memory"}}), 12);
  CHECK(play.events() == "failed out of memory\n");
}

TEST_CASE("a session sends its jobs again to a worker that has started anew") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.epoch = 43;
  play.update(0, Play::status());
  const Request resync = play.next_request();
  play.reply(resync, Play::status({{id_of(job), "unknown", 0, 0, 0, {}, ""}}), 0);
  CHECK(play.session.counters().new_epochs == 1);
  const Request generate = play.next_request();
  CHECK(is<GenerateMessage>(generate));
  play.reply(generate, yes(job));
  play.update(1, complete(job, "p"));
  play.reply(play.next_request(), blob("p"));
  CHECK(play.events() == "done p\n");
}

TEST_CASE("a session gives a job up that every worker loses") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  for (int start = 2; start <= 6; ++start) {
    play.epoch = static_cast<std::uint64_t>(100 + start);
    play.update(0, Play::status());
    play.reply(play.next_request(), Play::status({{id_of(job), "unknown", 0, 0, 0, {}, ""}}), 0);
    if (start < 6) play.reply(play.next_request(), yes(job));
  }
  CHECK(play.events() == "failed the worker has lost it, 5 times\n");
}

TEST_CASE("a session loses a worker that is silent while jobs are out, and only then") {
  Play play;
  play.open();
  play.pass(1h);
  CHECK_FALSE(play.session.lost());
  accepted_job(play);
  play.pass(29s);
  CHECK_FALSE(play.session.lost());
  play.pass(1s);
  REQUIRE(play.session.lost());
  CHECK(play.session.lost()->message == "the worker at tcp://worker has been silent for 30 s");
}

TEST_CASE("a session loses a worker that says hello for ever and finishes nothing") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  for (int i = 0; i < 31 * 6 && !play.session.lost(); ++i) {
    play.pass(10s);
    for (const Request& request : play.requests()) {
      play.reply(request, Play::status({{id_of(job), "running", 0, 0, 12, {}, ""}}), 12);
    }
  }
  REQUIRE(play.session.lost());
  CHECK(play.session.lost()->message ==
        "the worker at tcp://worker has finished nothing for 30 minutes");
}

TEST_CASE("a session fails a job whose picture has not its digest, after one more try") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.update(11, complete(job, "picture"));
  const BlobMessage forged{sha256("picture").hex(), to_bytes("pictuRe")};
  play.reply(play.next_request(), forged);
  CHECK(play.events().empty());
  play.reply(play.next_request(), blob("another one"));
  CHECK(play.events() == "failed the worker's picture does not have the digest that it named\n");
  CHECK(play.requests().empty());
}

TEST_CASE("a session fails a job that is done without a usable picture") {
  const auto outcome = [](std::optional<ResultEntry> result) {
    Play play;
    play.open();
    const Job job = accepted_job(play);
    play.update(11, JobCompleteMessage{id_of(job), "/etc/passwd", 1.0, std::move(result)});
    CHECK(play.requests().empty());
    return play.events();
  };
  const std::string failure = "failed the worker names no picture for it\n";
  CHECK(outcome({}) == failure);
  CHECK(outcome(ResultEntry{std::string(64, 'x'), 5, false}) == failure);
  CHECK(outcome(ResultEntry{std::string(64, 'a'), 0, false}) == failure);
}

TEST_CASE("a session submits a job anew when its picture is gone from the worker") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.update(11, complete(job, "p"));
  play.reply(play.next_request(), ErrorMessage{std::string(kBlobNotFound)});
  CHECK(is<GenerateMessage>(play.next_request()));
}

TEST_CASE("a session waits with pictures that would be too much at a time") {
  SessionLimits limits = kLimits;
  limits.fetch_bytes = 10;
  Play play(limits);
  play.open();
  const Job one = accepted_job(play, 1);
  const Job two = accepted_job(play, 2);
  play.update(11, complete(one, "12345678"));
  play.update(12, complete(two, "abcdefgh"));
  const Request first = play.next_request();
  play.reply(first, blob("12345678"));
  play.reply(play.next_request(), blob("abcdefgh"));
  CHECK(play.events() == "done 12345678\ndone abcdefgh\n");
}

TEST_CASE("a session keeps no more jobs in flight than its window, in the order of submission") {
  SessionLimits limits = kLimits;
  limits.window = 2;
  Play play(limits);
  play.open();
  for (int i = 1; i <= 3; ++i) play.session.submit(make_job(i), play.now);
  const auto requests = play.requests();
  REQUIRE(requests.size() == 2);
  CHECK(std::get<GenerateMessage>(requests[0].body).id == id_of(make_job(1)));
  CHECK(std::get<GenerateMessage>(requests[1].body).id == id_of(make_job(2)));
  play.reply(requests[0], JobErrorMessage{id_of(make_job(1)), "no", false});
  CHECK(std::get<GenerateMessage>(play.next_request().body).id == id_of(make_job(3)));
  CHECK(play.events() == "failed no\n");
}

TEST_CASE("a session believes an update that tells of a failure only after asking") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.update(11, JobErrorMessage{id_of(job), "of an attempt before ours", false});
  CHECK(play.events().empty());
  play.reply(play.next_request(), Play::status({{id_of(job), "running", 0, 0, 12, {}, ""}}), 12);
  CHECK(play.events().empty());
  play.update(13, JobErrorMessage{id_of(job), "ours", false});
  play.reply(play.next_request(),
             Play::status({{id_of(job), "failed", 0, 0, 13, {}, "ours\x1b[2J"}}), 13);
  CHECK(play.events() == "failed ours\\x1b[2J\n");
}

TEST_CASE("a session runs a job again that somebody else cancelled") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.update(11, JobErrorMessage{id_of(job), "cancelled", true});
  play.reply(play.next_request(), Play::status({{id_of(job), "cancelled", 0, 0, 11, {}, ""}}), 11);
  CHECK(is<GenerateMessage>(play.next_request()));
}

TEST_CASE("a session cancels what is out and forgets it") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.session.cancel_all(play.now);
  const Request cancel = play.next_request();
  CHECK(cancel.body == MessageBody(CancelMessage{id_of(job)}));
  CHECK(play.session.open_cancels() == 1);
  play.update(11, JobErrorMessage{id_of(job), "cancelled", true});
  play.reply(cancel, JobCancelledMessage{id_of(job)});
  CHECK(play.session.open_cancels() == 0);
  CHECK(play.events().empty());
  CHECK(play.requests().empty());
  // The same job again is a new attempt.
  play.session.submit(job, play.now);
  CHECK(is<GenerateMessage>(play.next_request()));
}

TEST_CASE("a session counts garbage and unknown messages and goes on") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.session.take_reply(to_bytes("\xc1garbage"), play.now);
  play.session.take_update(to_bytes("GET / HTTP/1.1\r\n"), play.now);
  play.session.take_reply({}, play.now);
  const Bytes unknown{0x81, 0xa4, 't', 'y', 'p', 'e', 0xa3, 'n', 'e', 'w'};
  play.session.take_reply(unknown, play.now);
  play.session.take_update(unknown, play.now);
  CHECK(play.session.counters().malformed == 3);
  CHECK(play.session.counters().unknown_types == 2);
  play.update(11, complete(job, "p"));
  CHECK(is<BlobGetMessage>(play.next_request()));
}

TEST_CASE("a session is not blinded by an update with the largest number") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.update(0xffffffffffffffffU, JobStartedMessage{"x", 1});
  play.reply(play.next_request(), Play::status({{id_of(job), "running", 0, 0, 12, {}, ""}}), 12);
  play.update(13, complete(job, "p"));
  CHECK(play.requests().empty());
  play.pass(10s);
  play.reply(play.next_request(),
             Play::status({{id_of(job), "done", 0, 0, 13, result_of("p"), ""}}), 13);
  play.reply(play.next_request(), blob("p"));
  CHECK(play.events() == "done p\n");
}

TEST_CASE("a session takes updates of a worker that numbers none") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  play.session.take_update(encode_message({complete(job, "p")}), play.now);
  play.reply(play.next_request(), blob("p"));
  CHECK(play.events() == "done p\n");
}

TEST_CASE("a session cancels the jobs that wait before those that run") {
  Play play;
  play.open();
  for (int i = 1; i <= 3; ++i) accepted_job(play, i);
  play.session.cancel_all(play.now);
  std::string order;
  for (const Request& request : play.requests()) {
    for (int i = 1; i <= 3; ++i) {
      if (request.body == MessageBody(CancelMessage{id_of(make_job(i))}))
        order += std::to_string(i);
    }
  }
  CHECK(order == "321");
}

TEST_CASE("a session gives large pictures the time that a slow link takes") {
  Play play;
  play.open();
  const Job job = accepted_job(play);
  const std::uint64_t size = 10U << 20U;
  play.update(
      11, JobCompleteMessage{id_of(job), "", 1.0, ResultEntry{std::string(64, 'a'), size, false}});
  CHECK(is<BlobGetMessage>(play.next_request()));
  play.pass(6s);
  CHECK(play.requests().empty());
  play.update(12, Play::status());
  play.pass(39s);
  bool asked_again = false;
  for (const Request& request : play.requests()) asked_again |= is<BlobGetMessage>(request);
  CHECK(asked_again);
}
