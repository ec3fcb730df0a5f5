#pragma once

#include <memory>
#include <optional>

#include "core/build/ports.hpp"
#include "core/worker/client_session.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {

/// A ClientSession on a DEALER and a SUB. The sockets are opened by the first call that needs the
/// worker, which then waits for its first answer, at most `reply_timeout`.
class ZmqWorker : public Worker {
 public:
  ZmqWorker(std::shared_ptr<ZmqContext> context, EndpointAddresses addresses, SessionLimits limits);
  Result<Done> submit(const Job& job) override;
  Result<std::optional<WorkerEvent>> poll(std::chrono::milliseconds timeout) override;
  void cancel_all() override;
  Result<bool> makes_placeholders() override;
  const SessionCounters& counters() const { return session_.counters(); }

 private:
  struct Sockets {
    ZmqSocket requests;
    ZmqSocket updates;
  };
  Result<Done> open();
  Result<Done> open_sockets();
  void wait_until(ClientSession::Time end);
  void read_all();
  void flush();

  std::shared_ptr<ZmqContext> context_;
  EndpointAddresses addresses_;
  SessionLimits limits_;
  std::optional<Sockets> sockets_;
  ClientSession session_;
};

}  // namespace dgxp
