#include "core/backends/web_socket.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "raw_server.hpp"

using namespace dgxp;
using namespace std::chrono_literals;
using Why = WebSocketEnd::Why;

namespace {

std::string accept_of(const std::string& request) {
  const auto at = request.find("Sec-WebSocket-Key: ") + 19;
  const std::string text = request.substr(at, 24) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char hash[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  unsigned char encoded[40];
  const int length = EVP_EncodeBlock(encoded, hash, SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length)};
}

void shake_hands(const std::string& request, int connection) {
  RawServer::send(connection,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
                      accept_of(request) + "\r\n\r\n");
}

enum Opcode : unsigned {
  kContinued = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

std::string frame(Opcode opcode, std::string_view payload, bool is_last = true) {
  std::string bytes(1, static_cast<char>(opcode | (is_last ? 0x80U : 0U)));
  if (payload.size() < 126) {
    bytes += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    bytes += '\x7E';
    bytes += static_cast<char>(payload.size() >> 8U);
    bytes += static_cast<char>(payload.size() & 0xFFU);
  } else {
    bytes += '\x7F';
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(std::uint64_t{payload.size()} >> shift & 0xFFU);
    }
  }
  return bytes + std::string(payload);
}

/// The next short frame of the client, unmasked; "" at the end of the connection.
std::pair<unsigned, std::string> read_frame(int connection) {
  unsigned char head[6];
  if (::recv(connection, head, sizeof head, MSG_WAITALL) != sizeof head) return {};
  std::string payload(head[1] & 0x7FU, '\0');
  if (!payload.empty() && ::recv(connection, payload.data(), payload.size(), MSG_WAITALL) <= 0) {
    return {};
  }
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ static_cast<char>(head[2 + i % 4]));
  }
  return {head[0] & 0xFU, payload};
}

struct Heard {
  std::string texts;
  std::string binaries;
  int opened = 0;
};

WebSocketOptions options_for(const RawServer& server) {
  return {.base = *parse_http_base(server.url() + "/pre"),
          .path = "/ws?clientId=secret",
          .access = {},
          .greeting = {},
          .open_timeout = 5s};
}

WebSocketEnd run(const WebSocketOptions& options, Heard& heard, const std::stop_token& stop = {}) {
  return run_web_socket(
      options,
      {.opened = [&] { ++heard.opened; },
       .text = [&](std::string_view text) { heard.texts += text, heard.texts += '|'; },
       .binary = [&](ByteView bytes) { heard.binaries += as_text(bytes), heard.binaries += '|'; }},
      stop);
}

}  // namespace

TEST_CASE("R21: a WebSocket reads fragments with pings between them, and its end has a code") {
  std::string request_seen;
  std::string client_frames;
  RawServer server([&](const std::string& request, int connection) {
    request_seen = request;
    shake_hands(request, connection);
    client_frames += read_frame(connection).second + "|";
    RawServer::send(connection, frame(kText, "one"));
    // The ping comes in one packet with the fragment before it, which Beast 1.74 stumbles over.
    RawServer::send(connection, frame(kBinary, "two", false) + frame(kPing, "are you there"));
    client_frames += read_frame(connection).second;
    RawServer::send(connection, frame(kContinued, " and", false));
    RawServer::send(connection, frame(kContinued, " a half"));
    RawServer::send(connection, frame(kBinary, std::string(300, 'x')));
    RawServer::send(connection, frame(kClose, "\x03\xF3over"));
    read_frame(connection);
    ::shutdown(connection, SHUT_RDWR);
  });
  WebSocketOptions options = options_for(server);
  options.greeting = "hello";
  options.access.headers = {"Authorization: Bearer t"};
  Heard heard;
  const WebSocketEnd end = run(options, heard);
  CHECK(end.why == Why::closed);
  CHECK(end.close_code == 1011);
  CHECK(end.was_open);
  CHECK(end.message.find("secret") == std::string::npos);
  CHECK(heard.opened == 1);
  CHECK(heard.texts == "one|");
  CHECK(heard.binaries == "two and a half|" + std::string(300, 'x') + "|");
  CHECK(client_frames == "hello|are you there");
  CHECK(request_seen.starts_with("GET /pre/ws?clientId=secret HTTP/1.1\r\n"));
  CHECK(request_seen.find("Authorization: Bearer t\r\n") != std::string::npos);
  CHECK(request_seen.find("Origin") == std::string::npos);
  CHECK(request_seen.find("Extensions") == std::string::npos);
}

