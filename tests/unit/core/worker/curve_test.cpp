// Encryption: the files of keys, and who gets an answer from a worker that other machines can
// reach.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <doctest/doctest.h>

#include "core/worker/curve_keys.hpp"
#include "core/worker/worker_client.hpp"
#include "core/worker/worker_server.hpp"
#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

CurveKeys new_keys() {
  auto keys = make_curve_keys();
  REQUIRE(keys);
  return *std::move(keys);
}

/// An address of this machine that is not loopback; any address when it has none.
std::string outer_address() {
  ifaddrs* all = nullptr;
  REQUIRE(getifaddrs(&all) == 0);
  std::string found = "0.0.0.0";
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    if ((one->ifa_flags & IFF_LOOPBACK) != 0 || (one->ifa_flags & IFF_UP) == 0) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
    inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size());
    found = text.data();
  }
  freeifaddrs(all);
  return "tcp://" + found + ":0";
}

std::string reachable(std::string address) {
  if (const auto any = address.find("0.0.0.0"); any != std::string::npos) {
    address.replace(any, 7, "127.0.0.1");
  }
  return address;
}

/// "drawn", or why not.
std::string ask(const std::string& address, std::optional<CurveAccess> access,
                std::chrono::milliseconds limit = 20s) {
  const auto worker = connect_worker({.address = address,
                                      .curve = std::move(access),
                                      .reply_timeout = limit,
                                      .read_picture = {},
                                      .insecure = true});
  if (!worker) return worker.error().message;
  if (const auto done = (*worker)->submit(make_job(1)); !done) return done.error().message;
  const Outcome outcome = collect(**worker, 1);
  return outcome.pictures.size() == 1 ? "drawn" : "lost " + outcome.lost;
}

}  // namespace

TEST_CASE("a secret key file is read back, and a broken one is refused without being repeated") {
  const CurveKeys keys = new_keys();
  const std::string text = secret_key_text(keys);
  const auto read = parse_secret_key("w.key", as_bytes(text));
  REQUIRE(read);
  CHECK(read->public_key == keys.public_key);
  CHECK(read->secret_key == keys.secret_key);
  const auto refusal = [](const std::string& content) {
    const auto parsed = parse_secret_key("w.key", as_bytes(content));
    REQUIRE_FALSE(parsed);
    return parsed.error().message;
  };
  CHECK(refusal("") == "w.key: it is no secret key file");
  CHECK(refusal(text.substr(0, text.size() - 2)) == "w.key: it is no secret key file");
  CHECK(refusal(secret_key_text({new_keys().public_key, keys.secret_key})) ==
        "w.key: its two halves are of two keys");
}

TEST_CASE("an allow-list has a key a line, with a comment after it") {
  const CurveKeys one = new_keys();
  const CurveKeys two = new_keys();
  const auto read = [](const std::string& text) {
    return parse_public_keys("clients", as_bytes(text));
  };
  const auto both =
      read("# clients\n\n" + one.public_key + " anna's laptop\r\n" + two.public_key + "\n#\n");
  REQUIRE(both);
  CHECK(*both == std::set<std::string>{one.public_key, two.public_key});
  const auto refusal = [&](const std::string& text) {
    const auto parsed = read(text);
    REQUIRE_FALSE(parsed);
    return parsed.error().message;
  };
  CHECK(refusal("# nobody\n") == "clients: there is no public key in it");
  CHECK(refusal(one.public_key + "\nanna\n") == "clients: line 2 does not begin with a public key");
  CHECK(refusal(one.public_key + "x\n") == "clients: line 1 does not begin with a public key");
}

TEST_CASE("a worker with keys answers known clients and nobody else") {
  const CurveKeys worker = new_keys();
  const CurveKeys known = new_keys();
  const auto server = WorkerServer::start(
      {.address = outer_address(),
       .guard = CurveGuard{.keys = worker, .allowed = {new_keys().public_key, known.public_key}}},
      {std::make_shared<EchoBackend>()});
  REQUIRE_MESSAGE(server, (server ? "" : server.error().message));
  const std::string address = reachable((*server)->address());
  const std::string silence = "no worker answers at " + address;
  CHECK(ask(address, CurveAccess{worker.public_key, known}) == "drawn");
  CHECK((*server)->counters().refused_clients == 0);
  const auto before = (*server)->counters().requests.load();

  CHECK(ask(address, CurveAccess{worker.public_key, new_keys()}, 300ms) == silence);
  CHECK((*server)->counters().refused_clients >= 1);
  CHECK(ask(address, std::nullopt, 300ms) == silence);
  CHECK(ask(address, CurveAccess{new_keys().public_key, known}, 300ms) == silence);
  CHECK((*server)->counters().requests == before);  // nothing of theirs came through

  CHECK(ask(address, CurveAccess{worker.public_key, known}) == "drawn");
}

TEST_CASE("a client with keys tells nothing to a worker that has none") {
  const auto server =
      WorkerServer::start({.address = "tcp://127.0.0.1:0"}, {std::make_shared<EchoBackend>()});
  REQUIRE(server);
  CHECK(ask((*server)->address(), CurveAccess{new_keys().public_key, new_keys()}, 300ms) ==
        "no worker answers at " + (*server)->address());
  CHECK((*server)->counters().requests == 0);
}

TEST_CASE("without keys a worker leaves the machine only when told that it may") {
  const std::string address = outer_address();
  const auto refused = WorkerServer::start({.address = address}, {std::make_shared<EchoBackend>()});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::usage);
  CHECK(refused.error().message ==
        address + " can be reached from other machines, and nothing protects it");
  const auto open = WorkerServer::start({.address = address, .remote_peers = RemotePeers::allow},
                                        {std::make_shared<EchoBackend>()});
  REQUIRE(open);
  CHECK(ask(reachable((*open)->address()), std::nullopt) == "drawn");
}
