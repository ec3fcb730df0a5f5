// Client and server over real sockets: Unix domain and TCP on loopback.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <filesystem>
#include <functional>

#include <doctest/doctest.h>

#include "core/worker/worker_client.hpp"
#include "core/worker/worker_server.hpp"
#include "core/worker/zmq_worker.hpp"
#include "worker_test_support.hpp"

using namespace dgxp;
using namespace dgxp::test;

namespace {

/// A folder for sockets, removed at the end.
class SocketFolder {
 public:
  SocketFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dgxpXXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  SocketFolder(SocketFolder&&) = delete;
  ~SocketFolder() { std::filesystem::remove_all(path_); }
  std::string address() const { return "ipc://" + path_ + "/worker"; }

 private:
  std::string path_;
};

std::unique_ptr<WorkerServer> serve(const std::string& address, std::shared_ptr<Backend> backend) {
  auto server = WorkerServer::start({.address = address}, {std::move(backend)});
  REQUIRE(server);
  return *std::move(server);
}

std::unique_ptr<Worker> client_of(const std::string& address,
                                  std::chrono::milliseconds reply_timeout = 5s,
                                  std::chrono::milliseconds silence_limit = 30s) {
  auto worker = connect_worker(
      {.address = address, .reply_timeout = reply_timeout, .silence_limit = silence_limit});
  REQUIRE(worker);
  return *std::move(worker);
}

/// A peer with a socket of any type, that waits at most five seconds.
class Peer {
 public:
  Peer(SocketType type, const std::string& address) : context_(1), socket_(open(type)) {
    REQUIRE(socket_.connect(address));
  }
  ZmqSocket& socket() { return socket_; }
  void send(std::vector<Bytes> parts) {
    Frames frames;
    for (const Bytes& part : parts) frames.emplace_back(ByteView(part));
    REQUIRE(socket_.send(std::move(frames)));
  }
  std::optional<Frames> receive() {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (std::chrono::steady_clock::now() < end) {
      std::array<WaitItem, 1> items{WaitItem{.socket = &socket_}};
      wait_for_any(items, 100ms);
      // What was ready may have been a reply that the socket itself drops.
      if (auto frames = socket_.receive()) return frames;
    }
    return std::nullopt;
  }
  /// "pong", "status_info" ... or "nothing".
  std::string ask(const MessageBody& body) {
    send({encode_message({body})});
    const auto frames = receive();
    if (!frames) return "nothing";
    CHECK(frames->size() == 1);
    const DecodedMessage decoded = decode_message(frames->front().bytes());
    if (!decoded.body) return decoded.refusal;
    return std::holds_alternative<PongMessage>(*decoded.body)          ? "pong"
           : std::holds_alternative<JobAcceptedMessage>(*decoded.body) ? "job_accepted"
           : std::holds_alternative<StatusInfoMessage>(*decoded.body)  ? "status_info"
                                                                       : "another";
  }

 private:
  ZmqSocket open(SocketType type) {
    auto socket = ZmqSocket::open(context_, {.type = type, .max_message = 64 << 20});
    REQUIRE(socket);
    return *std::move(socket);
  }
  ZmqContext context_;
  ZmqSocket socket_;
};

/// Answers requests as a function says, with no reply for an empty one.
class FakeServer {
 public:
  using Answer = std::function<std::vector<Bytes>(ByteView request)>;
  FakeServer(const std::string& address, Answer answer)
      : context_(1), thread_([this, address, answer](const std::stop_token& stop) {
          auto socket = ZmqSocket::open(context_, {.type = SocketType::router});
          REQUIRE(socket);
          REQUIRE(socket->bind(address));
          while (!stop.stop_requested()) serve_once(*socket, answer);
        }) {}

