// `dgxp worker` as a program: its addresses, its end, and what `build` makes with it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/worker/probe_worker.hpp"
#include "core/worker/worker_client.hpp"
#include "tests/e2e/small_project.hpp"
#include "tests/support/background_program.hpp"
#include "tests/support/fake_http/plain_client.hpp"

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

/// What a service manager listens at: a name of this process alone.
class FakeManager {
 public:
  FakeManager() : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<char*>(address.sun_path), name_.data(), name_.size());
    address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  FakeManager(const FakeManager&) = delete;
  ~FakeManager() { close(socket_); }
  const std::string& name() const { return name_; }
  std::string hear() const {
    std::array<char, 256> text{};
    const ssize_t size = recv(socket_, text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  std::string name_ = "@dgxp-e2e-" + std::to_string(getpid());
  int socket_;
};

/// What stands at "http://127.0.0.1:PORT/PATH".
std::string fetch(const std::string& url) {
  const std::size_t colon = url.rfind(':');
  const std::size_t slash = url.find('/', colon);
  const int port = std::stoi(url.substr(colon + 1));
  const PlainReply reply = plain_call(static_cast<std::uint16_t>(port), "GET", url.substr(slash));
  CHECK(reply.status == 200);
  return reply.body;
}

/// How often the threads of a process went to sleep so far: each waking up ends with it.
long sleeps_of(pid_t pid) {
  long sum = 0;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;) {
      long count = 0;
      if (word == "voluntary_ctxt_switches:" && status >> count) sum += count;
    }
  }
  return sum;
}

long anonymous_kib_of(pid_t pid) {
  std::ifstream rollup("/proc/" + std::to_string(pid) + "/smaps_rollup");
  long kib = -1;
  for (std::string word; rollup >> word && word != "Anonymous:";) {
  }
  rollup >> kib;
  return kib;
}

/// Some tenths of a second of drawing.
Job large_job(int number) {
  Job job;
  job.id = "large/" + std::to_string(number);
  job.key = sha256(job.id);
  job.prompt = "castle";
  job.frame_size = {128, 128};
  job.frames = 4;
  job.render_scale = 8;
  job.raw_size = {4096, 1024};
  job.seed = static_cast<std::uint32_t>(number);
  return job;
}

constexpr const char* kTwentyJobs = R"(dgxp: 1
project: { name: twenty, seed: 7 }
palettes:
  ember: { file: palettes/ember.hex }
styles:
  plain: { prompt: "{prompt}", render_scale: 8 }
defaults: { style: plain, palette: ember, size: [48, 48] }
sprites:
  thing/{n}:
    matrix:
      generate: { n: { a: castle, b: tree, c: house, d: tower, e: rock, f: chest, g: barrel,
                       h: potion, i: sword, j: shield, k: coin, l: key, m: slime, n: bat,
                       o: knight, p: wizard, q: dragon, r: ghost, s: crate, t: torch } }
    prompt: "{n}"
    animations: { idle: { frames: 4 } }
outputs:
  - { target: bevy, dir: game }
)";

/// Waits until a worker has `jobs` or more of them, running or waiting.
bool reaches_load(const std::string& address, std::uint32_t jobs) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < end) {
    const auto report = probe_worker({.address = address, .read_picture = {}});
    if (report && report->status.active_jobs + report->status.queue_size >= jobs) return true;
  }
  return false;
}

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

TEST_CASE("build and status agree on placeholders, also behind a worker that draws such itself") {
  const SmallProject project;
  auto worker = start_dgxp(project.folder(), worker_at("tcp://127.0.0.1:0"));
  const std::string address = addresses_of(worker).requests;
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--worker", address}, {"--worker", "embedded"}}) {
    for (int round = 0; round < 3; ++round) {
      std::vector<std::string> build{"build"};
      build.insert(build.end(), more.begin(), more.end());
      const ProgramResult built = project.run(build);
      CHECK_MESSAGE(built.status == 0, built.err);
      CHECK_MESSAGE(built.out.find("\n4 masters are placeholders still: build with a worker that "
                                   "draws (--worker, DGXP_WORKER)") != std::string::npos,
                    built.out);
      CHECK((round == 0 || built.out.starts_with("nothing to do\n")));
      build.emplace_back("--json");
      CHECK(project.run(build).out.find("placeholders still") == std::string::npos);
    }
    std::vector<std::string> status{"status"};
    status.insert(status.end(), more.begin(), more.end());
    CHECK(project.run(status).out.find(", 4 of them placeholders\n") != std::string::npos);
  }
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

TEST_CASE("a worker that is ended in the middle of its jobs ends soon, and tells its manager") {
  const SmallProject project;
  const FakeManager manager;
  auto worker = start_dgxp(project.folder(),
                           {"worker", "--listen", "tcp://127.0.0.1:0", "--slots", "1", "--json"},
                           {{"NOTIFY_SOCKET", manager.name()}, {"WATCHDOG_USEC", "200000"}});
  const std::string address = addresses_of(worker).requests;
  CHECK(manager.hear() == "READY=1\nSTATUS=listening at " + address + "\n");
  CHECK(manager.hear() == "WATCHDOG=1\n");
  CHECK(manager.hear() == "WATCHDOG=1\n");
  const auto client = connect_worker({.address = address, .read_picture = {}});
  REQUIRE(client);
  for (int i = 0; i < 50; ++i) REQUIRE((*client)->submit(large_job(i)));
  REQUIRE(reaches_load(address, 10));
  const auto begin = std::chrono::steady_clock::now();
  worker.send_signal(SIGTERM);
  CHECK(worker.wait().status == 143);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  std::string said = "-";
  while (!said.empty() && said != "STOPPING=1\n") said = manager.hear();
  CHECK(said == "STOPPING=1\n");
}

