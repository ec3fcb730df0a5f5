#include "core/worker/zmq_worker.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/client_session.hpp"
#include "core/worker/client_session_1_0.hpp"
#include "core/worker/worker_client.hpp"
#include "core/worker/worker_query.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMaxReply = 40 << 20;  // a blob and its map
constexpr std::int64_t kMaxUpdate = 1 << 20;
constexpr int kHighWater = 4096;
constexpr int kMessagesARound = 4096;  // then deadlines have their turn
constexpr std::size_t kLargeRequest = 64U << 10U;
constexpr std::chrono::milliseconds kCancelWait{500};
constexpr std::chrono::milliseconds kLongestPoll{std::chrono::hours{24}};

std::optional<CurveIdentity> identity_of(const WorkerEndpoint& endpoint) {
  if (!endpoint.curve) return std::nullopt;
  return CurveIdentity{.public_key = endpoint.curve->keys.public_key,
                       .secret_key = endpoint.curve->keys.secret_key,
                       .server_key = endpoint.curve->server_key};
}

}  // namespace

ZmqWorker::ZmqWorker(std::shared_ptr<ZmqContext> context, EndpointAddresses addresses,
                     SessionLimits limits, PictureReader read_picture)
    : context_(std::move(context)),
      addresses_(std::move(addresses)),
      limits_(limits),
      read_picture_(std::move(read_picture)),
      session_(std::make_unique<ClientSession>(addresses_.requests, limits, draw_nonce())) {}

Result<ZmqSocket> ZmqWorker::open_requests() {
  auto requests = ZmqSocket::open(*context_, {SocketType::dealer, kMaxReply, kHighWater});
  if (!requests) return requests;
  if (auto done = requests->connect(addresses_.requests); !done) return done.error();
  return requests;
}

Result<Done> ZmqWorker::open_sockets() {
  auto updates = ZmqSocket::open(*context_, {SocketType::sub, kMaxUpdate, kHighWater});
  if (!updates) return updates.error();
  updates->subscribe_to_all();
  if (auto done = updates->connect(addresses_.updates); !done) return done;
  auto requests = open_requests();
  if (!requests) return requests.error();
  sockets_.emplace(Sockets{*std::move(requests), *std::move(updates)});
  return Done{};
}

Result<Done> ZmqWorker::open() {
  if (refused_) return *refused_;
  if (session_->lost()) return *session_->lost();
  if (is_open_) return Done{};
  if (auto done = open_sockets(); !done) return done;
  auto met = meet();
  is_open_ = static_cast<bool>(met);
  if (!met) refused_ = met.error();
  return met;
}

/// Waits for the first answer.
Result<Done> ZmqWorker::meet() {
  auto& session = static_cast<ClientSession&>(*session_);
  session.open(Clock::now());
  flush();
  while (!session.is_open() && !session.lost() && !session.has_met_1_0()) {
    serve_until(session.next_due());
  }
  if (session.lost()) return *session.lost();
  if (session.is_open()) return Done{};
  if (!read_picture_) {
    return Error{
        ErrorKind::worker,
        fmt::format("the worker at {} speaks protocol 1.0, which names its pictures by path",
                    addresses_.requests),
        "name the folder of its pictures with --worker-folder, if this machine has it; or "
        "start a worker that speaks 1.1: `dgxp worker`"};
  }
  session_ = std::make_unique<ClientSession10>(addresses_.requests, limits_, read_picture_);
  return Done{};
}

Result<Done> ZmqWorker::submit(const Job& job) {
  if (auto done = open(); !done) return done;
  session_->submit(job, Clock::now());
  flush();
  return Done{};
}

Result<std::optional<WorkerEvent>> ZmqWorker::poll(std::chrono::milliseconds timeout) {
  const auto end = Clock::now() + std::clamp(timeout, std::chrono::milliseconds{0}, kLongestPoll);
  while (true) {
    if (auto event = session_->next_event()) return std::optional(*std::move(event));
    if (refused_) return *refused_;
    if (session_->lost()) return *session_->lost();
    serve_until(std::min(end, session_->next_due()));
    if (Clock::now() < end) continue;
    if (session_->lost()) return *session_->lost();
    return session_->next_event();
  }
}

void ZmqWorker::cancel_all() {
  if (!sockets_) return;
  session_->cancel_all(Clock::now());
  flush();
  const auto end = Clock::now() + std::min(kCancelWait, limits_.reply_timeout);
  while (session_->open_cancels() > 0 && !session_->lost() && Clock::now() < end) {
    serve_until(std::min(end, session_->next_due()));
  }
}

