#pragma once

#include <optional>
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
/// system choose; its update address is then port 0 too. `updates`, when not empty, is the address
/// of updates; it goes the same way or another one.
///
/// Error: `usage`, with what is wrong and a hint.
Result<EndpointAddresses> parse_endpoint(std::string_view address, std::string_view updates = {});

/// The port of "tcp://HOST:PORT", the path of "ipc://PATH"; nothing for another scheme.
std::optional<int> tcp_port_of(std::string_view address);
std::optional<std::string> ipc_path_of(std::string_view address);

}  // namespace dgxp