TEST_CASE("a build goes on when its worker is killed and started again") {
  const SmallProject embedded;
  embedded.put("assets.yaml", kTwentyJobs);
  const auto expected = built_with(embedded, "embedded");

  const SmallProject project;
  project.put("assets.yaml", kTwentyJobs);
  const std::vector<std::string> one_slot{"--slots", "1"};
  auto command = worker_at("tcp://127.0.0.1:0");
  command.insert(command.end(), one_slot.begin(), one_slot.end());
  auto first = start_dgxp(project.folder(), command);
  const std::string address = addresses_of(first).requests;
  auto build = start_dgxp(project.folder(), {"build", "--worker", address});
  REQUIRE(reaches_load(address, 5));
  first.send_signal(SIGKILL);
  CHECK(first.wait().status == 128 + SIGKILL);

  auto second = start_dgxp(project.folder(), worker_at(address));
  CHECK(addresses_of(second).requests == address);
  const ProgramResult built = build.wait(std::chrono::seconds(60));
  CHECK(built.err == "");
  CHECK(built.status == 0);
  CHECK(project.tree() == expected);
}

TEST_CASE("metrics and doctor tell how a worker is") {
  const SmallProject project;
  auto worker = start_dgxp(project.folder(), {"worker", "--listen", "tcp://127.0.0.1:0",
                                              "--metrics", "127.0.0.1:0", "--json"});
  const auto document = nlohmann::json::parse(worker.read_line());
  const std::string address = document.at("requests");
  built_with(project, address);
  const std::string metrics = fetch(document.at("metrics"));
  CHECK(metrics.find("\ndgxp_jobs_ended_total{state=\"done\"} 4\n") != std::string::npos);
  CHECK(metrics.find("\ndgxp_backend_healthy{backend=\"procedural\",number=\"0\"} 1\n") !=
        std::string::npos);

  const ProgramResult doctor = project.run({"doctor", "--worker", address});
  CHECK(doctor.status == 0);
  CHECK(doctor.err == "");
  CHECK(doctor.out.find("\nworker    ok      " + address +
                        " (--worker), protocol 1.1.0, answers in ") != std::string::npos);
  CHECK(doctor.out.find("\nupdates   ok      arrive\n"
                        "backend   ok      procedural, 0 jobs in its queue\n"
                        "models    ok      none are needed\n") != std::string::npos);
}

TEST_CASE("doctor names the process that listens where no worker answers") {
  const SmallProject project;
  const TakenPort taken;
  const std::string address = "tcp://127.0.0.1:" + std::to_string(taken.port());
  const ProgramResult doctor = project.run({"doctor", "--worker", address, "--json"});
  CHECK(doctor.status == 69);
  const auto last = nlohmann::json::parse(doctor.out).back();
  CHECK(last.at("what") == "worker");
  CHECK(last.at("ok") == false);
  CHECK(last.at("problem") == "no worker answers at " + address);
  CHECK(last.at("hint") == "'test_e2e' (process " + std::to_string(getpid()) +
                               ") listens there and does not answer: it is no worker, it hangs, or "
                               "it wants keys");
}

TEST_CASE("a worker in front of a ComfyUI draws with it, and takes its secrets from a file") {
  const SmallProject project;
  BackgroundProgram comfy({{DGXP_FAKE_COMFY, "--checkpoint", "art.safetensors", "--cell", "8"},
                           project.folder().string(),
                           {}});
  std::string url = comfy.read_line();
  REQUIRE(url.starts_with("http://127.0.0.1:"));
  project.put("headers", "# for the proxy\nX-Secret: plover\n");
  auto worker = start_dgxp(
      project.folder(), {"worker", "--listen", "tcp://127.0.0.1:0", "--backend", "comfy", "--comfy",
                         url, "--header-file", "headers", "--state", "state", "--json"});
  const std::string address = addresses_of(worker).requests;
  project.replace_in("assets.yaml", "styles:\n  plain: { ",
                     "styles:\n  plain: { checkpoint: { file: art.safetensors }, ");
  const ProgramResult built = project.run({"build", "--worker", address});
  CHECK(built.err == "");
  CHECK(built.status == 0);
  CHECK(project.run({"check", "--no-placeholders"}).status == 0);
  CHECK(fetch(url + "/fake/requests").find("plover") != std::string::npos);
  const ProgramResult doctor = project.run({"doctor", "--worker", address});
  CHECK(doctor.out.find("\nbackend   ok      comfy (ComfyUI 0.3.64)") != std::string::npos);
  worker.send_signal(SIGTERM);
  const ProgramResult end = worker.wait();
  CHECK(end.status == 143);
  CHECK(end.err.find("plover") == std::string::npos);
}

TEST_CASE("an idle worker sleeps without waking up, in little memory") {
  const SmallProject project;
  auto worker = start_dgxp(project.folder(), worker_at("tcp://127.0.0.1:0"));
  const std::string address = addresses_of(worker).requests;
  REQUIRE(probe_worker({.address = address, .read_picture = {}}));
  // What the probe has left behind is settled within a heartbeat.
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const long before = sleeps_of(worker.pid());
  std::this_thread::sleep_for(std::chrono::seconds(3));
  CHECK(sleeps_of(worker.pid()) - before <= 2);
  const long anonymous = anonymous_kib_of(worker.pid());
  CHECK(anonymous > 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(anonymous <= 20 * 1024);
#endif
}
