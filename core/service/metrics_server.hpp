#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/worker/worker_server.hpp"

namespace dgxp {

/// Answers `GET /metrics` on a thread of its own, one visitor at a time, each within two seconds.
/// It ends with the object.
class MetricsServer {
 public:
  /// `address` is HOST:PORT with an IP address, or "localhost"; port 0 is a free one. `text` is
  /// called on the server's thread.
  ///
  /// Error: `usage` for an address that is none, or one beyond this machine that `peers` refuses;
  /// `worker` when it is taken, with who listens there.
  static Result<std::unique_ptr<MetricsServer>> start(const std::string& address, RemotePeers peers,
                                                      std::function<std::string()> text);
  ~MetricsServer();
  MetricsServer(MetricsServer&&) = delete;
  class Impl;
  explicit MetricsServer(std::unique_ptr<Impl> impl);  ///< for start()

  const std::string& url() const;  ///< "http://127.0.0.1:9400/metrics"

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace dgxp
