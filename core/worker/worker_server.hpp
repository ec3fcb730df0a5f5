#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/worker/backend.hpp"
#include "core/worker/curve_keys.hpp"
#include "core/worker/server_core.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {

/// Whether plain TCP may leave this machine. Without encryption anybody on the way can read,
/// change and order pictures.
enum class RemotePeers { refuse, allow };

/// How an update leaves: as the body alone, which is what peers of 1.0 read, or behind a frame
/// with its topic ("progress.JOB"), by which a subscriber can choose.
enum class PubFraming { body, topic };

/// Encryption, and who may come in.
struct CurveGuard {
  CurveKeys keys;
  std::set<std::string> allowed;  ///< public keys of clients
};

struct ServerOptions {
  std::string address = "tcp://127.0.0.1:5555";  ///< port 0: the system chooses two neighbours
  std::string updates;                           ///< empty: the neighbour of `address`
  PubFraming framing = PubFraming::body;
  RemotePeers remote_peers = RemotePeers::refuse;
  std::optional<CurveGuard> guard;  ///< with it an address may leave the machine
  ServerLimits limits = {};
};

/// A worker: a ROUTER for requests and an XPUB for updates, served by a thread of its own that
/// never waits for a backend. It ends with the object; running jobs are asked to stop.
class WorkerServer {
 public:
  /// `context` null: one of its own; with a guard it must be null.
  ///
  /// Error: `usage` for an address that is none, or one that leaves the machine unguarded; `worker`
  /// when it cannot be listened at, with who listens there.
  static Result<std::unique_ptr<WorkerServer>> start(const ServerOptions& options,
                                                     std::vector<std::shared_ptr<Backend>> backends,
                                                     std::shared_ptr<ZmqContext> context = nullptr);
  ~WorkerServer();
  WorkerServer(WorkerServer&&) = delete;
  class Impl;
  explicit WorkerServer(std::unique_ptr<Impl> impl);  ///< for start()

  const std::string& address() const;         ///< of requests, with the port in use
  const std::string& update_address() const;  ///< of updates
  const ServerCounters& counters() const;
  /// Whether its thread goes round within `limit`: it answers.
  bool responds_within(std::chrono::milliseconds limit) const;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace dgxp
