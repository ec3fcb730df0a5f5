#include "core/worker/endpoint.hpp"

#include <doctest/doctest.h>

#include "core/worker/worker_client.hpp"

using namespace dgxp;

namespace {

std::string describe(std::string_view address, std::string_view updates = {}) {
  const auto parsed = parse_endpoint(address, updates);
  if (!parsed) return parsed.error().message;
  return parsed->requests + " " + parsed->updates + (parsed->is_local ? "" : " remote");
}

}  // namespace

TEST_CASE("parse_endpoint derives the address of updates and whether it leaves the machine") {
  CHECK(describe("tcp://127.0.0.1:5555") == "tcp://127.0.0.1:5555 tcp://127.0.0.1:5556");
  CHECK(describe("tcp://localhost:1") == "tcp://localhost:1 tcp://localhost:2");
  CHECK(describe("tcp://[::1]:7") == "tcp://[::1]:7 tcp://[::1]:8");
  CHECK(describe("tcp://127.0.0.1:0") == "tcp://127.0.0.1:0 tcp://127.0.0.1:0");
  CHECK(describe("tcp://*:5555") == "tcp://*:5555 tcp://*:5556 remote");
  CHECK(describe("tcp://0.0.0.0:5555") == "tcp://0.0.0.0:5555 tcp://0.0.0.0:5556 remote");
  CHECK(describe("tcp://127.evil.org:5555") ==
        "tcp://127.evil.org:5555 tcp://127.evil.org:5556 remote");
  CHECK(describe("tcp://box.lan:5555") == "tcp://box.lan:5555 tcp://box.lan:5556 remote");
  CHECK(describe("ipc:///tmp/w") == "ipc:///tmp/w ipc:///tmp/w.updates");
}

TEST_CASE("parse_endpoint takes an address of updates that is not the neighbour") {
  CHECK(describe("tcp://127.0.0.1:65535", "tcp://127.0.0.1:7") ==
        "tcp://127.0.0.1:65535 tcp://127.0.0.1:7");
  CHECK(describe("tcp://127.0.0.1:0", "tcp://127.0.0.1:0") ==
        "tcp://127.0.0.1:0 tcp://127.0.0.1:0");
  CHECK(describe("ipc:///tmp/w", "tcp://127.0.0.1:7") == "ipc:///tmp/w tcp://127.0.0.1:7");
  CHECK(describe("ipc:///tmp/w", "tcp://*:7") == "ipc:///tmp/w tcp://*:7 remote");
  CHECK(describe("ipc:///tmp/w", "ipc:///tmp/w") ==
        "'ipc:///tmp/w' is no address of a worker: requests already go there");
  CHECK(describe("ipc:///tmp/w", "udp://x") ==
        "'udp://x' is no address of a worker: it does not begin with tcp:// or ipc://");
}

TEST_CASE("parse_endpoint refuses what is no address and says why") {
  CHECK(describe("") == "'' is no address of a worker: it does not begin with tcp:// or ipc://");
  CHECK(describe("http://x:1") ==
        "'http://x:1' is no address of a worker: it does not begin with tcp:// or ipc://");
  CHECK(describe("tcp://host") == "'tcp://host' is no address of a worker: the port is missing");
  CHECK(describe("tcp://:1") == "'tcp://:1' is no address of a worker: the host is missing");
  CHECK(describe("tcp://a b:1") == "'tcp://a b:1' is no address of a worker: the host is missing");
  CHECK(describe("tcp://h:65535") ==
        "'tcp://h:65535' is no address of a worker: its port is not from 0 to 65534");
  CHECK(describe("tcp://h:-1") ==
        "'tcp://h:-1' is no address of a worker: its port is not from 0 to 65534");
  CHECK(describe("tcp://h:5x") ==
        "'tcp://h:5x' is no address of a worker: its port is not from 0 to 65534");
  CHECK(describe("ipc://") == "'ipc://' is no address of a worker: its path is missing");
  CHECK(describe("ipc:///" + std::string(120, 'x')).ends_with("its path is longer than 99 bytes"));
}

TEST_CASE("connect_worker refuses an address that is none, and an unprotected one elsewhere") {
  const auto none = connect_worker({.address = "5555"});
  REQUIRE_FALSE(none);
  CHECK(none.error().kind == ErrorKind::usage);
  const auto remote = connect_worker({.address = "tcp://box.lan:5555"});
  REQUIRE_FALSE(remote);
  CHECK(remote.error().kind == ErrorKind::usage);
  CHECK(remote.error().message ==
        "tcp://box.lan:5555 is on another machine, and nothing protects the connection");
  CHECK(connect_worker({.address = "tcp://box.lan:5555", .insecure = true}));
}
