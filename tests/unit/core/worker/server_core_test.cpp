// The worker's side without sockets: one reply to every request, whatever it is.
#include "core/worker/server_core.hpp"

#include <doctest/doctest.h>

#include "server_stage.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

class FailingBackend : public EchoBackend {
 public:
  Result<Bytes> run(const BackendJob&, const ProgressSink&, std::stop_token) override {
    if (++runs == 1) return Error{ErrorKind::worker, "no \xff luck"};
    return to_bytes("better");
  }
};

class ThrowingBackend : public EchoBackend {
 public:
  Result<Bytes> run(const BackendJob&, const ProgressSink&, std::stop_token) override {
    throw std::runtime_error("boom");
  }
};

class PickyBackend : public EchoBackend {
 public:
  BackendInfo info() const override {
    return {.name = "picky", .placeholder = false, .slots = 1, .capabilities = {"workflow"}};
  }
  Result<Bytes> run(const BackendJob& job, const ProgressSink&, std::stop_token) override {
    return *job.workflow;
  }
};

}  // namespace

TEST_CASE("a worker draws a job once, however often it is asked") {
  const auto backend = std::make_shared<GateBackend>();
  Stage stage(backend);
  const GenerateMessage request = request_for(1);
  CHECK(stage.ask_for<JobAcceptedMessage>(request).job_id == request.id);
  CHECK(stage.ask_for<JobAcceptedMessage>(request).job_id == request.id);
  backend->open_gate();
  REQUIRE(stage.reaches(request.id, "done"));
  const auto done = stage.ask_for<JobCompleteMessage>(request);
  REQUIRE(done.result);
  const auto blob = stage.ask_for<BlobMessage>(BlobGetMessage{done.result->sha256});
  CHECK(as_text(blob.bytes) == picture_of(make_job(1)));
  CHECK(done.result->size == blob.bytes.size());
  CHECK(backend->runs == 1);
}

TEST_CASE("a worker numbers its updates and those of each job") {
  const auto backend = std::make_shared<EchoBackend>();
  Stage stage(backend);
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  REQUIRE(stage.reaches(request_for(1).id, "done"));
  stage.ask_for<JobAcceptedMessage>(request_for(2));
  REQUIRE(stage.reaches(request_for(2).id, "done"));
  stage.core.greet(stage.now);
  CHECK(stage.updates() ==
        "job_started 1/1\njob_finished 2/2\njob_complete 3/3\n"
        "job_started 4/1\njob_finished 5/2\njob_complete 6/3\nstatus_info 6/0\n");
}

TEST_CASE("a worker tells of progress at most every tenth of a second") {
  class Chatty : public GateBackend {
   public:
    Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                      std::stop_token stop) override {
      for (std::uint32_t i = 1; i <= 1000; ++i) {
        progress({.stage = "sampling", .step = i, .total_steps = 1000});
      }
      return GateBackend::run(job, [](const BackendProgress&) {}, std::move(stop));
    }
  };
  const auto backend = std::make_shared<Chatty>();
  Stage stage(backend);
  const std::string id = request_for(1).id;
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  REQUIRE(eventually([&] { return backend->entered == 1; }));
  stage.take_events();
  CHECK(stage.updates() == "job_started 1/1\n");
  stage.now += 100ms;
  stage.take_events();  // lets one report through
  stage.take_events();
  CHECK(stage.updates() == "progress 2/2\n");
  const auto entry = stage.ask_for<StatusInfoMessage>(StatusMessage{{id}, {}}).jobs.at(0);
  CHECK(entry.state == "running");
  CHECK(entry.step == 1000);
  backend->open_gate();
  REQUIRE(stage.reaches(id, "done"));
}

TEST_CASE("a worker cancels a queued job and a running one, and their pictures never come") {
  const auto backend = std::make_shared<GateBackend>();
  Stage stage(backend);
  const std::string running = request_for(1).id;
  const std::string queued = request_for(2).id;
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  stage.ask_for<JobAcceptedMessage>(request_for(2));
  REQUIRE(stage.reaches(running, "running"));
  CHECK(stage.ask_for<JobCancelledMessage>(CancelMessage{queued}).job_id == queued);
  CHECK(stage.ask_for<JobCancelledMessage>(CancelMessage{running}).job_id == running);
  CHECK(stage.ask_for<JobErrorMessage>(CancelMessage{running}).error ==
        "Job not found or already completed");
  CHECK(stage.ask_for<JobErrorMessage>(CancelMessage{"never heard of"}).error ==
        "Job not found or already completed");
  REQUIRE(eventually([&] { return backend->stopped == 1; }));
  CHECK(stage.state_of(running) == "cancelled");
  CHECK(stage.state_of(queued) == "cancelled");
  CHECK(backend->runs == 0);
}

