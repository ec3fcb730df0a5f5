#include "core/worker/worker_query.hpp"

#include <set>

#include <doctest/doctest.h>

#include "core/worker/job_message.hpp"
#include "core/worker/worker_server.hpp"
#include "tests/unit/core/store/temp_project.hpp"
#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

TEST_CASE("list_jobs pages through more jobs than a reply holds, those without news too") {
  const TempProject folder;
  const auto backend = std::make_shared<GateBackend>(1);
  const auto server =
      WorkerServer::start({.address = "ipc://" + folder.at("w").string()}, {backend});
  REQUIRE(server);
  auto query = connect_worker_query({.address = (*server)->address(), .read_picture = {}});
  REQUIRE(query);
  constexpr int kJobs = 2500;
  for (int i = 0; i < kJobs; ++i) {
    const auto reply = query->ask(make_generate(make_job(i)));
    REQUIRE(reply);
    REQUIRE(std::holds_alternative<JobAcceptedMessage>(reply->body));
  }
  const auto overview = query->list_jobs();
  REQUIRE(overview);
  std::set<std::string> ids;
  for (const JobEntry& job : overview->info.jobs) ids.insert(job.job_id);
  CHECK(overview->info.jobs.size() == kJobs);
  CHECK(ids.size() == kJobs);
  CHECK(overview->envelope.epoch.has_value());
}

TEST_CASE("a question without an answer ends in time") {
  const TempProject folder;
  auto query = connect_worker_query(
      {.address = "ipc://" + folder.at("w").string(), .reply_timeout = 100ms, .read_picture = {}});
  REQUIRE(query);
  const auto reply = query->ask(PingMessage{});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().kind == ErrorKind::worker);
  CHECK(reply.error().message == "no worker answers at " + query->address());
}
