#include "core/backends/web_socket.hpp"

#include <algorithm>
#include <exception>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace dgxp {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using ErrorCode = beast::error_code;
using PlainStream = tcp::socket;
using TlsStream = beast::ssl_stream<tcp::socket>;
using Why = WebSocketEnd::Why;

constexpr std::size_t kPiece = std::size_t{64} << 10U;

/// Sets the headers of the user, which may hold a token.
void decorate(websocket::request_type& request, const WebSocketOptions& options) {
  request.set(beast::http::field::user_agent, "dgxp");
  if (!options.base.authorization.empty()) {
    request.set(beast::http::field::authorization, options.base.authorization);
  }
  for (const std::string& line : options.access.headers) {
    const auto colon = line.find(':');
    const bool is_header = colon != std::string::npos && colon > 0 &&
                           line.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
    if (!is_header) continue;
    const auto value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    request.set(line.substr(0, colon), line.substr(value));
  }
}

Why why_ended(const ErrorCode& error) {
  if (error == websocket::error::closed) return Why::closed;
  if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
    return Why::too_large;
  }
  return Why::broken;
}

/// One connection; all of it happens on the thread that runs `context`. It lives until run() is
/// over, so that handlers may hold `this`.
template <typename Stream>
class Connection {
 public:
  template <typename... Arguments>
  Connection(asio::io_context& context, const WebSocketOptions& options,
             const WebSocketHandlers& handlers, Arguments&... arguments)
      : context_(context),
        options_(options),
        handlers_(handlers),
        resolver_(context),
        deadline_(context),
        ping_timer_(context),
        stream_(context, arguments...) {}

  WebSocketEnd run(const std::stop_token& stop) {
    const std::stop_callback wake(
        stop, [this] { asio::post(context_, [this] { close(Why::stopped, "stopped"); }); });
    open();
    context_.run();
    end_.message = fmt::format("WebSocket {}/ws: {}", options_.base.url(), end_.message);
    return std::move(end_);
  }

 private:
  tcp::socket& socket() { return beast::get_lowest_layer(stream_); }

  void open() {
    start_deadline(options_.open_timeout, Why::timed_out, "it did not open in time");
    resolver_.async_resolve(
        options_.base.host, std::to_string(options_.base.port),
        [this](const ErrorCode& error, const tcp::resolver::results_type& found) {
          if (error) return finish(Why::refused, error.message());
          asio::async_connect(socket(), found, [this](const ErrorCode& failed, const auto&) {
            if (failed) return finish(Why::refused, failed.message());
            ErrorCode ignored;
            socket().set_option(tcp::no_delay(true), ignored);
            secure();
          });
        });
  }

