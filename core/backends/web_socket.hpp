#pragma once

// One WebSocket connection, from its opening to its end, on the thread of the caller.

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/backends/http_client.hpp"
#include "core/backends/http_url.hpp"
#include "core/base/bytes.hpp"

namespace dgxp {

struct WebSocketOptions {
  HttpBase base;
  std::string path;  ///< below the base, with its query: "/ws?clientId=..."; may be secret
  HttpAccess access;
  std::string greeting;                             ///< sent as text once open; empty: nothing
  std::chrono::milliseconds open_timeout{5'000};    ///< name, connection, TLS and handshake
  std::chrono::milliseconds ping_interval{15'000};  ///< two pings without a sign of life: dead
  std::chrono::milliseconds close_timeout{1'000};
  std::size_t max_message = 64U << 20U;
};

/// Called on the thread of run_web_socket(), in the order of the messages. None may throw.
struct WebSocketHandlers {
  std::function<void()> opened;
  std::function<void(std::string_view)> text;
  std::function<void(ByteView)> binary;
};

struct WebSocketEnd {
  enum class Why {
    stopped,    ///< the stop token said so
    refused,    ///< it never opened: nobody there, no TLS, or not a WebSocket
    timed_out,  ///< it did not open in time, or gave no sign of life
    closed,     ///< the server said goodbye, see `close_code`
    too_large,  ///< a message was larger than max_message
    broken,     ///< it was cut, or what came is no WebSocket
  };
  Why why = Why::broken;
  bool was_open = false;
  std::uint16_t close_code = 0;  ///< of the server's close frame; 0 = none
  std::string message;           ///< names the server; no query and no secret
};

/// Opens a connection and serves it until it ends; then it is closed in full. No Origin and no
/// compression are offered. `stop` closes it within `close_timeout`.
WebSocketEnd run_web_socket(const WebSocketOptions& options, const WebSocketHandlers& handlers,
                            const std::stop_token& stop);

}  // namespace dgxp