TEST_CASE("a cancelled job that is asked for again waits until its first run is out") {
  // A backend that cannot be stopped until the gate opens.
  class Stubborn : public GateBackend {
   public:
    using GateBackend::GateBackend;
    Result<Bytes> run(const BackendJob& job, const ProgressSink& progress,
                      std::stop_token) override {
      at_once = std::max<int>(at_once, ++inside);
      auto result = GateBackend::run(job, progress, {});
      --inside;
      return result;
    }
    std::atomic<int> inside{0};
    std::atomic<int> at_once{0};
  };
  const auto backend = std::make_shared<Stubborn>(2);
  Stage stage(backend);
  GenerateMessage request = request_for(1);
  request.attempt = 1;
  stage.ask_for<JobAcceptedMessage>(request);
  REQUIRE(stage.reaches(request.id, "running"));
  stage.ask_for<JobCancelledMessage>(CancelMessage{request.id});
  CHECK(stage.ask_for<JobErrorMessage>(request).cancelled);
  request.attempt = 2;
  stage.ask_for<JobAcceptedMessage>(request);
  CHECK(stage.state_of(request.id) == "queued");
  backend->open_gate();
  REQUIRE(stage.reaches(request.id, "done"));
  CHECK(backend->at_once == 1);
  CHECK(backend->runs == 2);
}

TEST_CASE("a failed job keeps its answer for the same attempt and runs again for another") {
  const auto backend = std::make_shared<FailingBackend>();
  Stage stage(backend);
  GenerateMessage request = request_for(1);
  request.attempt = 1;
  stage.ask_for<JobAcceptedMessage>(request);
  REQUIRE(stage.reaches(request.id, "failed"));
  CHECK(stage.ask_for<JobErrorMessage>(request).error == "no \\xff luck");
  CHECK(stage.updates() == "job_started 1/1\njob_finished 2/2\njob_error 3/3\n");
  request.attempt = 2;
  stage.ask_for<JobAcceptedMessage>(request);
  REQUIRE(stage.reaches(request.id, "done"));
  CHECK(backend->runs == 2);
}

TEST_CASE("a backend that throws fails its job and nothing else") {
  Stage stage(std::make_shared<ThrowingBackend>());
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  REQUIRE(stage.reaches(request_for(1).id, "failed"));
  CHECK(stage.ask_for<JobErrorMessage>(request_for(1)).error == "the backend failed: boom");
}

TEST_CASE("a worker names the parameter that makes no sense") {
  Stage stage(std::make_shared<EchoBackend>());
  const auto error_of = [&](auto change) {
    GenerateMessage request = request_for(1);
    change(request);
    return stage.ask_for<JobErrorMessage>(request).error;
  };
  CHECK(error_of([](auto& r) { r.size = {65, 64}; }) == "Invalid parameter: size");
  CHECK(error_of([](auto& r) { r.palette = {"red"}; }) == "Invalid parameter: palette");
  CHECK(error_of([](auto& r) { r.workflow = std::string(64, 'z'); }) ==
        "Invalid parameter: workflow");
  CHECK(error_of([](auto& r) { r.references = {"x"}; }) == "Invalid parameter: references");
  CHECK(error_of([](auto& r) { r.id = "a\nb"; }) == "Invalid parameter: id");
  CHECK(error_of([](auto& r) { r.loras = {{"x", 1, ""}}; }) == "Backend 'echo' cannot do 'loras'");
}

TEST_CASE("a worker refuses more jobs than it may queue") {
  ServerLimits limits;
  limits.jobs.open_jobs = 2;
  Stage stage(std::make_shared<GateBackend>(), limits);
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  stage.ask_for<JobAcceptedMessage>(request_for(2));
  CHECK(stage.ask_for<JobErrorMessage>(request_for(3)).error == "Queue full");
  stage.ask_for<JobAcceptedMessage>(request_for(2));
}

TEST_CASE("a worker gives a job the files that it names, when they were sent before") {
  Stage stage(std::make_shared<PickyBackend>());
  GenerateMessage request = request_for(1);
  request.workflow = sha256("graph").hex();
  CHECK(stage.ask_for<JobErrorMessage>(request).error == kBlobNotFound);
  CHECK(stage.ask_for<ErrorMessage>(BlobPutMessage{request.workflow, to_bytes("forged")}).message ==
        "Invalid parameter: digest is not that of the bytes");
  stage.ask_for<BlobStoredMessage>(BlobPutMessage{request.workflow, to_bytes("graph")});
  stage.ask_for<JobAcceptedMessage>(request);
  REQUIRE(stage.reaches(request.id, "done"));
  CHECK(stage.ask_for<JobCompleteMessage>(request).result->sha256 == request.workflow);
}