  void secure() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      // The name is sent in the clear, for proxies that serve several.
      SSL_set_tlsext_host_name(stream_.next_layer().native_handle(), options_.base.host.c_str());
      stream_.next_layer().async_handshake(
          asio::ssl::stream_base::client, [this](const ErrorCode& error) {
            if (error) return finish(Why::refused, "TLS: " + error.message());
            shake_hands();
          });
    } else {
      shake_hands();
    }
  }

  void shake_hands() {
    stream_.read_message_max(options_.max_message);
    stream_.set_option(websocket::stream_base::decorator(
        [this](websocket::request_type& request) { decorate(request, options_); }));
    // A pong, or any other frame from the server, is a sign of life; and behind its goodbye
    // Beast waits for it to hang up, which shall not take for ever.
    stream_.control_callback([this](websocket::frame_type type, beast::string_view) {
      missed_ = 0;
      if (type != websocket::frame_type::close) return;
      end_.close_code = stream_.reason().code;
      if (!is_closing_) start_deadline(options_.close_timeout, Why::closed, "closed");
    });
    stream_.async_handshake(answer_, options_.base.authority(),
                            options_.base.prefix + options_.path, [this](const ErrorCode& error) {
                              if (!error) return opened();
                              finish(Why::refused,
                                     error == websocket::error::upgrade_declined
                                         ? fmt::format("HTTP status {}", answer_.result_int())
                                         : error.message());
                            });
  }

  void opened() {
    if (is_over_) return;
    deadline_.cancel();
    end_.was_open = true;
    schedule_ping();
    read();
    if (handlers_.opened) handlers_.opened();
    if (options_.greeting.empty()) return;
    stream_.text(true);
    stream_.async_write(asio::buffer(options_.greeting),
                        [this](const ErrorCode& error, std::size_t) {
                          if (error) finish(why_ended(error), error.message());
                        });
  }

  /// Piece by piece: Beast 1.74's own reading of whole messages fails an assertion when a ping
  /// comes between two fragments.
  void read() {
    stream_.async_read_some(buffer_.prepare(kPiece),
                            [this](const ErrorCode& error, std::size_t size) {
                              if (error) return finish(why_ended(error), error.message());
                              buffer_.commit(size);
                              missed_ = 0;
                              if (stream_.is_message_done()) take_message();
                              read();
                            });
  }

  void take_message() {
    const ByteView message(static_cast<const std::uint8_t*>(buffer_.data().data()), buffer_.size());
    if (stream_.got_text()) {
      if (handlers_.text) handlers_.text(as_text(message));
    } else if (handlers_.binary) {
      handlers_.binary(message);
    }
    buffer_.consume(buffer_.size());
    // One large picture must not hold its memory for ever.
    if (buffer_.capacity() > std::size_t{1} << 20U) buffer_.shrink_to_fit();
  }

  void schedule_ping() {
    ping_timer_.expires_after(options_.ping_interval);
    ping_timer_.async_wait([this](const ErrorCode& error) {
      if (error || is_over_) return;
      if (missed_ >= 2) return finish(Why::timed_out, "no answer to two pings");
      ++missed_;
      if (!std::exchange(is_pinging_, true)) ping();
      schedule_ping();
    });
  }

  void ping() {
    stream_.async_ping({}, [this](const ErrorCode& error) {
      is_pinging_ = false;
      if (error) finish(why_ended(error), error.message());
    });
  }

  /// Says goodbye and waits for the answer of the server, not for long.
  void close(Why why, std::string message) {
    if (is_over_) return;
    if (!end_.was_open) return finish(why, std::move(message));
    if (is_closing_) return;
    is_closing_ = true;
    end_.why = why;
    end_.message = std::move(message);
    start_deadline(options_.close_timeout, why, {});
    stream_.async_close(websocket::close_code::normal,
                        [this](const ErrorCode&) { finish(end_.why, {}); });
  }

  void start_deadline(std::chrono::milliseconds time, Why why, std::string message) {
    deadline_.expires_after(time);
    deadline_.async_wait([this, why, message = std::move(message)](const ErrorCode& error) {
      if (!error) finish(why, message);
    });
  }

  /// The first reason counts. After it no handler of the caller is called.
  void finish(Why why, std::string message) {
    if (std::exchange(is_over_, true)) return;
    if (!is_closing_) {
      end_.why = why;
      end_.message = std::move(message);
    }
    deadline_.cancel();
    ping_timer_.cancel();
    resolver_.cancel();
    ErrorCode ignored;
    socket().shutdown(tcp::socket::shutdown_both, ignored);
    socket().close(ignored);
    // A lookup of a name cannot be cut short; nobody waits for it.
    context_.stop();
  }

  asio::io_context& context_;
  const WebSocketOptions& options_;
  const WebSocketHandlers& handlers_;
  tcp::resolver resolver_;
  asio::steady_timer deadline_;
  asio::steady_timer ping_timer_;
  websocket::stream<Stream, false> stream_;  // no compression
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  WebSocketEnd end_;
  int missed_ = 0;
  bool is_pinging_ = false;
  bool is_closing_ = false;
  bool is_over_ = false;
};

WebSocketEnd run_secure(asio::io_context& context, const WebSocketOptions& options,
                        const WebSocketHandlers& handlers, const std::stop_token& stop) {
  asio::ssl::context tls(asio::ssl::context::tls_client);
  if (options.access.verify_tls) {
    tls.set_verify_mode(asio::ssl::verify_peer);
    tls.set_verify_callback(asio::ssl::host_name_verification(options.base.host));
    if (options.access.ca_file.empty()) {
      tls.set_default_verify_paths();
    } else {
      tls.load_verify_file(options.access.ca_file);
    }
  }
  Connection<TlsStream> connection(context, options, handlers, tls);
  return connection.run(stop);
}

}  // namespace

WebSocketEnd run_web_socket(const WebSocketOptions& options, const WebSocketHandlers& handlers,
                            const std::stop_token& stop) {
  try {
    asio::io_context context(1);
    if (options.base.tls) return run_secure(context, options, handlers, stop);
    Connection<PlainStream> connection(context, options, handlers);
    return connection.run(stop);
  } catch (const std::exception& error) {
    return {.why = Why::broken, .message = error.what()};
  }
}

}  // namespace dgxp
