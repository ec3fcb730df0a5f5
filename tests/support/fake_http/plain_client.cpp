#include "tests/support/fake_http/plain_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace dgxp {

namespace {

using Clock = std::chrono::steady_clock;

int connect_to(std::uint16_t port) {
  const int handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return handle;
  }
  ::close(handle);
  return -1;
}

void send_all(int handle, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(handle, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Whether something was read before the deadline.
bool receive(int handle, std::string& buffer, Clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd wanted{.fd = handle, .events = POLLIN, .revents = 0};
  if (::poll(&wanted, 1, static_cast<int>(std::max<std::int64_t>(0, left))) <= 0) return false;
  char bytes[65536];
  const auto got = ::recv(handle, bytes, sizeof(bytes), 0);
  if (got <= 0) return false;
  buffer.append(bytes, static_cast<std::size_t>(got));
  return true;
}

int status_of(const std::string& head) {
  int status = 0;
  if (head.size() > 12) std::from_chars(head.data() + 9, head.data() + 12, status);
  return status;
}

std::size_t length_of(const std::string& head) {
  const std::string name = "Content-Length: ";
  const auto at = head.find(name);
  std::size_t length = 0;
  if (at != std::string::npos) {
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  }
  return length;
}

}  // namespace

PlainReply plain_call(std::uint16_t port, const std::string& method, const std::string& target,
                      const std::string& body, const std::vector<std::string>& headers,
                      std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  const int handle = connect_to(port);
  if (handle < 0) return {};
  std::string request =
      method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
      "\r\nConnection: close\r\n" + "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& header : headers) request += header + "\r\n";
  send_all(handle, request + "\r\n" + body);
  PlainReply reply;
  std::string buffer;
  auto end = std::string::npos;
  while (end == std::string::npos && receive(handle, buffer, deadline)) {
    end = buffer.find("\r\n\r\n");
  }
  if (end != std::string::npos) {
    reply.head = buffer.substr(0, end);
    const auto whole = end + 4 + length_of(reply.head);
    while (buffer.size() < whole && receive(handle, buffer, deadline)) {
    }
    reply.body = buffer.substr(end + 4);
    reply.status = buffer.size() < whole ? 0 : status_of(reply.head);
  }
  ::close(handle);
  return reply;
}

PlainSocket::PlainSocket(std::uint16_t port, const std::string& target) {
  handle_ = connect_to(port);
  if (handle_ < 0) return;
  send_all(handle_, "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  auto end = std::string::npos;
  while (end == std::string::npos && receive(handle_, buffer_, deadline)) {
    end = buffer_.find("\r\n\r\n");
  }
  if (end != std::string::npos) {
    status_ = status_of(buffer_.substr(0, end));
    buffer_.erase(0, end + 4);
  }
  if (status_ != 101) close();
}

PlainSocket::~PlainSocket() {
  close();
}

void PlainSocket::close() {
  if (handle_ >= 0) ::close(handle_);
  handle_ = -1;
}

/// Masked with zeros, which is allowed and readable.
void PlainSocket::send(int opcode, const std::string& payload) {
  std::string frame;
  frame += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += static_cast<char>(0x80U | 126U);
    frame += static_cast<char>(payload.size() >> 8U & 0xffU);
    frame += static_cast<char>(payload.size() & 0xffU);
  }
  send_all(handle_, frame + std::string(4, '\0') + payload);
}

bool PlainSocket::fill(std::size_t bytes, Clock::time_point deadline) {
  while (buffer_.size() < bytes) {
    if (handle_ < 0 || !receive(handle_, buffer_, deadline)) return false;
  }
  return true;
}

std::optional<PlainSocket::Message> PlainSocket::next(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  Message message{.frames = 0};
  while (true) {
    if (!fill(2, deadline)) return std::nullopt;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(buffer_[at]); };
    const int opcode = byte(0) & 0x0f;
    const bool last = (byte(0) & 0x80) != 0;
    std::size_t head = 2;
    std::size_t size = byte(1) & 0x7f;
    if (size >= 126) {
      const std::size_t wide = size == 126 ? 2 : 8;
      if (!fill(2 + wide, deadline)) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < wide; ++i) size = size << 8U | byte(2 + i);
      head += wide;
    }
    if (!fill(head + size, deadline)) return std::nullopt;
    const auto payload = buffer_.substr(head, size);
    buffer_.erase(0, head + size);
    if (opcode == 0x9) {
      ++pings_;
      send(0xa, payload);
      continue;
    }
    if (opcode == 0x8) return Message{.kind = Message::Kind::close, .payload = payload};
    if (opcode == 0xa) return Message{.kind = Message::Kind::pong, .payload = payload};
    if (opcode != 0) {
      message.kind = opcode == 1 ? Message::Kind::text : Message::Kind::binary;
    }
    message.payload += payload;
    ++message.frames;
    if (last) return message;
  }
}

}  // namespace dgxp