Result<bool> ZmqWorker::makes_placeholders() {
  if (auto done = open(); !done) return done.error();
  return session_->makes_placeholders();
}

/// Serves the session once: what came in, what is due, what goes out.
void ZmqWorker::serve_until(WireSession::Time end) {
  const auto now = Clock::now();
  const auto timeout = end > now ? std::chrono::ceil<std::chrono::milliseconds>(end - now)
                                 : std::chrono::milliseconds{0};
  if (!sockets_) {
    wait_for_any({}, timeout);
    return;
  }
  std::array<WaitItem, 2> items{WaitItem{.socket = &sockets_->requests},
                                WaitItem{.socket = &sockets_->updates}};
  wait_for_any(items, timeout);
  read_all();
  session_->on_time(Clock::now());
  flush();
}

void ZmqWorker::read_all() {
  const auto now = Clock::now();
  for (int i = 0; i < kMessagesARound; ++i) {
    const auto reply = sockets_->requests.receive();
    if (reply) session_->take_reply(reply->back().bytes(), now);
    // One frame, or a topic and the body.
    const auto update = sockets_->updates.receive();
    if (update) session_->take_update(update->back().bytes(), now);
    if (!reply && !update) return;
  }
}

void ZmqWorker::flush() {
  if (session_->take_reopening()) {
    // Without a new socket the old one goes on, with late replies that are dropped by their type.
    if (auto requests = open_requests()) sockets_->requests = *std::move(requests);
  }
  for (Bytes& body : session_->take_outgoing()) {
    const bool is_large = body.size() > kLargeRequest;
    Frames frames;
    frames.emplace_back();  // what a REQ would put before the body
    frames.push_back(is_large ? Frame::adopt(std::move(body)) : Frame(ByteView(body)));
    // What finds no room is sent again when its deadline has passed.
    static_cast<void>(sockets_->requests.send(std::move(frames)));
  }
}

namespace {

/// Error: `usage`, when nothing protects the way to this worker.
Result<EndpointAddresses> protected_addresses(const WorkerEndpoint& endpoint) {
  auto addresses = parse_endpoint(endpoint.address, endpoint.updates);
  if (!addresses) return addresses.error();
  if (!addresses->is_local && !endpoint.curve && !endpoint.insecure) {
    return Error{ErrorKind::usage,
                 fmt::format("{} is on another machine, and nothing protects the connection",
                             escape_for_terminal(endpoint.address)),
                 "give the worker's public key and a key of yours (`server_key` and `key` of "
                 "`worker:` in .dgxp/config.yaml); or reach it through an ssh tunnel: ssh -L "
                 "5555:127.0.0.1:5555 -L 5556:127.0.0.1:5556 HOST"};
  }
  return addresses;
}

}  // namespace

Result<std::unique_ptr<Worker>> connect_worker(const WorkerEndpoint& endpoint) {
  auto addresses = protected_addresses(endpoint);
  if (!addresses) return addresses.error();
  SessionLimits limits;
  limits.reply_timeout = endpoint.reply_timeout;
  limits.silence_limit = endpoint.silence_limit;
  limits.previews = endpoint.previews;
  limits.probe_after = std::min(limits.probe_after, endpoint.silence_limit / 3);
  return std::unique_ptr<Worker>(
      std::make_unique<ZmqWorker>(std::make_shared<ZmqContext>(1, identity_of(endpoint)),
                                  *std::move(addresses), limits, endpoint.read_picture));
}

Result<ClientSockets> connect_wire(const WorkerEndpoint& endpoint) {
  auto addresses = protected_addresses(endpoint);
  if (!addresses) return addresses.error();
  auto context = std::make_shared<ZmqContext>(1, identity_of(endpoint));
  auto updates = ZmqSocket::open(*context, {SocketType::sub, kMaxUpdate, kHighWater});
  if (!updates) return updates.error();
  updates->subscribe_to_all();
  if (auto done = updates->connect(addresses->updates); !done) return done.error();
  auto requests = ZmqSocket::open(*context, {SocketType::dealer, kMaxReply, kHighWater});
  if (!requests) return requests.error();
  if (auto done = requests->connect(addresses->requests); !done) return done.error();
  return ClientSockets{std::move(context), *std::move(requests), *std::move(updates)};
}

Result<WorkerQuery> connect_worker_query(const WorkerEndpoint& endpoint) {
  auto addresses = protected_addresses(endpoint);
  if (!addresses) return addresses.error();
  return WorkerQuery(std::make_shared<ZmqContext>(1, identity_of(endpoint)), *std::move(addresses),
                     endpoint.reply_timeout);
}

}  // namespace dgxp
