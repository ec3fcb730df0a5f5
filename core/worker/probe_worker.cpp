#include "core/worker/probe_worker.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/find_listener.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMaxReply = 8 << 20;
constexpr std::chrono::milliseconds kUpdateWait{1000};

struct Sockets {
  ZmqSocket requests;
  ZmqSocket updates;
};

Result<Sockets> open_sockets(ZmqContext& context, const EndpointAddresses& addresses) {
  auto requests = ZmqSocket::open(context, {.type = SocketType::dealer, .max_message = kMaxReply});
  if (!requests) return requests.error();
  auto updates = ZmqSocket::open(context, {.type = SocketType::sub, .max_message = kMaxReply});
  if (!updates) return updates.error();
  updates->subscribe_to_all();
  if (auto done = updates->connect(addresses.updates); !done) return done.error();
  if (auto done = requests->connect(addresses.requests); !done) return done.error();
  return Sockets{*std::move(requests), *std::move(updates)};
}

/// The next message of `socket` before `end`.
std::optional<Frames> wait_for_message(ZmqSocket& socket, Clock::time_point end) {
  while (true) {
    if (auto frames = socket.receive()) return frames;
    const auto now = Clock::now();
    if (now >= end) return std::nullopt;
    std::array<WaitItem, 1> item{WaitItem{.socket = &socket}};
    wait_for_any(item, std::chrono::ceil<std::chrono::milliseconds>(end - now));
  }
}

/// The reply to one request. A worker of 1.0 answers in order and without a number.
template <typename Reply>
std::optional<std::pair<Reply, Envelope>> ask(ZmqSocket& socket, MessageBody body,
                                              std::uint64_t number,
                                              std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  const Bytes request = encode_message({std::move(body), {.rid = number, .v = "1.1"}});
  Frames frames;
  frames.emplace_back();
  frames.emplace_back(ByteView(request));
  static_cast<void>(socket.send(std::move(frames)));
  while (const auto reply = wait_for_message(socket, end)) {
    DecodedMessage decoded = decode_message(reply->back().bytes());
    if (!decoded.body || (decoded.envelope.rid && decoded.envelope.rid != number)) continue;
    if (auto* found = std::get_if<Reply>(&*decoded.body)) {
      return std::pair{std::move(*found), decoded.envelope};
    }
  }
  return std::nullopt;
}

Error no_answer(const EndpointAddresses& addresses, bool has_keys) {
  Error error{ErrorKind::worker,
              fmt::format("no worker answers at {}", escape_for_terminal(addresses.requests))};
  const std::string holder = addresses.is_local ? find_listener(addresses.requests) : "";
  if (!holder.empty()) {
    error.hint = fmt::format(
        "{} listens there and does not answer: it is no worker, it hangs, or "
        "{}",
        holder, has_keys ? "it does not know your key" : "it wants keys");
  } else if (addresses.is_local) {
    error.hint = fmt::format("nobody listens there; start one: dgxp worker --listen {}",
                             escape_for_terminal(addresses.requests));
  } else {
    error.hint = has_keys ? "is it running, can this machine reach it, and does it allow your key?"
                          : "is it running, can this machine reach it, and does it want keys?";
  }
  return error;
}

}  // namespace

Result<WorkerReport> probe_worker(const WorkerEndpoint& endpoint) {
  const auto addresses = parse_endpoint(endpoint.address, endpoint.updates);
  if (!addresses) return addresses.error();
  // It knows which addresses need protection; nothing is opened before the first use.
  if (const auto allowed = connect_worker(endpoint); !allowed) return allowed.error();
  std::optional<CurveIdentity> identity;
  if (endpoint.curve) {
    identity = CurveIdentity{.public_key = endpoint.curve->keys.public_key,
                             .secret_key = endpoint.curve->keys.secret_key,
                             .server_key = endpoint.curve->server_key};
  }
  ZmqContext context(1, std::move(identity));
  auto sockets = open_sockets(context, *addresses);
  if (!sockets) return sockets.error();

  WorkerReport report;
  const auto limit = endpoint.reply_timeout;
  // The first ping waits for the connection, the second one measures.
  if (!ask<PongMessage>(sockets->requests, PingMessage{}, 1, limit)) {
    return no_answer(*addresses, endpoint.curve.has_value());
  }
  const auto begin = Clock::now();
  if (!ask<PongMessage>(sockets->requests, PingMessage{}, 2, limit)) {
    return no_answer(*addresses, endpoint.curve.has_value());
  }
  report.round_trip = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
  auto status = ask<StatusInfoMessage>(sockets->requests, StatusMessage{}, 3, limit);
  if (!status) return no_answer(*addresses, endpoint.curve.has_value());
  report.speaks_1_1 = status->second.epoch.has_value();
  report.status = std::move(status->first);
  if (auto models = ask<ModelListMessage>(sockets->requests, ListModelsMessage{}, 4, limit)) {
    report.models = std::move(models->first.models);
  }
  if (report.speaks_1_1) {
    report.updates_arrive =
        wait_for_message(sockets->updates, Clock::now() + std::min(limit, kUpdateWait)).has_value();
  }
  return report;
}

}  // namespace dgxp
