// What the wire costs beside raw sockets of the same run: client and server are two processes, both
// pack and unpack, the raw ones only echo the same numbers of bytes. Medians of five rounds; a
// ratio is to the raw figure of its own round. A goal that is missed is marked, not hidden.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/worker/protocol.hpp"
#include "core/worker/worker_server.hpp"
#include "core/worker/zmq_socket.hpp"

namespace {

using namespace dgxp;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 5;
constexpr int kPings = 4000;
constexpr int kPipelined = 40000;
constexpr int kWindow = 256;
constexpr int kUpdates = 100000;
constexpr int kLargePings = 200;
constexpr std::size_t kLarge = 1U << 20U;
constexpr int kHighWater = 2 * kUpdates;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "ipc_bench: %s\n", why.c_str());
  std::exit(EXIT_FAILURE);
}
template <typename T>
T need(Result<T> result) {
  if (!result) give_up(result.error().message);
  return *std::move(result);
}

double microseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

struct Latency {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
};

Latency latency_of(std::vector<double> times) {
  std::ranges::sort(times);
  const auto at = [&](std::size_t percent) { return times[times.size() * percent / 100]; };
  return {at(50), at(95), at(99)};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// The `generate` of the protocol's notes: 279 bytes with what 1.1 adds.
Message sample_generate() {
  GenerateMessage generate;
  generate.id = std::string(64, 'a');
  generate.prompt = "16-bit knight sprite, red cape, short sword, plain background";
  generate.model = "sdxl-base";
  generate.size = {1024, 1024};
  generate.steps = 30;
  generate.cfg_scale = 7.5;
  generate.lora = "pixelart";
  generate.seed = 0xffffffffffffU;
  return {generate, {.rid = 123456, .v = "1.1"}};
}

Message sample_progress(std::uint64_t number) {
  const ProgressMessage progress{std::string(64, 'a'), "sampling", 15, 30, 50.0, 1.75};
  return {progress, {.epoch = 0xfedcba9876543210U, .seq = number, .jseq = number}};
}

// ---- Processes

/// A child that runs `serve` until this object ends. What it writes first comes to the parent.
class Child {
 public:
  explicit Child(const std::function<void(int to_parent)>& serve) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) give_up("no pipe");
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(ends[0]);
      serve(ends[1]);
      _exit(0);
    }
    close(ends[1]);
    char byte = 0;
    while (read(ends[0], &byte, 1) == 1 && byte != '\n') said_ += byte;
    close(ends[0]);
  }
  Child(Child&&) = delete;
  ~Child() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }
  const std::string& said() const { return said_; }

 private:
  pid_t child_ = -1;
  std::string said_;
};

void say(int to_parent, std::string text) {
  text += '\n';
  if (write(to_parent, text.data(), text.size()) < 0) give_up("the parent is gone");
}

// ---- Raw sockets

bool read_all(int socket, std::size_t size, std::vector<char>& buffer) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = recv(socket, buffer.data() + done, size - done, 0);
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}
bool write_all(int socket, std::size_t size, const std::vector<char>& buffer) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t count = send(socket, buffer.data() + done, size - done, MSG_NOSIGNAL);
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

enum class Transport { uds, tcp };

/// A listening socket and the address to reach it by.
struct RawListener {
  explicit RawListener(Transport transport, const std::string& folder) {
    if (transport == Transport::uds) {
      sockaddr_un name{};
      name.sun_family = AF_UNIX;
      fmt::format_to_n(name.sun_path, sizeof name.sun_path - 1, "{}/raw", folder);
      unlink(name.sun_path);
      listener = socket(AF_UNIX, SOCK_STREAM, 0);
      bind_to(reinterpret_cast<const sockaddr*>(&name), sizeof name);
    } else {
      sockaddr_in name{};
      name.sin_family = AF_INET;
      name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      listener = socket(AF_INET, SOCK_STREAM, 0);
      bind_to(reinterpret_cast<const sockaddr*>(&name), sizeof name);
    }
  }
  int listener = -1;
  sockaddr_storage address{};
  socklen_t size = sizeof address;

