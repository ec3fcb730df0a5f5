#include "core/worker/probe_worker.hpp"

#include <sys/socket.h>

#include <doctest/doctest.h>

#include "core/worker/worker_server.hpp"
#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

class ModelBackend : public EchoBackend {
 public:
  std::vector<ModelEntry> list_models() const override {
    return {{"base.safetensors", "base.safetensors", "checkpoint", 6000}};
  }
};

WorkerEndpoint endpoint_at(const std::string& address, std::string updates = {}) {
  return {.address = address,
          .updates = std::move(updates),
          .reply_timeout = 300ms,
          .read_picture = {}};
}

}  // namespace

TEST_CASE("probe_worker reports version, backend, models and whether updates arrive") {
  const auto server =
      WorkerServer::start({.address = "tcp://127.0.0.1:0"}, {std::make_shared<ModelBackend>()});
  REQUIRE(server);
  const auto report = probe_worker(endpoint_at((*server)->address()));
  REQUIRE_MESSAGE(report, report.error().message);
  CHECK(report->speaks_1_1);
  CHECK(report->updates_arrive);
  CHECK(report->round_trip.count() > 0);
  CHECK(report->status.backend == "echo");
  CHECK(report->models.size() == 1);
  const auto deaf = probe_worker(endpoint_at((*server)->address(), "tcp://127.0.0.1:1"));
  REQUIRE(deaf);
  CHECK_FALSE(deaf->updates_arrive);
}

TEST_CASE("probe_worker says who listens where no worker answers") {
  const auto nobody = probe_worker(endpoint_at("tcp://127.0.0.1:1"));
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().kind == ErrorKind::worker);
  CHECK(nobody.error().message == "no worker answers at tcp://127.0.0.1:1");
  CHECK(nobody.error().hint ==
        "nobody listens there; start one: dgxp worker --listen tcp://127.0.0.1:1");

  ZmqContext context(1);
  auto mute = ZmqSocket::open(context, {.type = SocketType::router});
  REQUIRE(mute);
  REQUIRE(mute->bind("tcp://127.0.0.1:0"));
  const auto silent = probe_worker(endpoint_at(mute->bound_address()));
  REQUIRE_FALSE(silent);
  CHECK(silent.error().hint ==
        "'test_core_worke' (process " + std::to_string(getpid()) +
            ") listens there and does not answer: it is no worker, it hangs, or it wants keys");
  CHECK(probe_worker(endpoint_at("tcp://box.lan:5555")).error().kind == ErrorKind::usage);
}
