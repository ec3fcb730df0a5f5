#include "core/worker/worker_server.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/find_listener.hpp"
#include "core/worker/ipc_place.hpp"
#include "core/worker/msgpack_value.hpp"
#include "core/worker/zap_gate.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMaxRequest = 40 << 20;  // a blob and its map
constexpr std::int64_t kMaxSubscription = 1 << 10;
constexpr int kUpdateHighWater = 1000;
constexpr std::size_t kLargeReply = 64U << 10U;
constexpr int kRequestsARound = 256;  // then the other sockets have their turn
constexpr std::size_t kMaxPrefixes = 256;
constexpr int kPortTries = 32;
constexpr std::chrono::milliseconds kForEver{-1};

struct Listeners {
  ZmqSocket requests;
  ZmqSocket updates;
  std::string request_address;
  std::string update_address;
};

Result<Listeners> open_listeners(ZmqContext& context) {
  auto requests = ZmqSocket::open(context, {SocketType::router, kMaxRequest, kUpdateHighWater});
  if (!requests) return requests.error();
  auto updates = ZmqSocket::open(context, {SocketType::xpub, kMaxSubscription, kUpdateHighWater});
  if (!updates) return updates.error();
  return Listeners{*std::move(requests), *std::move(updates), {}, {}};
}

Result<Done> bind_one(ZmqSocket& socket, const std::string& address) {
  const auto path = ipc_path_of(address);
  if (!path) return socket.bind(address);
  const auto place = IpcPlace::prepare(*path);
  if (!place) return place.error();
  return socket.bind(address);
}

Result<Done> bind_both(Listeners& listeners, const EndpointAddresses& addresses, bool neighbours) {
  if (auto bound = bind_one(listeners.requests, addresses.requests); !bound) return bound;
  listeners.request_address = listeners.requests.bound_address();
  std::string updates = addresses.updates;
  if (neighbours) {
    const auto both = parse_endpoint(listeners.request_address);
    if (!both) return both.error();
    updates = both->updates;
  }
  if (auto bound = bind_one(listeners.updates, updates); !bound) {
    static_cast<void>(listeners.requests.unbind(listeners.request_address));
    listeners.request_address = updates;
    return bound;
  }
  listeners.update_address = listeners.updates.bound_address();
  return Done{};
}

Error with_holder(Error error, const std::string& address) {
  if (error.kind != ErrorKind::worker) return error;
  const std::string holder = find_listener(address);
  error.hint = holder.empty() ? "is another worker running there? choose another address"
                              : fmt::format(
                                    "{} listens there: stop it, or choose another address "
                                    "with --listen and --publish",
                                    holder);
  return error;
}

/// With port 0 the system chooses a port for requests, and its neighbour may be taken.
Result<Listeners> listen(ZmqContext& context, const EndpointAddresses& addresses, bool neighbours) {
  auto listeners = open_listeners(context);
  if (!listeners) return listeners.error();
  const bool may_retry = neighbours && tcp_port_of(addresses.requests) == 0;
  for (int tries = may_retry ? kPortTries : 1;; --tries) {
    listeners->request_address = addresses.requests;
    auto bound = bind_both(*listeners, addresses, neighbours);
    if (bound) return listeners;
    if (tries == 1) return with_holder(bound.error(), listeners->request_address);
  }
}

std::shared_ptr<ZmqContext> make_context(const ServerOptions& options) {
  if (!options.guard) return std::make_shared<ZmqContext>(1);
  const CurveKeys& keys = options.guard->keys;
  return std::make_shared<ZmqContext>(
      1, CurveIdentity{.public_key = keys.public_key, .secret_key = keys.secret_key});
}

std::chrono::milliseconds until(SteadyTime due, SteadyTime now) {
  if (due == SteadyTime::max()) return kForEver;
  if (due <= now) return std::chrono::milliseconds{0};
  return std::chrono::ceil<std::chrono::milliseconds>(due - now);
}

}  // namespace

