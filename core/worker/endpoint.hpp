#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace dgxp {

/// The two addresses of a worker.
struct EndpointAddresses {
  std::string requests;  ///< "tcp://127.0.0.1:5555", "ipc:///tmp/x", "inproc://x"
  std::string updates;   ///< the next port, or the path with ".updates"
  bool is_local = true;  ///< loopback, ipc or inproc: nobody else can listen in
};

/// Reads "tcp://HOST:PORT", "ipc://PATH" or "inproc://NAME". Port 0 is for a worker that lets the
/// system choose; its update address is then port 0 too.
///
/// Error: `usage`, with what is wrong and a hint.
Result<EndpointAddresses> parse_endpoint(std::string_view address);

}  // namespace dgxp