TEST_CASE("a worker answers a peer of 1.0 in the words of 1.0") {
  Stage stage(std::make_shared<EchoBackend>());
  const auto ask_1_0 = [&](MessageBody body) { return stage.ask(std::move(body), {}); };
  GenerateMessage request = request_for(1);
  ask_1_0(request);
  REQUIRE(stage.reaches(request.id, "done"));
  DecodedMessage done = ask_1_0(request);
  CHECK(done.envelope == Envelope{});
  CHECK_FALSE(std::get<JobCompleteMessage>(*done.body).result);
  CHECK(std::get<JobCompleteMessage>(*done.body).image_path ==
        sha256(picture_of(make_job(1))).hex() + ".png");
  DecodedMessage status = ask_1_0(StatusMessage{{request.id}, {}});
  CHECK(status.envelope == Envelope{});
  CHECK(*status.body == MessageBody(StatusInfoMessage{"1.0.0", 0, 0, 0, "", false, {}, {}}));
  CHECK(*ask_1_0(PingMessage{}).body == MessageBody(PongMessage{}));
  CHECK(*ask_1_0(ListModelsMessage{}).body == MessageBody(ModelListMessage{}));
}

TEST_CASE("a worker answers what it cannot read, with the number of the request") {
  Stage stage(std::make_shared<EchoBackend>());
  const DecodedMessage refused =
      stage.ask(Bytes{0x83, 0xa4, 't', 'y', 'p', 'e',  0xa6, 'c', 'a',  'n', 'c', 'e',
                      'l',  0xa3, 'r', 'i', 'd', 0x09, 0xa1, 'v', 0xa3, '1', '.', '1'});
  CHECK(refused.envelope.rid == 9);
  CHECK(*refused.body == MessageBody(ErrorMessage{"Invalid request: missing field 'job_id'"}));
  const DecodedMessage garbage = stage.ask(to_bytes("\xc1"));
  CHECK(std::holds_alternative<ErrorMessage>(*garbage.body));
  CHECK(*stage.ask(PongMessage{}).body == MessageBody(ErrorMessage{"Unknown request type"}));
  CHECK(*stage.ask(Bytes{0x81, 0xa4, 't', 'y', 'p', 'e', 0xa3, 'n', 'e', 'w'}).body ==
        MessageBody(ErrorMessage{"Unknown request type"}));
  CHECK(stage.core.counters().malformed == 2);
  CHECK(stage.core.counters().unknown_types == 2);
}

TEST_CASE("a worker lists the jobs that changed after a number, in that order") {
  Stage stage(std::make_shared<EchoBackend>());
  for (int i = 1; i <= 3; ++i) {
    stage.ask_for<JobAcceptedMessage>(request_for(i));
    REQUIRE(stage.reaches(request_for(i).id, "done"));
  }
  const auto jobs = stage.ask_for<StatusInfoMessage>(StatusMessage{{}, 3}).jobs;
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].job_id == request_for(2).id);
  CHECK(jobs[0].seq == 6);
  CHECK(jobs[1].job_id == request_for(3).id);
  CHECK(stage.ask_for<StatusInfoMessage>(StatusMessage{}).jobs.empty());
  CHECK(stage.state_of("nobody knows") == "unknown");
}

TEST_CASE("a worker starts no job while too many pictures wait to be fetched") {
  ServerLimits limits;
  limits.blobs.waiting_bytes = 1;
  const auto backend = std::make_shared<EchoBackend>();
  Stage stage(backend, limits);
  stage.ask_for<JobAcceptedMessage>(request_for(1));
  REQUIRE(stage.reaches(request_for(1).id, "done"));
  stage.ask_for<JobAcceptedMessage>(request_for(2));
  std::this_thread::sleep_for(20ms);
  CHECK(stage.state_of(request_for(2).id) == "queued");
  const auto done = stage.ask_for<JobCompleteMessage>(request_for(1));
  stage.ask_for<BlobMessage>(BlobGetMessage{done.result->sha256});
  CHECK(stage.reaches(request_for(2).id, "done"));
}

TEST_CASE("a worker forgets what nobody wants any more, and then draws it again") {
  const auto backend = std::make_shared<EchoBackend>();
  Stage stage(backend);
  const GenerateMessage request = request_for(1);
  stage.ask_for<JobAcceptedMessage>(request);
  REQUIRE(stage.reaches(request.id, "done"));
  const std::string digest = stage.ask_for<JobCompleteMessage>(request).result->sha256;
  stage.now += 11min;
  stage.take_events();
  CHECK(stage.ask_for<ErrorMessage>(BlobGetMessage{digest}).message == kBlobNotFound);
  stage.ask_for<JobAcceptedMessage>(request);
  REQUIRE(stage.reaches(request.id, "done"));
  CHECK(backend->runs == 2);
  stage.now += 2h;
  stage.take_events();
  CHECK(stage.state_of(request.id) == "unknown");
}