 private:
  static void serve_once(ZmqSocket& socket, const Answer& answer) {
    std::array<WaitItem, 1> items{WaitItem{.socket = &socket}};
    wait_for_any(items, 20ms);
    auto frames = socket.receive();
    if (!frames) return;
    for (const Bytes& reply : answer(frames->back().bytes())) {
      Frames out;
      for (std::size_t i = 0; i + 1 < frames->size(); ++i) out.emplace_back((*frames)[i].bytes());
      out.emplace_back(ByteView(reply));
      static_cast<void>(socket.send(std::move(out)));
    }
  }
  ZmqContext context_;
  std::jthread thread_;
};

Bytes reply_to(ByteView request, MessageBody body) {
  Envelope envelope = decode_message(request).envelope;
  envelope.epoch = 1;
  envelope.seq = 0;
  return encode_message({std::move(body), envelope});
}

int port_of(const std::string& address) {
  return std::stoi(address.substr(address.rfind(':') + 1));
}

/// Sends raw bytes to a port and reads until the other side closes or half a second has passed.
void poke_port(int port, std::string_view bytes) {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(descriptor >= 0);
  const timeval patience{.tv_sec = 0, .tv_usec = 500000};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  CHECK(send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
  std::array<char, 256> answer{};
  while (recv(descriptor, answer.data(), answer.size(), 0) > 0) {
  }
  close(descriptor);
}

}  // namespace

TEST_CASE("a job goes over a socket and its picture comes back, with progress on the way") {
  SocketFolder folder;
  for (const std::string& address : {folder.address(), std::string("tcp://127.0.0.1:0")}) {
    const auto backend = std::make_shared<GateBackend>(1, true);
    const auto server = serve(address, backend);
    const auto worker = client_of(server->address());
    const Job job = make_job(1);
    REQUIRE(worker->submit(job));
    bool progressed = false;
    Outcome outcome;
    REQUIRE(eventually([&] {
      const auto event = worker->poll(50ms);
      REQUIRE(event);
      if (!*event || (*event)->kind != WorkerEvent::Kind::progress) return false;
      progressed = (*event)->key == job.key && (*event)->stage == "sampling" &&
                   (*event)->step == 1 && (*event)->total_steps == 4 &&
                   (*event)->eta_seconds == 1.5;
      return true;
    }));
    CHECK(progressed);
    backend->open_gate();
    outcome = collect(*worker, 1);
    CHECK(outcome.pictures == std::map<Digest, std::string>{{job.key, picture_of(job)}});
    CHECK(outcome.placeholders == 1);
    CHECK(*worker->makes_placeholders());
  }
}

TEST_CASE("two clients that want the same pictures share one run of each") {
  const auto backend = std::make_shared<EchoBackend>(2);
  const auto server = serve("tcp://127.0.0.1:0", backend);
  const auto one = client_of(server->address());
  const auto two = client_of(server->address());
  for (int i = 0; i < 50; ++i) {
    REQUIRE(one->submit(make_job(i)));
    REQUIRE(two->submit(make_job(i)));
  }
  CHECK(collect(*one, 50).pictures.size() == 50);
  CHECK(collect(*two, 50).pictures.size() == 50);
  CHECK(backend->runs == 50);
}

TEST_CASE("cancel_all stops what runs and what waits") {
  SocketFolder folder;
  const auto backend = std::make_shared<GateBackend>(1);
  const auto server = serve(folder.address(), backend);
  const auto worker = client_of(server->address());
  for (int i = 0; i < 20; ++i) REQUIRE(worker->submit(make_job(i)));
  REQUIRE(eventually([&] { return backend->entered == 1; }));
  static_cast<void>(worker->poll(0ms));
  worker->cancel_all();
  CHECK(eventually([&] { return backend->stopped == 1; }));
  backend->open_gate();
  CHECK_FALSE(*worker->poll(50ms));
  CHECK(backend->runs == 0);
  // The same jobs again are drawn.
  for (int i = 0; i < 20; ++i) REQUIRE(worker->submit(make_job(i)));
  CHECK(collect(*worker, 20).pictures.size() == 20);
}

TEST_CASE("jobs outlive a worker that ends and starts again") {
  SocketFolder folder;
  auto first = std::make_shared<GateBackend>(1);
  auto server = serve(folder.address(), first);
  const auto worker = client_of(folder.address(), 3s);
  for (int i = 0; i < 20; ++i) REQUIRE(worker->submit(make_job(i)));
  REQUIRE(eventually([&] { return first->entered == 1; }));
  static_cast<void>(worker->poll(0ms));
  server.reset();
  CHECK(first->runs == 0);
  static_cast<void>(worker->poll(100ms));
  const auto second = std::make_shared<EchoBackend>(1);
  server = serve(folder.address(), second);
  const Outcome outcome = collect(*worker, 20);
  CHECK(outcome.pictures.size() == 20);
  CHECK(outcome.lost == "");
  CHECK(second->runs == 20);
}

TEST_CASE("a client says that no worker answers, in time, and so does every later call") {
  SocketFolder folder;
  const auto worker = client_of(folder.address(), 200ms);
  const auto begin = std::chrono::steady_clock::now();
  const auto submitted = worker->submit(make_job(1));
  const auto time = std::chrono::steady_clock::now() - begin;
  REQUIRE_FALSE(submitted);
  CHECK(submitted.error().kind == ErrorKind::worker);
  CHECK(submitted.error().message == "no worker answers at " + folder.address());
  CHECK(submitted.error().hint == "is `dgxp worker` running? see --worker");
  CHECK(time >= 200ms);
  CHECK(time < 2s);
  CHECK_FALSE(worker->poll(10ms));
  CHECK_FALSE(worker->makes_placeholders());
  worker->cancel_all();
}

TEST_CASE("a client loses a worker that ends while jobs are out and does not come back") {
  SocketFolder folder;
  auto server = serve(folder.address(), std::make_shared<GateBackend>(1));
  const auto worker = client_of(folder.address(), 5s, 600ms);
  REQUIRE(worker->submit(make_job(1)));
  static_cast<void>(worker->poll(20ms));
  server.reset();
  const Outcome outcome = collect(*worker, 1, 10s);
  CHECK(outcome.lost == "the worker at " + folder.address() + " has been silent for 0.6 s");
}

TEST_CASE("peers of every kind of request socket are answered") {
  const auto server = serve("tcp://127.0.0.1:0", std::make_shared<EchoBackend>());
  GenerateMessage generate;
  generate.id = "job-001";
  generate.prompt = "16-bit knight sprite";
  generate.model = "sdxl-base";
  generate.size = {64, 64};
  Peer plain(SocketType::req, server->address());
  Peer relaxed(SocketType::req, server->address());
  relaxed.socket().set_option(ZMQ_REQ_RELAXED, 1);
  relaxed.socket().set_option(ZMQ_REQ_CORRELATE, 1);
  for (int i = 0; i < 50; ++i) {
    CHECK(plain.ask(PingMessage{}) == "pong");
    CHECK(relaxed.ask(PingMessage{}) == "pong");
  }
  CHECK(plain.ask(generate) == "job_accepted");
  CHECK(relaxed.ask(StatusMessage{}) == "status_info");
  Peer dealer(SocketType::dealer, server->address());
  dealer.send({{}, encode_message({PingMessage{}})});
  const auto reply = dealer.receive();
  REQUIRE(reply);
  REQUIRE(reply->size() == 2);
  CHECK(Bytes(reply->back().bytes().begin(), reply->back().bytes().end()) ==
        encode_message({PongMessage{}}));
}

TEST_CASE("a relaxed peer that asks twice gets the second answer") {
  const auto server = serve("tcp://127.0.0.1:0", std::make_shared<EchoBackend>());
  Peer relaxed(SocketType::req, server->address());
  relaxed.socket().set_option(ZMQ_REQ_RELAXED, 1);
  relaxed.socket().set_option(ZMQ_REQ_CORRELATE, 1);
  relaxed.send({encode_message({PingMessage{}})});
  CHECK(relaxed.ask(StatusMessage{}) == "status_info");
}

TEST_CASE("updates are one frame each and begin with a status, whoever else subscribes") {
  const auto server = serve("tcp://127.0.0.1:0", std::make_shared<EchoBackend>());
  Peer subscriber(SocketType::sub, server->update_address());
  subscriber.socket().subscribe_to_all();
  const auto greeting = subscriber.receive();
  REQUIRE(greeting);
  CHECK(greeting->size() == 1);
  CHECK(std::holds_alternative<StatusInfoMessage>(*decode_message(greeting->front().bytes()).body));
  {
    // One with a prefix comes and goes.
    Peer other(SocketType::sub, server->update_address());
    zmq_setsockopt(other.socket().handle(), ZMQ_SUBSCRIBE, "progress", 8);
    REQUIRE(subscriber.receive());  // the greeting for it
    zmq_setsockopt(other.socket().handle(), ZMQ_UNSUBSCRIBE, "progress", 8);
    std::this_thread::sleep_for(50ms);
  }
  Peer asker(SocketType::req, server->address());
  GenerateMessage generate;
  generate.id = "job-001";
  generate.prompt = "p";
  generate.model = "m";
  generate.size = {64, 64};
  asker.ask(generate);
  std::string types;
  for (int i = 0; i < 3; ++i) {
    const auto update = subscriber.receive();
    REQUIRE(update);
    CHECK(update->size() == 1);
    const DecodedMessage decoded = decode_message(update->front().bytes());
    CHECK(decoded.envelope.seq == static_cast<std::uint64_t>(i + 1));
    types += std::holds_alternative<JobStartedMessage>(*decoded.body)    ? "started "
             : std::holds_alternative<JobFinishedMessage>(*decoded.body) ? "finished "
             : std::holds_alternative<JobCompleteMessage>(*decoded.body) ? "complete "
                                                                         : "? ";
  }
  CHECK(types == "started finished complete ");
}

TEST_CASE("a worker goes on answering after everything that a peer can throw at it") {
  const auto server = serve("tcp://127.0.0.1:0", std::make_shared<EchoBackend>());
  Peer witness(SocketType::req, server->address());
  {
    Peer peer(SocketType::dealer, server->address());
    peer.send({{}});
    peer.send({{}, {}});
    peer.send({{}, to_bytes("garbage")});
    peer.send({to_bytes("no delimiter")});
    peer.send(std::vector<Bytes>(100, to_bytes("part")));
    peer.send({{}, Bytes(200000, 0x91)});
    peer.send({{}, {0xdd, 0x07, 0xff, 0xff, 0xff}});
    CHECK(witness.ask(PingMessage{}) == "pong");
    peer.send({{}, Bytes(50U << 20U, 0)});  // beyond MAXMSGSIZE: cut off
    CHECK(witness.ask(PingMessage{}) == "pong");
  }
  {
    Peer subscriber(SocketType::dealer, server->update_address());  // a wrong type of socket
    subscriber.send({to_bytes("hello")});
  }
  const int port = port_of(server->address());
  for (const int target : {port, port + 1}) {
    poke_port(target, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    poke_port(target, std::string(10000, '\xff'));
    poke_port(target, std::string_view("\xff\0\0\0\0\0\0\0\1\x7f\3", 11));
  }
  CHECK(witness.ask(PingMessage{}) == "pong");
  CHECK(eventually([&] { return server->counters().malformed >= 5; }));
}

TEST_CASE("a worker refuses an address that is taken or that leaves the machine") {
  const auto server = serve("tcp://127.0.0.1:0", std::make_shared<EchoBackend>());
  const auto second =
      WorkerServer::start({.address = server->address()}, {std::make_shared<EchoBackend>()});
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::worker);
  CHECK(second.error().message ==
        "cannot listen at " + server->address() + ": Address already in use");
  const auto open =
      WorkerServer::start({.address = "tcp://*:5555"}, {std::make_shared<EchoBackend>()});
  REQUIRE_FALSE(open);
  CHECK(open.error().kind == ErrorKind::usage);
  CHECK(open.error().message ==
        "tcp://*:5555 can be reached from other machines, and nothing protects it");
}

TEST_CASE("a client ends with an error at a server that answers garbage") {
  SocketFolder folder;
  const FakeServer server(folder.address(), [](ByteView) {
    return std::vector<Bytes>{to_bytes("garbage"), {}, {0xdd, 0x07, 0xff, 0xff, 0xff}};
  });
  const auto worker = client_of(folder.address(), 300ms);
  const auto submitted = worker->submit(make_job(1));
  REQUIRE_FALSE(submitted);
  CHECK(submitted.error().message == "no worker answers at " + folder.address());
}

TEST_CASE("a client takes no wrong picture from a server that forges and doubles its replies") {
  SocketFolder folder;
  const Job job = make_job(1);
  const FakeServer server(folder.address(), [&](ByteView request) -> std::vector<Bytes> {
    const DecodedMessage decoded = decode_message(request);
    if (!decoded.body) return {};
    if (std::holds_alternative<StatusMessage>(*decoded.body)) {
      return {reply_to(request, StatusInfoMessage{.version = "1.1.0"})};
    }
    if (std::holds_alternative<GenerateMessage>(*decoded.body)) {
      const Bytes done =
          reply_to(request, JobCompleteMessage{job.key.hex(), "../../x", 1,
                                               ResultEntry{sha256("right").hex(), 5, false}});
      return {reply_to(request, JobAcceptedMessage{"another", 1}), done, done};
    }
    return {reply_to(request, BlobMessage{sha256("right").hex(), to_bytes("wrong")}),
            reply_to(request, BlobMessage{sha256("right").hex(), to_bytes("right")})};
  });
  const auto worker = client_of(folder.address(), 300ms);
  REQUIRE(worker->submit(job));
  const Outcome outcome = collect(*worker, 1);
  CHECK(outcome.pictures.empty());
  CHECK(outcome.errors ==
        std::map<Digest, std::string>{
            {job.key, "the worker's picture does not have the digest that it named"}});
}

TEST_CASE("a client that is gone leaves a worker that others can use") {
  SocketFolder folder;
  const auto backend = std::make_shared<EchoBackend>();
  const auto server = serve(folder.address(), backend);
  for (int i = 0; i < 20; ++i) {
    const auto worker = client_of(folder.address());
    REQUIRE(worker->submit(make_job(i)));
  }
  const auto worker = client_of(folder.address());
  REQUIRE(worker->submit(make_job(100)));
  CHECK(collect(*worker, 1).pictures.size() == 1);
}

TEST_CASE("large pictures go over the wire one after the other without filling the worker") {
  class LargeBackend : public EchoBackend {
   public:
    Result<Bytes> run(const BackendJob& job, const ProgressSink&, std::stop_token) override {
      return Bytes(200000, static_cast<std::uint8_t>(job.request.seed.value_or(0)));
    }
  };
  SocketFolder folder;
  const auto server = WorkerServer::start(
      {.address = folder.address(), .limits = {.reply_bytes_in_flight = 1000000}},
      {std::make_shared<LargeBackend>()});
  REQUIRE(server);
  const auto worker = client_of(folder.address());
  for (int i = 0; i < 40; ++i) {
    REQUIRE(worker->submit(make_job(i)));
    const Outcome outcome = collect(*worker, 1);
    REQUIRE(outcome.pictures.size() == 1);
    CHECK(outcome.pictures.begin()->second == std::string(200000, static_cast<char>(i)));
  }
}

TEST_CASE("a picture of the largest size goes over the wire, a larger one fails its job") {
  class LargeBackend : public EchoBackend {
   public:
    Result<Bytes> run(const BackendJob& job, const ProgressSink&, std::stop_token) override {
      return Bytes((32U << 20U) + (job.request.seed == 1 ? 0 : 1), 7);
    }
  };
  SocketFolder folder;
  const auto server = serve(folder.address(), std::make_shared<LargeBackend>());
  const auto worker = client_of(folder.address());
  REQUIRE(worker->submit(make_job(1)));
  REQUIRE(worker->submit(make_job(2)));
  const Outcome outcome = collect(*worker, 2, 60s);
  REQUIRE(outcome.pictures.size() == 1);
  CHECK(outcome.pictures.begin()->second == std::string(32U << 20U, 7));
  CHECK(outcome.errors ==
        std::map<Digest, std::string>{
            {make_job(2).key,
             "the backend made a picture of 33554433 bytes, the limit is 33554432"}});
}

TEST_CASE("a worker responds while its backend hangs") {
  const auto backend = std::make_shared<GateBackend>();
  const auto server = serve("tcp://127.0.0.1:0", backend);
  const auto worker = client_of(server->address());
  REQUIRE(worker->submit(make_job(1)));
  REQUIRE(eventually([&] { return backend->entered == 1; }));
  for (int i = 0; i < 10; ++i) CHECK(server->responds_within(5s));
}

TEST_CASE("a worker counts the updates that a subscriber who does not read has missed") {
  const auto server = serve("tcp://127.0.0.1:0", std::make_shared<EchoBackend>());
  ZmqContext context(1);
  auto sleeper = ZmqSocket::open(context, {.type = SocketType::sub, .high_water = 1});
  REQUIRE(sleeper);
  sleeper->subscribe_to_all();
  REQUIRE(sleeper->connect(server->update_address()));
  const auto worker = client_of(server->address());
  // Each job makes three updates; queues and kernel buffers hold some of them.
  for (int round = 0; round < 200 && server->counters().updates_dropped == 0; ++round) {
    std::size_t jobs = 0;
    for (int i = 0; i < 200; ++i, ++jobs) REQUIRE(worker->submit(make_job(round * 1000 + i)));
    REQUIRE(collect(*worker, jobs).pictures.size() == jobs);
  }
  CHECK(server->counters().updates_dropped > 0);
}
