// What travels beside the jobs of a session: workflows, references and previews.
#include "session_play.hpp"

using namespace dgxp;
using namespace dgxp::test;

TEST_CASE("a session sends a workflow once, before the jobs that name it") {
  Play play;
  play.open({"workflow"});
  Job one = make_job(1);
  one.workflow_content = to_bytes("{}");
  one.workflow = sha256("{}");
  Job two = make_job(2);
  two.workflow_content = one.workflow_content;
  two.workflow = one.workflow;
  play.session.submit(one, play.now);
  play.session.submit(two, play.now);
  const Request upload = play.next_request();
  CHECK(upload.body == MessageBody(BlobPutMessage{sha256("{}").hex(), to_bytes("{}")}));
  play.reply(upload, BlobStoredMessage{sha256("{}").hex()});
  auto requests = play.requests();
  REQUIRE(requests.size() == 2);
  CHECK(std::get<GenerateMessage>(requests[0].body).id == id_of(one));
  CHECK(std::get<GenerateMessage>(requests[1].body).id == id_of(two));
  // A worker that has lost it gets it again.
  play.reply(requests[0], JobErrorMessage{id_of(one), std::string(kBlobNotFound), false});
  CHECK(is<BlobPutMessage>(play.next_request()));
}

TEST_CASE("a session fails all jobs of a workflow that the worker refuses") {
  Play play;
  play.open({"workflow"});
  for (int i = 1; i <= 2; ++i) {
    Job job = make_job(i);
    job.workflow_content = to_bytes("{}");
    job.workflow = sha256("{}");
    play.session.submit(job, play.now);
  }
  play.reply(play.next_request(), ErrorMessage{"no room"});
  CHECK(play.events() ==
        "failed one of its files was refused: no room\n"
        "failed one of its files was refused: no room\n");
}

TEST_CASE("a session sends workflow and references, each once, before the job that names them") {
  Play play;
  play.open({"workflow", "references"});
  const auto bring = [](int number) {
    Job job = make_job(number);
    job.workflow_content = to_bytes("{}");
    job.workflow = sha256("{}");
    job.reference_contents = {std::make_shared<const Bytes>(to_bytes("pose"))};
    job.references = {sha256("pose")};
    return job;
  };
  play.session.submit(bring(1), play.now);
  play.session.submit(bring(2), play.now);
  auto uploads = play.requests();
  REQUIRE(uploads.size() == 2);
  CHECK(uploads[0].body == MessageBody(BlobPutMessage{sha256("{}").hex(), to_bytes("{}")}));
  CHECK(uploads[1].body == MessageBody(BlobPutMessage{sha256("pose").hex(), to_bytes("pose")}));
  play.reply(uploads[1], BlobStoredMessage{sha256("pose").hex()});
  CHECK(play.requests().empty());
  play.reply(uploads[0], BlobStoredMessage{sha256("{}").hex()});
  auto requests = play.requests();
  REQUIRE(requests.size() == 2);
  const auto& generate = std::get<GenerateMessage>(requests[0].body);
  CHECK(generate.id == id_of(make_job(1)));
  CHECK(generate.references == std::vector<std::string>{sha256("pose").hex()});
  // What the worker has lost is sent again, all of it.
  play.reply(requests[0], JobErrorMessage{id_of(make_job(1)), std::string(kBlobNotFound), false});
  CHECK(play.requests().size() == 2);
}

TEST_CASE("a session goes on with a file that another job waits for when the first one failed") {
  Play play;
  play.open({"references"});
  const auto bring = [](int number, std::vector<std::string> names) {
    Job job = make_job(number);
    for (const std::string& name : names) {
      job.reference_contents.push_back(std::make_shared<const Bytes>(to_bytes(name)));
      job.references.push_back(sha256(name));
    }
    return job;
  };
  play.session.submit(bring(1, {"bad", "good"}), play.now);
  play.session.submit(bring(2, {"good"}), play.now);
  auto uploads = play.requests();
  REQUIRE(uploads.size() == 2);
  play.reply(uploads[0], ErrorMessage{"no room"});
  CHECK(play.events() == "failed one of its files was refused: no room\n");
  play.reply(uploads[1], BlobStoredMessage{sha256("good").hex()});
  CHECK(std::get<GenerateMessage>(play.next_request().body).id == id_of(make_job(2)));
}

TEST_CASE("a session keeps references from a worker that has no use for them") {
  Play play;
  play.open({"workflow"});
  Job job = make_job(1);
  job.reference_contents = {std::make_shared<const Bytes>(to_bytes("pose"))};
  job.references = {sha256("pose")};
  play.session.submit(job, play.now);
  CHECK(is<GenerateMessage>(play.next_request()));
}

TEST_CASE("a session that is asked to fetches previews by digest, one at a time of a job") {
  SessionLimits limits = kLimits;
  limits.previews = true;
  Play play(limits);
  play.open();
  const Job job = accepted_job(play);
  play.update(11, PreviewMessage{id_of(job), "", 3, result_of("third")});
  const Request fetch = play.next_request();
  CHECK(fetch.body == MessageBody(BlobGetMessage{sha256("third").hex()}));
  play.update(12, PreviewMessage{id_of(job), "", 4, result_of("fourth")});
  CHECK(play.requests().empty());
  play.reply(fetch, blob("third"));
  play.update(13, PreviewMessage{id_of(job), "", 5, result_of("fifth")});
  const BlobMessage forged{sha256("fifth").hex(), to_bytes("other")};
  play.reply(play.next_request(), forged);
  play.update(14, PreviewMessage{id_of(job), "", 6, result_of("sixth")});
  const Request late = play.next_request();
  play.update(15, complete(job, "p"));
  play.reply(late, blob("sixth"));
  play.reply(play.next_request(), blob("p"));
  CHECK(play.events() == "preview 3 third\ndone p\n");
}

TEST_CASE("a session fetches no preview that is too large, unnamed or unwanted") {
  Play uninterested;
  uninterested.open();
  const Job other = accepted_job(uninterested);
  uninterested.update(11, PreviewMessage{id_of(other), "", 1, result_of("x")});
  CHECK(uninterested.requests().empty());

  SessionLimits limits = kLimits;
  limits.previews = true;
  Play play(limits);
  play.open();
  const Job job = accepted_job(play);
  play.update(11, PreviewMessage{id_of(job), "/etc/passwd", 1, {}});
  play.update(12, PreviewMessage{id_of(job), "", 2, ResultEntry{std::string(64, 'x'), 9, false}});
  play.update(
      13, PreviewMessage{id_of(job), "", 3, ResultEntry{std::string(64, 'a'), 9U << 20U, false}});
  play.update(14, PreviewMessage{id_of(make_job(9)), "", 4, result_of("x")});
  CHECK(play.requests().empty());
  CHECK(play.events().empty());
}