TEST_CASE("A WebSocket that is refused says so") {
  RawServer server([](const std::string&, int connection) {
    RawServer::send(connection, RawServer::reply("no", "403 Forbidden"));
  });
  Heard heard;
  const WebSocketEnd end = run(options_for(server), heard);
  CHECK(end.why == Why::refused);
  CHECK_FALSE(end.was_open);
  CHECK(end.message == "WebSocket " + server.url() + "/pre/ws: HTTP status 403");
}

TEST_CASE("A WebSocket that does not open in time is given up") {
  RawServer server([](const std::string&, int) {});
  WebSocketOptions options = options_for(server);
  options.open_timeout = 50ms;
  Heard heard;
  const WebSocketEnd end = run(options, heard);
  CHECK(end.why == Why::timed_out);
  CHECK_FALSE(end.was_open);
}

TEST_CASE("R19: two unanswered pings end a WebSocket, answered ones do not") {
  for (const bool is_answering : {false, true}) {
    CAPTURE(is_answering);
    int pings = 0;
    RawServer server([&](const std::string& request, int connection) {
      shake_hands(request, connection);
      while (true) {
        const auto [opcode, payload] = read_frame(connection);
        if (opcode != kPing) return;
        if (!is_answering) continue;
        if (++pings == 6) RawServer::send(connection, frame(kClose, "\x03\xE8"));
        RawServer::send(connection, frame(kPong, payload));
      }
    });
    WebSocketOptions options = options_for(server);
    options.ping_interval = 30ms;
    options.close_timeout = 50ms;
    Heard heard;
    const WebSocketEnd end = run(options, heard);
    CHECK(end.why == (is_answering ? Why::closed : Why::timed_out));
    CHECK(end.was_open);
  }
}

TEST_CASE("R21: a message above the limit ends a WebSocket before it is read") {
  for (const bool is_deaf : {false, true}) {
    CAPTURE(is_deaf);
    RawServer server([&](const std::string& request, int connection) {
      shake_hands(request, connection);
      RawServer::send(connection, std::string("\x82\x7F\0\0\0\x7F\xFF\xFF\xFF\xFF", 10));
      read_frame(connection);
      if (!is_deaf) ::shutdown(connection, SHUT_RDWR);
    });
    WebSocketOptions options = options_for(server);
    options.ping_interval = 20ms;
    Heard heard;
    const auto begin = std::chrono::steady_clock::now();
    const WebSocketEnd end = run(options, heard);
    CHECK(end.why == (is_deaf ? Why::timed_out : Why::too_large));
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(heard.binaries.empty());
  }
}

TEST_CASE("R21: a WebSocket carries a frame of 32 MB") {
  const std::string large(32U << 20U, 'p');
  RawServer server([&](const std::string& request, int connection) {
    shake_hands(request, connection);
    RawServer::send(connection, frame(kBinary, large));
    RawServer::send(connection, frame(kClose, "\x03\xE8"));
    read_frame(connection);
  });
  WebSocketOptions options = options_for(server);
  options.close_timeout = 50ms;  // this server never hangs up
  Heard heard;
  const WebSocketEnd end = run(options, heard);
  CHECK(end.why == Why::closed);
  CHECK(heard.binaries.size() == large.size() + 1);
}

TEST_CASE("A WebSocket that is cut or talks rubbish ends") {
  for (const char* bytes : {"", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "GET / HTTP/1.1\r\n\r\n"}) {
    CAPTURE(bytes);
    RawServer server([&](const std::string& request, int connection) {
      shake_hands(request, connection);
      RawServer::send(connection, bytes);
      ::shutdown(connection, SHUT_WR);
      read_frame(connection);
    });
    Heard heard;
    const WebSocketEnd end = run(options_for(server), heard);
    CHECK(end.why == Why::broken);
    CHECK(end.was_open);
  }
}

TEST_CASE("A stop closes a WebSocket politely, and soon when the server is deaf") {
  for (const bool is_deaf : {false, true}) {
    CAPTURE(is_deaf);
    std::stop_source stop;
    std::atomic<unsigned> last_opcode{0};
    RawServer server([&](const std::string& request, int connection) {
      shake_hands(request, connection);
      last_opcode = read_frame(connection).first;
      if (is_deaf) {
        char rest = 0;
        ::recv(connection, &rest, 1, 0);
      } else {
        RawServer::send(connection, frame(kClose, "\x03\xE8"));
      }
    });
    WebSocketOptions options = options_for(server);
    options.close_timeout = 100ms;
    const auto begin = std::chrono::steady_clock::now();
    const WebSocketEnd end =
        run_web_socket(options, {.opened = [&] { stop.request_stop(); }, .text = {}, .binary = {}},
                       stop.get_token());
    CHECK(end.why == Why::stopped);
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(last_opcode == kClose);
  }
}
