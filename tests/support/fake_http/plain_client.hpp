#pragma once

// The plainest HTTP and WebSocket client, over sockets: a second opinion on servers under test.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dgxp {

struct PlainReply {
  int status = 0;  ///< 0: no answer, or a broken one
  std::string head;
  std::string body;
};

/// One request on a connection of its own to 127.0.0.1.
PlainReply plain_call(std::uint16_t port, const std::string& method, const std::string& target,
                      const std::string& body = "", const std::vector<std::string>& headers = {},
                      std::chrono::milliseconds limit = std::chrono::seconds(10));

class PlainSocket {
 public:
  /// Connects and upgrades; is_open() tells whether it went well.
  PlainSocket(std::uint16_t port, const std::string& target);
  ~PlainSocket();
  PlainSocket(const PlainSocket&) = delete;
  PlainSocket& operator=(const PlainSocket&) = delete;

  struct Message {
    enum class Kind { text, binary, ping, pong, close };
    Kind kind = Kind::text;
    std::string payload;
    int frames = 1;  ///< how many it came in
  };
  bool is_open() const { return handle_ >= 0; }
  int status() const { return status_; }  ///< of the upgrade
  void send_text(const std::string& text) { send(0x1, text); }
  void ping() { send(0x9, ""); }
  void close();
  /// The next text, binary or (on request) control frame; nothing after `limit` or the end.
  std::optional<Message> next(std::chrono::milliseconds limit);
  std::size_t pings() const { return pings_; }  ///< received so far

 private:
  void send(int opcode, const std::string& payload);
  bool fill(std::size_t bytes, std::chrono::steady_clock::time_point deadline);

  int handle_ = -1;
  int status_ = 0;
  std::size_t pings_ = 0;
  std::string buffer_;
};

}  // namespace dgxp
