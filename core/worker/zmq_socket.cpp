#include "core/worker/zmq_socket.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#if defined(__SANITIZE_THREAD__)
#define DGXP_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DGXP_THREAD_SANITIZER 1
#endif
#endif
#ifndef DGXP_THREAD_SANITIZER
#define DGXP_THREAD_SANITIZER 0
#endif

namespace dgxp {
namespace {

constexpr int kHandshakeMilliseconds = 5000;
constexpr int kHeartbeatMilliseconds = 2000;
constexpr int kHeartbeatTimeoutMilliseconds = 6000;
constexpr std::size_t kMaxFrames = 16;

static_assert(sizeof(zmq_msg_t) == 64 && alignof(zmq_msg_t) <= 8);

zmq_msg_t* message_of(std::array<std::byte, 64>& storage) {
  return reinterpret_cast<zmq_msg_t*>(storage.data());
}

/// Content that libzmq holds on to until its last reader is done.
class Adopted {
 public:
  Adopted(Bytes bytes, std::shared_ptr<std::atomic<std::uint64_t>> counter)
      : content(std::move(bytes)), in_flight(std::move(counter)) {
    if (in_flight) in_flight->fetch_add(content.size());
  }
  ~Adopted() {
    if (in_flight) in_flight->fetch_sub(content.size());
  }
  // A copy that dies would be counted as one read by the peer.
  Adopted(const Adopted&) = delete;
  Adopted& operator=(const Adopted&) = delete;

  Bytes content;

