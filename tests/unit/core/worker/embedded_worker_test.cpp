#include "core/worker/embedded_worker.hpp"

#include <doctest/doctest.h>

#include "core/worker/worker_client.hpp"
#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

TEST_CASE("the embedded worker draws a submitted job and says whose picture it is") {
  const auto backend = std::make_shared<EchoBackend>(1, true);
  const auto worker = start_embedded_worker({backend});
  const Job job = make_job(1);
  REQUIRE(worker->submit(job));
  const Outcome outcome = collect(*worker, 1);
  CHECK(outcome.pictures == std::map<Digest, std::string>{{job.key, picture_of(job)}});
  CHECK(outcome.placeholders == 1);
  CHECK(outcome.accepted == 1);
  CHECK(*worker->makes_placeholders());
}

TEST_CASE("the embedded worker draws 1000 jobs once each on any number of threads") {
  for (const int threads : {1, 4}) {
    const auto backend = std::make_shared<EchoBackend>(threads);
    const auto worker = start_embedded_worker({backend});
    std::map<Digest, std::string> expected;
    for (int i = 0; i < 1000; ++i) {
      const Job job = make_job(i);
      expected[job.key] = picture_of(job);
      REQUIRE(worker->submit(job));
      REQUIRE(worker->submit(job));
    }
    const Outcome outcome = collect(*worker, 1000);
    CHECK(outcome.pictures == expected);
    CHECK(outcome.errors.empty());
    CHECK(outcome.accepted == 1000);
    CHECK(backend->runs == 1000);
    CHECK_FALSE(*worker->makes_placeholders());
  }
}

TEST_CASE("an embedded worker that nobody used ends, and so does one with jobs out") {
  {
    const auto unused = start_embedded_worker({std::make_shared<EchoBackend>()});
  }
  const auto backend = std::make_shared<GateBackend>(2);
  {
    const auto worker = start_embedded_worker({backend});
    for (int i = 0; i < 300; ++i) REQUIRE(worker->submit(make_job(i)));
    REQUIRE(eventually([&] { return backend->entered == 2; }));
  }
  CHECK(backend->stopped == 2);
}
