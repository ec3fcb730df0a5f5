#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.hpp"
#include "core/build/ports.hpp"
#include "core/worker/curve_keys.hpp"
#include "core/worker/wire_session.hpp"

namespace dgxp {

/// What opens an encrypted worker: its public key, and a pair that it allows.
struct CurveAccess {
  std::string server_key;
  CurveKeys keys;
};

/// Where the worker listens. The update address of "tcp://host:5555" is the next port; that of
/// "ipc://PATH" is "ipc://PATH.updates".
struct WorkerEndpoint {
  std::string address;  ///< "tcp://127.0.0.1:5555", "ipc:///run/user/1000/dgxp.sock"
  std::string updates;  ///< where its updates go out; empty: the next port, or PATH.updates
  std::optional<CurveAccess> curve;  ///< for a worker that asks for keys
  std::chrono::milliseconds reply_timeout{5000};
  std::chrono::milliseconds silence_limit{30000};  ///< no sign of life: the worker is lost
  bool previews = false;                           ///< tell of unfinished pictures too
  PictureReader read_picture;  ///< for a worker of 1.0, which names its pictures by path
  bool insecure = false;       ///< plain TCP to another machine is allowed
};

/// A client of the wire protocol (DEALER + SUB). It connects on first use.
/// A worker that does not answer is an Error `worker` of the first call that needs it, after
/// `reply_timeout`; one that stops answering while jobs are out, of poll() after `silence_limit`.
/// Error: `usage` when the address is not one, or leaves this machine with neither `curve` nor
/// `insecure`.
Result<std::unique_ptr<Worker>> connect_worker(const WorkerEndpoint& endpoint);

/// The same client on the same server code inside this process (inproc), with the procedural
/// backend on `threads` threads. It starts with the first job and ends with the returned object.
/// Opens no network socket. The pictures do not depend on `threads`.
std::unique_ptr<Worker> start_embedded_worker(int threads);

}  // namespace dgxp