 private:
  std::shared_ptr<std::atomic<std::uint64_t>> in_flight;
};

void release_adopted(void*, void* hint) {
  const std::unique_ptr<Adopted> owner(static_cast<Adopted*>(hint));
}

int zmq_type(SocketType type) {
  switch (type) {
    case SocketType::dealer:
      return ZMQ_DEALER;
    case SocketType::router:
      return ZMQ_ROUTER;
    case SocketType::sub:
      return ZMQ_SUB;
    case SocketType::xpub:
      return ZMQ_XPUB;
    case SocketType::req:
      return ZMQ_REQ;
    case SocketType::rep:
      return ZMQ_REP;
    case SocketType::pub:
      break;
  }
  return ZMQ_PUB;
}

Error socket_error(const char* what, const std::string& address) {
  return {ErrorKind::worker, fmt::format("cannot {} {}: {}", what, address, zmq_strerror(errno))};
}

/// The thread sanitizer does not see the synchronisation inside libzmq, which is not built with
/// it. What one thread wrote before it sent is visible to whoever receives later; say so.
void tell_sanitizer_about_passage() {
#if DGXP_THREAD_SANITIZER
  static std::atomic<unsigned> passages{0};
  passages.fetch_add(1, std::memory_order_acq_rel);
#endif
}

}  // namespace

Frame::Frame() {
  zmq_msg_init(message_of(storage_));
}
Frame::Frame(ByteView content) {
  // Out of memory is the only failure; then the frame is empty and the peer refuses it.
  if (zmq_msg_init_size(message_of(storage_), content.size()) != 0) {
    zmq_msg_init(message_of(storage_));
  } else if (!content.empty()) {
    std::memcpy(zmq_msg_data(message_of(storage_)), content.data(), content.size());
  }
}
Frame Frame::adopt(Bytes content, std::shared_ptr<std::atomic<std::uint64_t>> in_flight) {
  auto owner = std::make_unique<Adopted>(std::move(content), std::move(in_flight));
  Frame frame;
  Bytes& bytes = owner->content;
  if (zmq_msg_init_data(message_of(frame.storage_), bytes.data(), bytes.size(), &release_adopted,
                        owner.get()) == 0) {
    static_cast<void>(owner.release());  // release_adopted ends it
  }
  return frame;
}
Frame::Frame(Frame&& other) noexcept : Frame() {
  zmq_msg_move(message_of(storage_), message_of(other.storage_));
}
Frame& Frame::operator=(Frame&& other) noexcept {
  if (this != &other) zmq_msg_move(message_of(storage_), message_of(other.storage_));
  return *this;
}
Frame::~Frame() {
  zmq_msg_close(message_of(storage_));
}
ByteView Frame::bytes() const {
  auto* message = message_of(const_cast<std::array<std::byte, 64>&>(storage_));
  return {static_cast<const std::uint8_t*>(zmq_msg_data(message)), zmq_msg_size(message)};
}

ZmqContext::ZmqContext(int io_threads, std::optional<CurveIdentity> identity)
    : handle_(zmq_ctx_new()), identity_(std::move(identity)) {
  zmq_ctx_set(handle_, ZMQ_IO_THREADS, io_threads);
  zmq_ctx_set(handle_, ZMQ_BLOCKY, 0);
}
ZmqContext::~ZmqContext() {
  while (zmq_ctx_term(handle_) != 0 && errno == EINTR) {
  }
}

Result<ZmqSocket> ZmqSocket::open(ZmqContext& context, const SocketSettings& settings) {
  ZmqSocket socket(zmq_socket(context.handle(), zmq_type(settings.type)));
  if (socket.handle_ == nullptr) return socket_error("open", "a socket");
  socket.set_option(ZMQ_LINGER, 0);
  socket.set_option(ZMQ_HANDSHAKE_IVL, kHandshakeMilliseconds);
  socket.set_option(ZMQ_HEARTBEAT_IVL, kHeartbeatMilliseconds);
  socket.set_option(ZMQ_HEARTBEAT_TIMEOUT, kHeartbeatTimeoutMilliseconds);
  socket.set_option(ZMQ_SNDHWM, settings.high_water);
  socket.set_option(ZMQ_RCVHWM, settings.high_water);
  zmq_setsockopt(socket.handle_, ZMQ_MAXMSGSIZE, &settings.max_message,
                 sizeof settings.max_message);
  // Every new subscriber is told of, not only the first: it is greeted with a status.
  if (settings.type == SocketType::xpub) socket.set_option(ZMQ_XPUB_VERBOSE, 1);
  if (context.identity()) {
    if (auto done = socket.encrypt(*context.identity()); !done) return done.error();
  }
  return socket;
}

Result<Done> ZmqSocket::encrypt(const CurveIdentity& identity) {
  const auto set_text = [&](int option, const std::string& value) {
    return zmq_setsockopt(handle_, option, value.c_str(), value.size()) == 0;
  };
  bool done = set_text(ZMQ_CURVE_SECRETKEY, identity.secret_key);
  if (identity.server_key.empty()) {
    // The domain is what makes ZeroMQ ask a ZapGate about every client.
    done = done && set_text(ZMQ_ZAP_DOMAIN, "dgxp");
    const int yes = 1;
    done = done && zmq_setsockopt(handle_, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0;
  } else {
    done = done && set_text(ZMQ_CURVE_PUBLICKEY, identity.public_key) &&
           set_text(ZMQ_CURVE_SERVERKEY, identity.server_key);
  }
  if (!done) return socket_error("encrypt", "a socket");
  return Done{};
}
ZmqSocket::ZmqSocket(ZmqSocket&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
ZmqSocket& ZmqSocket::operator=(ZmqSocket&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}
ZmqSocket::~ZmqSocket() {
  if (handle_ != nullptr) zmq_close(handle_);
}

Result<Done> ZmqSocket::bind(const std::string& address) {
  if (zmq_bind(handle_, address.c_str()) != 0) return socket_error("listen at", address);
  return Done{};
}
Result<Done> ZmqSocket::unbind(const std::string& address) {
  if (zmq_unbind(handle_, address.c_str()) != 0) return socket_error("leave", address);
  return Done{};
}
Result<Done> ZmqSocket::connect(const std::string& address) {
  if (zmq_connect(handle_, address.c_str()) != 0) return socket_error("connect to", address);
  return Done{};
}
std::string ZmqSocket::bound_address() const {
  std::array<char, 256> text{};
  std::size_t size = text.size();
  if (zmq_getsockopt(handle_, ZMQ_LAST_ENDPOINT, text.data(), &size) != 0) return {};
  return text.data();
}
void ZmqSocket::set_option(int option, int value) {
  zmq_setsockopt(handle_, option, &value, sizeof value);
}
void ZmqSocket::subscribe_to_all() {
  zmq_setsockopt(handle_, ZMQ_SUBSCRIBE, "", 0);
}

bool ZmqSocket::send(Frames frames) {
  return send_parts(frames);
}

bool ZmqSocket::send_if_all_have_room(Frames& frames) {
  set_option(ZMQ_XPUB_NODROP, 1);
  const bool sent = send_parts(frames);
  set_option(ZMQ_XPUB_NODROP, 0);
  return sent;
}

bool ZmqSocket::send_parts(Frames& frames) {
  assert(!frames.empty());
  tell_sanitizer_about_passage();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const int more = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
    // Only the first part of a message can meet a full queue.
    while (zmq_msg_send(message_of(frames[i].storage_), handle_, ZMQ_DONTWAIT | more) < 0) {
      if (errno != EINTR) return false;
    }
  }
  return true;
}

std::optional<Frames> ZmqSocket::receive() {
  Frames frames;
  for (bool more = true; more;) {
    Frame frame;
    while (zmq_msg_recv(message_of(frame.storage_), handle_, ZMQ_DONTWAIT) < 0) {
      if (errno != EINTR) return std::nullopt;
    }
    more = zmq_msg_more(message_of(frame.storage_)) != 0;
    // Further parts are read, because a message is read whole, and dropped.
    if (frames.size() <= kMaxFrames) frames.push_back(std::move(frame));
  }
  tell_sanitizer_about_passage();
  return frames;
}

namespace {

bool can_be_read(const ZmqSocket& socket) {
  int events = 0;
  std::size_t size = sizeof events;
  return zmq_getsockopt(socket.handle(), ZMQ_EVENTS, &events, &size) == 0 &&
         (events & ZMQ_POLLIN) != 0;
}

int descriptor_of(const WaitItem& item) {
  if (item.socket == nullptr) return item.descriptor;
  int descriptor = -1;
  std::size_t size = sizeof descriptor;
  return zmq_getsockopt(item.socket->handle(), ZMQ_FD, &descriptor, &size) == 0 ? descriptor : -1;
}

/// Whether any socket can be read; descriptors are left alone.
bool ask_sockets(std::span<WaitItem> items) {
  bool any = false;
  for (WaitItem& item : items) {
    if (item.socket == nullptr) continue;
    item.ready = can_be_read(*item.socket);
    any = any || item.ready;
  }
  return any;
}

/// Milliseconds as poll() takes them; negative: no end.
int milliseconds_until(std::chrono::steady_clock::time_point end) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

}  // namespace

/// zmq_poll looks at everything twice before it sleeps; a lockstep conversation feels that. The
/// descriptor of a socket says that something has happened inside, not that there is a message.
void wait_for_any(std::span<WaitItem> items, std::chrono::milliseconds timeout) {
  std::array<pollfd, 4> polled{};
  assert(items.size() <= polled.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    polled[i] = {.fd = descriptor_of(items[i]), .events = POLLIN, .revents = 0};
  }
  const bool is_endless = timeout.count() < 0;
  const auto end =
      std::chrono::steady_clock::now() + (is_endless ? std::chrono::milliseconds{0} : timeout);
  bool any = ask_sockets(items);
  while (true) {
    const int wait = any ? 0 : is_endless ? -1 : milliseconds_until(end);
    const int ready = poll(polled.data(), items.size(), wait);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].socket != nullptr) continue;
      items[i].ready = ready > 0 && (polled[i].revents & POLLIN) != 0;
      any = any || items[i].ready;
    }
    if (ready > 0 && ask_sockets(items)) any = true;
    if (any || ready <= 0) return;
  }
}

WakeUp::WakeUp() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
WakeUp::~WakeUp() {
  if (descriptor_ >= 0) close(descriptor_);
}
void WakeUp::raise() {
  const std::uint64_t one = 1;
  while (write(descriptor_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}
void WakeUp::clear() {
  std::uint64_t count = 0;
  while (read(descriptor_, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

std::uint64_t draw_nonce() {
  std::uint64_t nonce = 0;
  while (getrandom(&nonce, sizeof nonce, 0) < 0 && errno == EINTR) {
  }
  return nonce;
}

}  // namespace dgxp
