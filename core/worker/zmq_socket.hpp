#pragma once

// The part of ZeroMQ that the wire needs, as values: contexts and sockets that close themselves,
// messages as lists of frames. No call here waits except wait_for_any.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

/// One part of a message.
class Frame {
 public:
  Frame();
  explicit Frame(ByteView content);  ///< a copy
  /// Takes over `content` without copying; `in_flight`, when given, holds its size until the
  /// last reader is done with it.
  static Frame adopt(Bytes content, std::shared_ptr<std::atomic<std::uint64_t>> in_flight = {});
  Frame(Frame&& other) noexcept;
  Frame& operator=(Frame&& other) noexcept;
  ~Frame();
  ByteView bytes() const;

 private:
  friend class ZmqSocket;
  alignas(8) std::array<std::byte, 64> storage_;  ///< a zmq_msg_t
};
using Frames = std::vector<Frame>;

/// Who the sockets of a context are, with keys as CURVE writes them. With it they talk to nobody
/// without encryption, inproc excepted.
struct CurveIdentity {
  std::string public_key;
  std::string secret_key;
  std::string server_key;  ///< of the only server to talk to; empty: these sockets are servers
};

/// Owns what sockets of one process share. It outlives its sockets.
class ZmqContext {
 public:
  /// `io_threads` 0 is enough for inproc addresses alone.
  explicit ZmqContext(int io_threads, std::optional<CurveIdentity> identity = {});
  ZmqContext(ZmqContext&&) = delete;
  ~ZmqContext();
  void* handle() const { return handle_; }
  const std::optional<CurveIdentity>& identity() const { return identity_; }

 private:
  void* handle_;
  std::optional<CurveIdentity> identity_;
};

enum class SocketType { dealer, router, sub, xpub, req, rep, pub };

struct SocketSettings {
  SocketType type = SocketType::dealer;
  std::int64_t max_message = 1 << 20;  ///< bytes; a peer that sends more is cut off
  int high_water = 1000;               ///< messages queued in each direction
};

/// A socket with LINGER 0, HANDSHAKE_IVL, HEARTBEAT and MAXMSGSIZE set. One thread uses it.
class ZmqSocket {
 public:
  /// Error: `worker`, when the process has no more file descriptors or sockets.
  static Result<ZmqSocket> open(ZmqContext& context, const SocketSettings& settings);
  ZmqSocket(ZmqSocket&& other) noexcept;
  ZmqSocket& operator=(ZmqSocket&& other) noexcept;
  ~ZmqSocket();

  /// Error: `worker`, with the address and the system's reason.
  Result<Done> bind(const std::string& address);
  Result<Done> unbind(const std::string& address);
  Result<Done> connect(const std::string& address);
  std::string bound_address() const;  ///< with the port that the system chose
  void set_option(int option, int value);
  void subscribe_to_all();

  /// False when the message would have to wait; then nothing of it is sent.
  bool send(Frames frames);
  /// Of an xpub: false, and `frames` are whole, when a subscriber has no room; send() would leave
  /// that one out.
  bool send_if_all_have_room(Frames& frames);
  /// All parts of the next message, or nothing when there is none now.
  std::optional<Frames> receive();
  void* handle() const { return handle_; }

 private:
  explicit ZmqSocket(void* handle) : handle_(handle) {}
  Result<Done> encrypt(const CurveIdentity& identity);
  bool send_parts(Frames& frames);
  void* handle_;
};

/// What to wait for: a socket, or a file descriptor when `socket` is null.
struct WaitItem {
  const ZmqSocket* socket = nullptr;
  int descriptor = -1;
  bool ready = false;  ///< set by wait_for_any: can be read
};

/// Returns when an item can be read, `timeout` has passed (negative: no end), or a signal came.
void wait_for_any(std::span<WaitItem> items, std::chrono::milliseconds timeout);

/// A counter that one thread raises to wake another one that waits for descriptor().
class WakeUp {
 public:
  WakeUp();
  WakeUp(WakeUp&&) = delete;
  ~WakeUp();
  void raise();
  void clear();
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// 64 bits from the system's source of randomness, to tell peers and starts apart.
std::uint64_t draw_nonce();

}  // namespace dgxp
