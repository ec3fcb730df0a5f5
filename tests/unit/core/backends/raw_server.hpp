#pragma once

// A listener on loopback that answers HTTP requests with whatever bytes a test wants, so that
// replies can be wrong in any way.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "loopback_listener.hpp"

namespace dgxp {

class RawServer {
 public:
  /// What to do with one request: its head and body as they came, and the connection.
  using Handler = std::function<void(const std::string& request, int connection)>;

  explicit RawServer(Handler handler) : handler_(std::move(handler)) {
    acceptor_ = std::jthread([this] { accept_all(); });
  }
  RawServer(RawServer&&) = delete;
  ~RawServer() {
    listener_.shut_down();
    acceptor_ = {};
    {
      const std::lock_guard lock(mutex_);
      for (const int connection : open_) ::shutdown(connection, SHUT_RDWR);
    }
    threads_.clear();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  int port() const { return listener_.port(); }
  int connections() const { return connections_; }

  static void send(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  static std::string reply(std::string_view body, std::string_view status = "200 OK") {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
  }

 private:
  void accept_all() {
    while (true) {
      const int connection = listener_.accept();
      if (connection < 0) return;
      ++connections_;
      const std::lock_guard lock(mutex_);
      open_.push_back(connection);
      threads_.emplace_back([this, connection] { serve(connection); });
    }
  }

  void serve(int connection) {
    while (const auto request = read_request(connection)) handler_(*request, connection);
    const std::lock_guard lock(mutex_);
    std::erase(open_, connection);
    ::close(connection);
  }

  static std::optional<std::string> read_request(int connection) {
    std::string request;
    std::size_t wanted = std::string::npos;
    while (request.size() < wanted) {
      char buffer[4096];
      const auto got = ::recv(connection, buffer, sizeof buffer, 0);
      if (got <= 0) return std::nullopt;
      request.append(buffer, static_cast<std::size_t>(got));
      const auto end = request.find("\r\n\r\n");
      if (end == std::string::npos || wanted != std::string::npos) continue;
      wanted = end + 4;
      std::string head = request.substr(0, end);
      std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
      const auto length = head.find("content-length: ");
      if (length != std::string::npos) wanted += std::stoul(head.substr(length + 16));
    }
    return request;
  }

  Handler handler_;
  LoopbackListener listener_;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::jthread> threads_;
  std::jthread acceptor_;
};

}  // namespace dgxp
