#pragma once

#include <memory>
#include <optional>

#include "core/build/ports.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/wire_session.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {

/// A session on a DEALER and a SUB. The sockets are opened by the first call that needs the worker,
/// which then waits for its first answer, at most `reply_timeout`. That answer tells the protocol:
/// with a worker of 1.0 a ClientSession10 goes on.
class ZmqWorker : public Worker {
 public:
  /// Without `read_picture` a worker of 1.0 is refused: there is no way to its pictures.
  ZmqWorker(std::shared_ptr<ZmqContext> context, EndpointAddresses addresses, SessionLimits limits,
            PictureReader read_picture = {});
  Result<Done> submit(const Job& job) override;
  Result<std::optional<WorkerEvent>> poll(std::chrono::milliseconds timeout) override;
  void cancel_all() override;
  Result<bool> makes_placeholders() override;
  const SessionCounters& counters() const { return session_->counters(); }

 private:
  struct Sockets {
    ZmqSocket requests;
    ZmqSocket updates;
  };
  Result<Done> open();
  Result<Done> meet();
  Result<Done> open_sockets();
  Result<ZmqSocket> open_requests();
  void serve_until(WireSession::Time end);
  void read_all();
  void flush();

  std::shared_ptr<ZmqContext> context_;
  EndpointAddresses addresses_;
  SessionLimits limits_;
  PictureReader read_picture_;
  std::optional<Sockets> sockets_;
  std::unique_ptr<WireSession> session_;
  bool is_open_ = false;
  std::optional<Error> refused_;  ///< why this worker cannot be used
};

}  // namespace dgxp
