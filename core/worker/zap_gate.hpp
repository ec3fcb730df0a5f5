#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "core/worker/zmq_socket.hpp"

namespace dgxp {

/// Decides for a context who may connect: ZeroMQ asks here about the key of every client (ZAP, RFC
/// 27). Without it CURVE lets in whoever has any key.
class ZapGate {
 public:
  /// To be opened before the context's other sockets listen. `allowed` are public keys.
  static Result<ZapGate> open(ZmqContext& context, std::set<std::string> allowed);
  const ZmqSocket& socket() const { return socket_; }
  /// Answers every question that has come. Returns how many clients were refused.
  std::uint64_t answer_all();

 private:
  ZapGate(ZmqSocket socket, std::set<std::string> allowed)
      : socket_(std::move(socket)), allowed_(std::move(allowed)) {}
  bool may_enter(const Frames& question) const;

  ZmqSocket socket_;
  std::set<std::string> allowed_;
};

}  // namespace dgxp
