#include "core/worker/wire_tap.hpp"

#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/worker_query.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMaxMessage = 40 << 20;
constexpr int kHighWater = 10000;
constexpr int kMessagesARound = 256;
constexpr std::chrono::milliseconds kTick{200};

Result<EndpointAddresses> local_addresses(const std::string& address) {
  auto addresses = parse_endpoint(address);
  if (!addresses || addresses->is_local) return addresses;
  return Error{ErrorKind::usage,
               fmt::format("{} can be reached from other machines, and nothing protects it",
                           escape_for_terminal(address)),
               "listen at 127.0.0.1 or an ipc:// path"};
}

/// Two sockets that clients of a worker find at an address.
struct WireFront {
  ZmqSocket requests;
  ZmqSocket updates;
};

Result<WireFront> open_front(ZmqContext& context, const std::string& listen) {
  const auto addresses = local_addresses(listen);
  if (!addresses) return addresses.error();
  auto requests = ZmqSocket::open(context, {SocketType::router, kMaxMessage, kHighWater});
  if (!requests) return requests.error();
  auto updates = ZmqSocket::open(context, {SocketType::xpub, kMaxMessage, kHighWater});
  if (!updates) return updates.error();
  if (auto done = requests->bind(addresses->requests); !done) return done.error();
  if (auto done = updates->bind(addresses->updates); !done) return done.error();
  return WireFront{*std::move(requests), *std::move(updates)};
}

/// Numbers clients and stamps the time.
class Recorder {
 public:
  explicit Recorder(const RecordSink& sink) : sink_(sink) {}
  void note(WireWay way, const Frames& frames) {
    const ByteView body = frames.back().bytes();
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_);
    std::uint32_t peer = 0;
    if (way != WireWay::update) {
      const std::string name(as_text(frames.front().bytes()));
      peer = peers_.try_emplace(name, static_cast<std::uint32_t>(peers_.size() + 1)).first->second;
    }
    sink_({.milliseconds = static_cast<std::uint64_t>(time.count()),
           .way = way,
           .peer = peer,
           .body = Bytes(body.begin(), body.end())});
  }

 private:
  const RecordSink& sink_;
  Clock::time_point start_ = Clock::now();
  std::map<std::string, std::uint32_t> peers_;
};

void pass_all(ZmqSocket& from, ZmqSocket& to, WireWay way, Recorder& recorder) {
  for (int i = 0; i < kMessagesARound; ++i) {
    auto frames = from.receive();
    if (!frames) return;
    if (way != WireWay::update && frames->size() < 2) continue;  // nobody's
    recorder.note(way, *frames);
    static_cast<void>(to.send(*std::move(frames)));
  }
}

/// Everybody who subscribes gets everything. Whether somebody has.
bool take_subscriptions(ZmqSocket& updates) {
  bool any = false;
  for (int i = 0; i < kMessagesARound; ++i) {
    const auto frames = updates.receive();
    if (!frames) break;
    any = any || as_text(frames->front().bytes()).starts_with('\x01');
  }
  return any;
}

}  // namespace

Result<Done> tap_wire(const std::string& listen, const WorkerEndpoint& worker,
                      const RecordSink& sink, const std::function<void()>& ready,
                      const std::stop_token& stop) {
  auto back = connect_wire(worker);
  if (!back) return back.error();
  ZmqContext context(1);
  auto front = open_front(context, listen);
  if (!front) return front.error();
  Recorder recorder(sink);
  ready();
  std::array<WaitItem, 4> items{
      WaitItem{.socket = &front->requests}, WaitItem{.socket = &back->requests},
      WaitItem{.socket = &back->updates}, WaitItem{.socket = &front->updates}};
  while (!stop.stop_requested()) {
    wait_for_any(items, kTick);
    pass_all(front->requests, back->requests, WireWay::request, recorder);
    pass_all(back->requests, front->requests, WireWay::reply, recorder);
    pass_all(back->updates, front->updates, WireWay::update, recorder);
    static_cast<void>(take_subscriptions(front->updates));
  }
  return Done{};
}

Result<Done> play_wire(const std::string& listen, WirePlayer& player, const RecordSink& sink,
                       const std::function<void()>& ready, const std::stop_token& stop) {
  ZmqContext context(1);
  auto front = open_front(context, listen);
  if (!front) return front.error();
  Recorder recorder(sink);
  ready();
  std::array<WaitItem, 2> items{WaitItem{.socket = &front->requests},
                                WaitItem{.socket = &front->updates}};
  bool has_listener = false;
  while (!stop.stop_requested()) {
    wait_for_any(items, kTick);
    has_listener = take_subscriptions(front->updates) || has_listener;
    for (int i = 0; i < kMessagesARound; ++i) {
      auto frames = front->requests.receive();
      if (!frames) break;
      if (frames->size() < 2) continue;
      recorder.note(WireWay::request, *frames);
      frames->back() = Frame(ByteView(player.answer(frames->back().bytes())));
      recorder.note(WireWay::reply, *frames);
      static_cast<void>(front->requests.send(*std::move(frames)));
    }
    // An update that nobody hears would be missed for good: no status here tells it again.
    if (!has_listener) continue;
    for (const Bytes& update : player.take_updates()) {
      Frames frames;
      frames.emplace_back(ByteView(update));
      recorder.note(WireWay::update, frames);
      static_cast<void>(front->updates.send(std::move(frames)));
    }
  }
  return Done{};
}

}  // namespace dgxp
