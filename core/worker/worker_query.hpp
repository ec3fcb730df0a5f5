#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/protocol.hpp"
#include "core/worker/worker_client.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {

/// A worker's status with all its jobs.
struct WorkerOverview {
  StatusInfoMessage info;
  Envelope envelope;  ///< without an epoch it speaks 1.0 and tells of no job
};

/// Questions to a worker, one at a time, and what it publishes: for people who look at a worker.
/// Every wait ends after `reply_timeout`.
class WorkerQuery {
 public:
  WorkerQuery(std::shared_ptr<ZmqContext> context, EndpointAddresses addresses,
              std::chrono::milliseconds reply_timeout);

  /// The reply, whatever it is.
  /// Error: `worker` when there is none in time, or none that can be read.
  Result<Message> ask(MessageBody request);
  /// All jobs that the worker remembers, by the order of their last news.
  /// Error: as ask(), and when the reply is no status.
  Result<WorkerOverview> list_jobs();
  /// From now on next_update() tells of updates.
  Result<Done> subscribe();
  /// Nothing when `timeout` passed; what cannot be read is left out.
  std::optional<Message> next_update(std::chrono::milliseconds timeout);
  const std::string& address() const { return addresses_.requests; }

 private:
  std::shared_ptr<ZmqContext> context_;
  EndpointAddresses addresses_;
  std::chrono::milliseconds reply_timeout_;
  std::optional<ZmqSocket> requests_;
  std::optional<ZmqSocket> updates_;
  std::uint64_t next_rid_;
};

/// The two sockets of a client, for those who only pass messages on.
struct ClientSockets {
  std::shared_ptr<ZmqContext> context;  ///< outlives the sockets
  ZmqSocket requests;
  ZmqSocket updates;
};
/// Error: as connect_worker.
Result<ClientSockets> connect_wire(const WorkerEndpoint& endpoint);

/// Error: as connect_worker.
Result<WorkerQuery> connect_worker_query(const WorkerEndpoint& endpoint);

}  // namespace dgxp
