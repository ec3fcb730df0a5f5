#pragma once

// A loopback HTTP and WebSocket server for tests, made to misbehave on demand. The fakes of real
// programs stand on it; it knows nothing of them.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dgxp {

struct FakeHttpRequest {
  std::string method;                          ///< "POST"
  std::string path;                            ///< percent-decoded, without the query
  std::map<std::string, std::string> query;    ///< percent-decoded
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// How much of an answer gets out.
enum class FakeDelivery {
  whole,
  never,  ///< the connection stays open and silent
  reset,  ///< the connection breaks at once
  cut,    ///< the connection breaks in the middle of the body
};

struct FakeHttpAnswer {
  int status = 200;
  std::string type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds delay{0};
  FakeDelivery delivery = FakeDelivery::whole;
};

/// Answers the request it came with; from any thread, once, as long as the server lives.
using FakeReply = std::function<void(FakeHttpAnswer)>;

using FakeSocketId = std::uint64_t;

struct FakeSocketPlan {
  std::optional<FakeHttpAnswer> refusal;  ///< instead of a WebSocket
  bool deaf = false;                      ///< nothing is read from it: no ping is answered
};

struct FakeFrame {
  bool binary = false;
  std::string payload;
  bool fragmented = false;  ///< in three frames with a ping between each
};

/// All are called on the server's own thread.
struct FakeHttpHandlers {
  std::function<void(const FakeHttpRequest&, FakeReply)> answer;
  std::function<FakeSocketPlan(const FakeHttpRequest&)> plan_socket;  ///< null: no WebSockets
  std::function<void(FakeSocketId, const FakeHttpRequest&)> socket_opened;
  std::function<void(FakeSocketId, const std::string&)> socket_text;
  std::function<void(FakeSocketId)> socket_closed;
};

/// One thread; 127.0.0.1 only. A body above `max_body` is answered 413 before it is read.
class FakeHttpServer {
 public:
  FakeHttpServer(FakeHttpHandlers handlers, std::size_t max_body, std::uint16_t port = 0);
  ~FakeHttpServer();
  FakeHttpServer(const FakeHttpServer&) = delete;
  FakeHttpServer& operator=(const FakeHttpServer&) = delete;

  std::uint16_t port() const;
  void send(FakeSocketId socket, FakeFrame frame);
  /// `code` 0 breaks the connection without a close frame.
  void close(FakeSocketId socket, std::uint16_t code);
  /// Breaks every connection and refuses new ones; the port stays ours.
  void go_down();
  void come_back();

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace dgxp