 private:
  void bind_to(const sockaddr* name, socklen_t length) {
    if (bind(listener, name, length) != 0 || listen(listener, 1) != 0) give_up("cannot listen");
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  }
};

Latency raw_ping_pong(Transport transport, const std::string& folder, std::size_t request,
                      std::size_t reply, int pings) {
  const RawListener listener(transport, folder);
  const Child server([&](int to_parent) {
    say(to_parent, "ready");
    const int peer = accept(listener.listener, nullptr, nullptr);
    const int one = 1;
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    std::vector<char> buffer(std::max(request, reply));
    while (read_all(peer, request, buffer) && write_all(peer, reply, buffer)) {
    }
  });
  const int peer = socket(transport == Transport::uds ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
  if (connect(peer, reinterpret_cast<const sockaddr*>(&listener.address), listener.size) != 0) {
    give_up("cannot connect");
  }
  const int one = 1;
  setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  std::vector<char> buffer(std::max(request, reply));
  std::vector<double> times;
  for (int i = 0; i < pings + pings / 10; ++i) {
    const auto begin = Clock::now();
    if (!write_all(peer, request, buffer) || !read_all(peer, reply, buffer)) give_up("cut off");
    if (i >= pings / 10) times.push_back(microseconds(Clock::now() - begin));
  }
  close(peer);
  close(listener.listener);
  return latency_of(std::move(times));
}

// ---- Our worker

/// Draws nothing, so that a job stays queued and every `generate` is answered from the table.
class IdleBackend : public Backend {
 public:
  BackendInfo info() const override {
    return {.name = "idle", .placeholder = true, .slots = 1, .capabilities = {}};
  }
  Result<Bytes> run(const BackendJob&, const ProgressSink&, std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    stopped_.wait(lock, stop, [] { return false; });
    return Error{ErrorKind::worker, "stopped"};
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any stopped_;
};

/// `address` as WorkerServer takes it.
class WorkerChild {
 public:
  explicit WorkerChild(const std::string& address)
      : child_([&](int to_parent) {
          const auto server =
              need(WorkerServer::start({.address = address}, {std::make_shared<IdleBackend>()}));
          say(to_parent, server->address());
          while (true) pause();
        }) {}
  const std::string& address() const { return child_.said(); }

 private:
  Child child_;
};

ZmqSocket open_socket(ZmqContext& context, SocketType type) {
  return need(
      ZmqSocket::open(context, {.type = type, .max_message = 64 << 20, .high_water = kHighWater}));
}

Frames receive(ZmqSocket& socket) {
  while (true) {
    if (auto frames = socket.receive()) return *std::move(frames);
    std::array<WaitItem, 1> items{WaitItem{.socket = &socket}};
    wait_for_any(items, 10s);
    if (!items[0].ready) give_up("no message within ten seconds");
  }
}

Frames frames_of(const Bytes& body, bool with_delimiter) {
  Frames frames;
  if (with_delimiter) frames.emplace_back();
  frames.emplace_back(ByteView(body));
  return frames;
}

template <typename Body>
void check_reply(ByteView body) {
  const DecodedMessage decoded = decode_message(body);
  if (!decoded.body || !std::holds_alternative<Body>(*decoded.body)) give_up("a wrong reply");
}

/// A REQ as peers use it: it sends, and blocks until the reply is there.
class BlockingReq {
 public:
  explicit BlockingReq(const std::string& address)
      : context_(1), socket_(open_socket(context_, SocketType::req)) {
    socket_.set_option(ZMQ_RCVTIMEO, 10000);
    need(socket_.connect(address));
    zmq_msg_init(&reply_);
  }
  BlockingReq(BlockingReq&&) = delete;
  ~BlockingReq() { zmq_msg_close(&reply_); }
  ByteView ask(const Bytes& body) {
    if (zmq_send(socket_.handle(), body.data(), body.size(), 0) < 0) give_up("cannot send");
    if (zmq_msg_recv(&reply_, socket_.handle(), 0) < 0) give_up("no reply within ten seconds");
    return {static_cast<const std::uint8_t*>(zmq_msg_data(&reply_)), zmq_msg_size(&reply_)};
  }

 private:
  ZmqContext context_;
  ZmqSocket socket_;
  zmq_msg_t reply_{};
};

/// The time from one request to its reply, packed and unpacked.
Latency lockstep(const std::string& address) {
  BlockingReq client(address);
  const Message generate = sample_generate();
  std::vector<double> times;
  for (int i = 0; i < kPings + kPings / 10; ++i) {
    const auto begin = Clock::now();
    check_reply<JobAcceptedMessage>(client.ask(encode_message(generate)));
    if (i >= kPings / 10) times.push_back(microseconds(Clock::now() - begin));
  }
  return latency_of(std::move(times));
}

/// The same bytes through libzmq alone, blocking on both sides: what no worker can be faster than.
Latency bare_lockstep(const std::string& address, std::size_t reply, int pings) {
  const Child server([&](int to_parent) {
    ZmqContext context(1);
    ZmqSocket socket = open_socket(context, SocketType::rep);
    need(socket.bind(address));
    say(to_parent, "ready");
    std::array<char, 4096> buffer{};
    const std::vector<char> content(reply, 7);
    while (zmq_recv(socket.handle(), buffer.data(), buffer.size(), 0) >= 0) {
      zmq_send(socket.handle(), content.data(), reply, 0);
    }
  });
  BlockingReq client(address);
  const Bytes body = encode_message(sample_generate());
  std::vector<double> times;
  for (int i = 0; i < pings + pings / 10; ++i) {
    const auto begin = Clock::now();
    if (client.ask(body).size() != reply) give_up("a wrong reply");
    if (i >= pings / 10) times.push_back(microseconds(Clock::now() - begin));
  }
  return latency_of(std::move(times));
}

/// Requests a second with a window of them open.
double pipelined(const std::string& address) {
  ZmqContext context(1);
  ZmqSocket socket = open_socket(context, SocketType::dealer);
  need(socket.connect(address));
  const Message generate = sample_generate();
  const auto begin = Clock::now();
  int sent = 0;
  for (int received = 0; received < kPipelined; ++received) {
    for (; sent < kPipelined && sent - received < kWindow; ++sent) {
      if (!socket.send(frames_of(encode_message(generate), true))) give_up("cannot send");
    }
    check_reply<JobAcceptedMessage>(receive(socket).back().bytes());
  }
  return kPipelined / std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Fetches one MiB again and again.
Latency large_reply(const std::string& address) {
  ZmqContext context(1);
  ZmqSocket socket = open_socket(context, SocketType::dealer);
  need(socket.connect(address));
  const Bytes content(kLarge, 7);
  const std::string digest = sha256(content).hex();
  const auto ask = [&](MessageBody body) {
    const Bytes request = encode_message({std::move(body), {.rid = 1, .v = "1.1"}});
    if (!socket.send(frames_of(request, true))) give_up("cannot send");
    return receive(socket);
  };
  check_reply<BlobStoredMessage>(ask(BlobPutMessage{digest, content}).back().bytes());
  std::vector<double> times;
  for (int i = 0; i < kLargePings; ++i) {
    const auto begin = Clock::now();
    check_reply<BlobMessage>(ask(BlobGetMessage{digest}).back().bytes());
    times.push_back(microseconds(Clock::now() - begin));
  }
  return latency_of(std::move(times));
}

// ---- Updates

/// Messages a second from the first to the last, none lost.
double publish_and_subscribe(const std::string& address) {
  const Child publisher([&](int to_parent) {
    ZmqContext context(1);
    ZmqSocket socket = open_socket(context, SocketType::xpub);
    need(socket.bind(address));
    say(to_parent, "ready");
    receive(socket);  // the subscription
    for (int i = 1; i <= kUpdates; ++i) {
      const Bytes body = encode_message(sample_progress(static_cast<std::uint64_t>(i)));
      if (!socket.send(frames_of(body, false))) give_up("cannot publish");
    }
    while (true) pause();
  });
  ZmqContext context(1);
  ZmqSocket socket = open_socket(context, SocketType::sub);
  socket.subscribe_to_all();
  need(socket.connect(address));
  Clock::time_point begin;
  for (int i = 0; i < kUpdates; ++i) {
    const Frames frames = receive(socket);
    if (i == 0) begin = Clock::now();
    const DecodedMessage decoded = decode_message(frames.back().bytes());
    if (decoded.envelope.seq != static_cast<std::uint64_t>(i) + 1) give_up("an update is lost");
  }
  return (kUpdates - 1) / std::chrono::duration<double>(Clock::now() - begin).count();
}

double pyzmq_publish_and_subscribe(const std::string& address) {
  const std::string command = fmt::format("/usr/bin/python3 {}/tests/bench/pyzmq_updates.py {} {}",
                                          DGXP_SOURCE_DIR, address, kUpdates);
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) give_up("cannot run python3");
  double rate = 0;
  const int read = std::fscanf(output, "%lf", &rate);
  if (pclose(output) != 0 || read != 1) give_up("pyzmq gave no figure");
  return rate;
}

// ---- One message in memory

double encode_and_decode() {
  constexpr int kTimes = 200000;
  const Message generate = sample_generate();
  std::size_t bytes = 0;
  const auto begin = Clock::now();
  for (int i = 0; i < kTimes; ++i) {
    const Bytes body = encode_message(generate);
    const DecodedMessage decoded = decode_message(body);
    bytes += body.size() + (decoded.body ? 1 : 0);
  }
  const double time = microseconds(Clock::now() - begin) / kTimes;
  if (bytes != kTimes * (encode_message(generate).size() + 1)) give_up("a message was refused");
  return time;
}

// ---- The table

/// Figures by name, one a round.
class Figures {
 public:
  void add(const std::string& name, double value) { values_[name].push_back(value); }
  void add(const std::string& name, const Latency& latency) {
    add(name + " p50", latency.p50);
    add(name + " p95", latency.p95);
    add(name + " p99", latency.p99);
  }
  double last(const std::string& name) const { return values_.at(name).back(); }
  double of(const std::string& name) const { return median(values_.at(name)); }
  /// The median over the rounds of value / base.
  double ratio(const std::string& name, const std::string& base) const {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < values_.at(name).size(); ++i) {
      ratios.push_back(values_.at(name)[i] / values_.at(base)[i]);
    }
    return median(std::move(ratios));
  }

 private:
  std::map<std::string, std::vector<double>> values_;
};

void show_latency(const Figures& figures, const std::string& name) {
  fmt::print("{:34} p50 {:8.1f}  p95 {:8.1f}  p99 {:8.1f} us\n", name, figures.of(name + " p50"),
             figures.of(name + " p95"), figures.of(name + " p99"));
}

void show_goal(const std::string& what, double value, const char* relation, double goal) {
  const bool met = *relation == '<' ? value <= goal : value >= goal;
  fmt::print("{:52} {:8.2f}  goal {}= {:<6g} {}\n", what, value, *relation, goal,
             met ? "met" : "MISSED");
}

void measure_round(Figures& figures, const std::string& folder) {
  const std::size_t request = encode_message(sample_generate()).size();
  const std::size_t reply =
      encode_message({JobAcceptedMessage{std::string(64, 'a'), 0.0},
                      {.rid = 123456, .v = "1.1", .epoch = 0xfedcba9876543210U}})
          .size();
  figures.add("raw UDS", raw_ping_pong(Transport::uds, folder, request, reply, kPings));
  figures.add("raw TCP", raw_ping_pong(Transport::tcp, folder, request, reply, kPings));
  figures.add("bare REQ to REP, ipc", bare_lockstep("ipc://" + folder + "/bare", reply, kPings));
  const std::string ipc = "ipc://" + folder + "/worker";
  {
    const WorkerChild worker(ipc);
    figures.add("REQ to worker, ipc", lockstep(worker.address()));
    figures.add("pipelined, ipc", pipelined(worker.address()));
    figures.add("1 MiB by blob_get, ipc", large_reply(worker.address()));
  }
  figures.add("bare 1 MiB, ipc", bare_lockstep("ipc://" + folder + "/large", kLarge, kLargePings));
  figures.add("raw UDS 1 MiB", raw_ping_pong(Transport::uds, folder, 100, kLarge, kLargePings));
  {
    const WorkerChild worker("tcp://127.0.0.1:0");
    figures.add("REQ to worker, tcp", lockstep(worker.address()));
    figures.add("pipelined, tcp", pipelined(worker.address()));
  }
  for (const char* transport : {"ipc", "tcp"}) {
    figures.add(fmt::format("lockstep, {}", transport),
                1e6 / figures.last(fmt::format("REQ to worker, {} p50", transport)));
  }
  figures.add("updates", publish_and_subscribe("ipc://" + folder + "/updates"));
  figures.add("updates pyzmq", pyzmq_publish_and_subscribe("ipc://" + folder + "/pyzmq"));
  figures.add("encode + decode", encode_and_decode());
}

void show(const Figures& figures) {
  fmt::print("generate of {} bytes, {} of them a round, {} rounds, two processes\n",
             encode_message(sample_generate()).size(), kPings, kRounds);
  for (const char* name :
       {"raw UDS", "bare REQ to REP, ipc", "REQ to worker, ipc", "raw TCP", "REQ to worker, tcp",
        "raw UDS 1 MiB", "bare 1 MiB, ipc", "1 MiB by blob_get, ipc"}) {
    show_latency(figures, name);
  }
  for (const char* name : {"pipelined, ipc", "pipelined, tcp", "updates", "updates pyzmq"}) {
    fmt::print("{:34} {:8.0f} a second\n", name, figures.of(name));
  }
  fmt::print("{:34} {:8.2f} us\n\n", "encode + decode of generate", figures.of("encode + decode"));
  show_goal("REQ to worker, ipc: p50 / raw UDS",
            figures.ratio("REQ to worker, ipc p50", "raw UDS p50"), "<=", 8);
  show_goal("REQ to worker, tcp: p50 / raw TCP",
            figures.ratio("REQ to worker, tcp p50", "raw TCP p50"), "<=", 10);
  show_goal("REQ to worker, ipc: p95 in ms", figures.of("REQ to worker, ipc p95") / 1000, "<=", 1);
  show_goal("REQ to worker, tcp: p95 in ms", figures.of("REQ to worker, tcp p95") / 1000, "<=", 1);
  show_goal("pipelined / lockstep, ipc", figures.ratio("pipelined, ipc", "lockstep, ipc"), ">=", 4);
  show_goal("pipelined / lockstep, tcp", figures.ratio("pipelined, tcp", "lockstep, tcp"), ">=", 4);
  show_goal("updates / updates by pyzmq", figures.ratio("updates", "updates pyzmq"), ">=", 1.5);
  show_goal("1 MiB by blob_get, ipc: p50 / raw UDS",
            figures.ratio("1 MiB by blob_get, ipc p50", "raw UDS 1 MiB p50"), "<=", 2.5);
  show_goal("encode + decode of generate in us", figures.of("encode + decode"), "<=", 2);
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "dgxp-bench-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) give_up("no temporary folder");
  Figures figures;
  for (int round = 0; round < kRounds; ++round) measure_round(figures, folder);
  show(figures);
  std::filesystem::remove_all(folder);
  return EXIT_SUCCESS;
}
