// `dgxp worker` as a program: its addresses, its end, and what `build` makes with it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>

#include <nlohmann/json.hpp>

#include "tests/e2e/small_project.hpp"
#include "tests/support/background_program.hpp"

using namespace dgxp;

namespace {

struct Addresses {
  std::string requests;
  std::string updates;
};

/// What a worker says of itself when it is ready.
Addresses addresses_of(BackgroundProgram& worker) {
  const std::string line = worker.read_line();
  if (line.empty()) FAIL("the worker did not start: ", worker.wait().err);
  const auto document = nlohmann::json::parse(line);
  return {document.at("requests"), document.at("updates")};
}

std::vector<std::string> worker_at(const std::string& address) {
  return {"worker", "--listen", address, "--backend", "procedural", "--json"};
}

std::map<std::string, std::string> built_with(const SmallProject& project,
                                              const std::string& worker) {
  const ProgramResult built = project.run({"build", "--worker", worker});
  CHECK(built.err == "");
  CHECK(built.status == 0);
  return project.tree();
}

/// A TCP socket of the test that listens somewhere on loopback.
class TakenPort {
 public:
  TakenPort() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(socket_, 1) == 0);
    socklen_t size = sizeof address;
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  TakenPort(const TakenPort&) = delete;
  ~TakenPort() { close(socket_); }
  int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

}  // namespace

TEST_CASE("build against a worker over tcp and ipc gives the bytes of the embedded one") {
  const SmallProject embedded;
  const auto expected = built_with(embedded, "embedded");
  CHECK(expected.size() > 5);

  const SmallProject over_tcp;
  auto tcp = start_dgxp(over_tcp.folder(), worker_at("tcp://127.0.0.1:0"));
  CHECK(built_with(over_tcp, addresses_of(tcp).requests) == expected);

  const SmallProject over_ipc;
  const std::string socket = "ipc://" + over_ipc.at(".run/worker").string();
  auto ipc = start_dgxp(over_ipc.folder(), worker_at(socket));
  CHECK(addresses_of(ipc).updates == socket + ".updates");
  CHECK(built_with(over_ipc, socket) == expected);
  CHECK((over_ipc.status(".run").st_mode & 0777U) == 0700U);
}

TEST_CASE("a worker says where it listens, and ends on SIGTERM and SIGINT with their statuses") {
  const SmallProject project;
  auto worker = start_dgxp(project.folder(), {"worker", "--listen", "tcp://127.0.0.1:0"});
  const std::string line = worker.read_line();
  CHECK(line.starts_with("listening at tcp://127.0.0.1:"));
  CHECK(line.ends_with(", backend procedural"));
  worker.send_signal(SIGTERM);
  const ProgramResult end = worker.wait();
  CHECK(end.status == 143);
  CHECK(end.out == "");
  CHECK(end.err == "");
  auto other = start_dgxp(project.folder(), worker_at("tcp://127.0.0.1:0"));
  addresses_of(other);
  other.send_signal(SIGINT);
  CHECK(other.wait().status == 130);
}

TEST_CASE("a worker names the process that holds its port") {
  const SmallProject project;
  const TakenPort taken;
  const std::string address = "tcp://127.0.0.1:" + std::to_string(taken.port());
  const ProgramResult refused = project.run(worker_at(address));
  CHECK(refused.status == 69);
  CHECK(refused.err == "error: cannot listen at " + address +
                           ": Address already in use\nhint: 'test_e2e' (process " +
                           std::to_string(getpid()) +
                           ") listens there: stop it, or choose another address with --listen and "
                           "--publish\n");
  const ProgramResult updates =
      project.run({"worker", "--listen", "tcp://127.0.0.1:0", "--publish", address});
  CHECK(updates.status == 69);
  CHECK(updates.err.find("'test_e2e' (process ") != std::string::npos);
}

TEST_CASE("a worker replaces a stale socket, but takes no socket and no file from others") {
  const SmallProject project;
  const std::string socket = "ipc://" + project.at("run/worker").string();
  {
    auto first = start_dgxp(project.folder(), worker_at(socket));
    addresses_of(first);
    const ProgramResult second = project.run(worker_at(socket));
    CHECK(second.status == 69);
    CHECK(second.err == "error: cannot listen at " + socket +
                            ": Address already in use\nhint: 'dgxp-worker' (process " +
                            std::to_string(first.pid()) +
                            ") listens there: stop it, or choose another address with --listen "
                            "and --publish\n");
    first.send_signal(SIGKILL);
    CHECK(first.wait().status == 128 + SIGKILL);
  }
  CHECK(std::filesystem::exists(project.at("run/worker")));
  auto third = start_dgxp(project.folder(), worker_at(socket));
  CHECK(addresses_of(third).requests == socket);

  project.put("run/letter", "precious");
  const ProgramResult refused =
      project.run(worker_at("ipc://" + project.at("run/letter").string()));
  CHECK(refused.status == 64);
  CHECK(project.get("run/letter") == "precious");

  std::filesystem::permissions(project.at("run"), std::filesystem::perms(0755));
  const ProgramResult open = project.run(worker_at("ipc://" + project.at("run/other").string()));
  CHECK(open.status == 64);
  CHECK(open.err.find("chmod 700 " + project.at("run").string()) != std::string::npos);
}

TEST_CASE("build reaches an encrypted worker with the right keys only") {
  const SmallProject embedded;
  const auto expected = built_with(embedded, "embedded");
  const SmallProject project;
  for (const char* name : {"box", "me", "stranger"}) {
    REQUIRE(project.run({"worker", "keygen", "-o", "keys", "--name", name}).status == 0);
    CHECK((project.status(std::string("keys/") + name + ".key").st_mode & 0777U) == 0600U);
  }
  const ProgramResult again = project.run({"worker", "keygen", "-o", "keys", "--name", "me"});
  CHECK(again.status == 74);
  CHECK(again.err ==
        "error: cannot make keys/me.pub: File exists\n"
        "hint: keys are never overwritten: choose another --name or --output\n");
  project.put("worker.yaml", "listen: tcp://0.0.0.0:0\nkey: keys/box.key\nallow: keys/me.pub\n");
  auto worker = start_dgxp(project.folder(), {"worker", "--config", "worker.yaml", "--json"});
  std::string address = addresses_of(worker).requests;
  address.replace(address.find("0.0.0.0"), 7, "127.0.0.1");

  const std::map<std::string, std::string> fast{{"DGXP_WORKER", address}};
  const ProgramResult stranger = project.run(
      {"doctor", "--worker-server-key", "keys/box.pub", "--worker-key", "keys/stranger.key"}, fast);
  CHECK(stranger.status == 69);
  CHECK(stranger.err.find("no worker answers at " + address) != std::string::npos);
  project.put(".dgxp/config.yaml", "worker:\n  address: " + address +
                                       "\n  server_key: keys/box.pub\n  key: keys/me.key\n");
  const ProgramResult built = project.run({"build"});
  CHECK(built.err == "");
  for (const auto& [path, content] : expected) CHECK(project.get(path) == content);

  std::filesystem::permissions(project.at("keys/me.key"), std::filesystem::perms(0644));
  CHECK(project.run({"doctor"}).status == 64);
}

TEST_CASE("a worker that others could reach unprotected does not start") {
  const SmallProject project;
  const ProgramResult refused = project.run(worker_at("tcp://0.0.0.0:0"));
  CHECK(refused.status == 64);
  CHECK(refused.out != "");  // the document of the failure
  CHECK(refused.err.starts_with(
      "error: tcp://0.0.0.0:0 can be reached from other machines, and nothing protects it\n"));
}