class WorkerServer::Impl {
 public:
  Impl(std::shared_ptr<ZmqContext> context, std::optional<ZapGate> gate, Listeners listeners,
       std::unique_ptr<WakeUp> wake, std::vector<std::shared_ptr<Backend>> backends,
       const ServerOptions& options)
      : context_(std::move(context)),
        gate_(std::move(gate)),
        listeners_(std::move(listeners)),
        wake_(std::move(wake)),
        pool_(std::in_place, backends, *wake_),
        core_(backends, *pool_, options.limits, draw_nonce(), Clock::now()),
        framing_(options.framing) {
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  Impl(Impl&&) = delete;

  ~Impl() {
    thread_.request_stop();
    wake_->raise();
    thread_.join();
    pool_.reset();
  }

  const Listeners& listeners() const { return listeners_; }
  bool responds_within(std::chrono::milliseconds limit) {
    const std::uint64_t round = rounds_.load();
    wake_->raise();
    std::unique_lock lock(round_mutex_);
    return round_ended_.wait_for(lock, limit, [&] { return rounds_.load() > round; });
  }
  const ServerCounters& counters() { return core_.counters(); }

 private:
  void serve(const std::stop_token& stop) {
    std::array<WaitItem, 4> all{WaitItem{.socket = &listeners_.requests},
                                WaitItem{.socket = &listeners_.updates},
                                WaitItem{.descriptor = wake_->descriptor()},
                                WaitItem{.socket = gate_ ? &gate_->socket() : nullptr}};
    const std::span<WaitItem> items(all.data(), gate_ ? 4 : 3);
    while (!stop.stop_requested()) {
      const SteadyTime before = Clock::now();
      wait_for_any(items, until(core_.next_due(before), before));
      if (items[0].ready) answer_requests();
      if (items[1].ready) notice_subscribers();
      if (items[2].ready) {
        wake_->clear();
        for (RunEvent& event : pool_->take_events()) core_.take(std::move(event), Clock::now());
      }
      if (gate_ && all[3].ready) core_.counters().refused_clients += gate_->answer_all();
      core_.on_time(Clock::now());
      publish();
      end_round();
    }
  }

  void end_round() {
    {
      const std::lock_guard lock(round_mutex_);
      ++rounds_;
    }
    round_ended_.notify_all();
  }

  void answer_requests() {
    for (int i = 0; i < kRequestsARound; ++i) {
      auto frames = listeners_.requests.receive();
      if (!frames) return;
      if (frames->size() < 2) continue;
      const SteadyTime begin = Clock::now();
      ServerCounters& counters = core_.counters();
      counters.request_bytes.add(static_cast<double>(frames->back().bytes().size()));
      Bytes reply = core_.answer(frames->back().bytes(), begin);
      counters.reply_bytes.add(static_cast<double>(reply.size()));
      const bool is_large = reply.size() > kLargeReply;
      // What stands before the body is the way back: identity, a request id, a delimiter.
      frames->back() = is_large ? Frame::adopt(std::move(reply), core_.bytes_in_flight())
                                : Frame(ByteView(reply));
      // A peer that has gone or does not read loses its reply; it will ask again.
      static_cast<void>(listeners_.requests.send(std::move(*frames)));
      counters.answer_seconds.add(std::chrono::duration<double>(Clock::now() - begin).count());
    }
  }

  /// A subscription is one byte, 1 or 0, and a prefix. The leave is told when the last subscriber
  /// of a prefix has gone.
  void notice_subscribers() {
    bool greet = false;
    for (int i = 0; i < kRequestsARound; ++i) {
      const auto frames = listeners_.updates.receive();
      if (!frames) break;
      const std::string_view content = as_text(frames->front().bytes());
      if (content.empty()) continue;
      const std::string prefix(content.substr(1));
      if (content[0] == 1) {
        greet = true;
        if (prefixes_.size() < kMaxPrefixes) prefixes_.insert(prefix);
      } else {
        prefixes_.erase(prefix);
      }
    }
    core_.set_subscribers(!prefixes_.empty());
    if (greet) core_.greet(Clock::now());
  }

  void publish() {
    for (const Update& update : core_.take_updates()) {
      Frames frames;
      if (framing_ == PubFraming::topic) frames.emplace_back(as_bytes(update.topic));
      frames.emplace_back(ByteView(update.body));
      ++core_.counters().updates;
      if (listeners_.updates.send_if_all_have_room(frames)) continue;
      // A subscriber that does not read must not keep it from the others.
      ++core_.counters().updates_dropped;
      static_cast<void>(listeners_.updates.send(std::move(frames)));
    }
  }

  std::shared_ptr<ZmqContext> context_;
  std::optional<ZapGate> gate_;
  Listeners listeners_;
  std::unique_ptr<WakeUp> wake_;
  std::optional<BackendPool> pool_;
  ServerCore core_;
  PubFraming framing_;
  std::set<std::string> prefixes_;  ///< that somebody has subscribed to
  std::atomic<std::uint64_t> rounds_{0};
  std::mutex round_mutex_;
  std::condition_variable round_ended_;
  std::jthread thread_;
};

Result<std::unique_ptr<WorkerServer>> WorkerServer::start(
    const ServerOptions& options, std::vector<std::shared_ptr<Backend>> backends,
    std::shared_ptr<ZmqContext> context) {
  const auto addresses = parse_endpoint(options.address, options.updates);
  if (!addresses) return addresses.error();
  if (!addresses->is_local && !options.guard && options.remote_peers == RemotePeers::refuse) {
    return Error{ErrorKind::usage,
                 fmt::format("{} can be reached from other machines, and nothing protects it",
                             escape_for_terminal(options.address)),
                 "give it a key and the keys of its clients: --key FILE --allow FILE (`dgxp worker "
                 "keygen` makes keys); or listen at 127.0.0.1 and come through an ssh tunnel"};
  }
  if (context == nullptr) context = make_context(options);
  std::optional<ZapGate> gate;
  if (options.guard) {
    auto opened = ZapGate::open(*context, options.guard->allowed);
    if (!opened) return opened.error();
    gate = *std::move(opened);
  }
  auto wake = std::make_unique<WakeUp>();
  if (wake->descriptor() < 0) return Error{ErrorKind::worker, "too many files are open"};
  auto listeners = listen(*context, *addresses, options.updates.empty());
  if (!listeners) return listeners.error();
  return std::unique_ptr<WorkerServer>(std::make_unique<WorkerServer>(
      std::make_unique<Impl>(std::move(context), std::move(gate), *std::move(listeners),
                             std::move(wake), std::move(backends), options)));
}

WorkerServer::WorkerServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WorkerServer::~WorkerServer() = default;
const std::string& WorkerServer::address() const {
  return impl_->listeners().request_address;
}
const std::string& WorkerServer::update_address() const {
  return impl_->listeners().update_address;
}
bool WorkerServer::responds_within(std::chrono::milliseconds limit) const {
  return impl_->responds_within(limit);
}
const ServerCounters& WorkerServer::counters() const {
  return impl_->counters();
}

}  // namespace dgxp
