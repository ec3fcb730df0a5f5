#include "core/service/metrics_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/find_listener.hpp"
#include "core/worker/zmq_socket.hpp"

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kVisit{2};
constexpr std::size_t kLargestRequest = 8U << 10U;
constexpr int kBacklog = 16;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

struct Place {
  sockaddr_storage address{};
  socklen_t size = 0;
  bool is_loopback = false;
  std::string host;  ///< as it stands in a URL
};

std::optional<Place> place_of(std::string host, std::uint16_t port) {
  Place place;
  if (host == "localhost") host = "127.0.0.1";
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    auto* address = reinterpret_cast<sockaddr_in*>(&place.address);
    address->sin_family = AF_INET;
    address->sin_addr = v4;
    address->sin_port = htons(port);
    place.size = sizeof *address;
    place.is_loopback = (ntohl(v4.s_addr) >> 24U) == 127;
    place.host = host;
    return place;
  }
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return std::nullopt;
  if (inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6) != 1) return std::nullopt;
  auto* address = reinterpret_cast<sockaddr_in6*>(&place.address);
  address->sin6_family = AF_INET6;
  address->sin6_addr = v6;
  address->sin6_port = htons(port);
  place.size = sizeof *address;
  place.is_loopback = IN6_IS_ADDR_LOOPBACK(&v6) != 0;
  place.host = host;
  return place;
}

Result<Place> parse_place(const std::string& address) {
  const Error unusable{ErrorKind::usage,
                       fmt::format("'{}' is no address for metrics", escape_for_terminal(address)),
                       "write HOST:PORT, for example 127.0.0.1:9400"};
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return unusable;
  std::uint16_t port = 0;
  const char* end = address.data() + address.size();
  const auto [stop, failure] = std::from_chars(address.data() + colon + 1, end, port);
  if (failure != std::errc() || stop != end) return unusable;
  auto place = place_of(address.substr(0, colon), port);
  if (!place) return unusable;
  return *std::move(place);
}

int port_in_use(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

Result<Descriptor> listen_at(const Place& place, const std::string& address) {
  Descriptor listener(
      socket(place.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener.number(), reinterpret_cast<const sockaddr*>(&place.address), place.size) != 0 ||
      listen(listener.number(), kBacklog) != 0) {
    Error error{ErrorKind::worker,
                fmt::format("cannot offer metrics at {}: {}", address, strerror(errno))};
    const std::string holder = find_listener("tcp://" + address);
    if (!holder.empty()) {
      error.hint = fmt::format("{} listens there: choose another address with --metrics", holder);
    }
    return error;
  }
  return listener;
}

/// One request and its reply. Whatever the visitor does, it is over in two seconds.
class Visit {
 public:
  explicit Visit(int descriptor) : socket_(descriptor), end_(Clock::now() + kVisit) {}

  /// The first line, or nothing when no whole request came.
  std::optional<std::string> read_request() {
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      if (request.size() >= kLargestRequest || !wait_for(POLLIN)) return std::nullopt;
      std::array<char, 2048> buffer{};
      const ssize_t count = recv(socket_.number(), buffer.data(), buffer.size(), 0);
      if (count <= 0) return std::nullopt;
      request.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return request.substr(0, request.find("\r\n"));
  }

  void reply(std::string_view status, std::string_view body, bool with_body) {
    std::string text = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        status, body.size());
    if (with_body) text += body;
    for (std::string_view rest = text; !rest.empty() && wait_for(POLLOUT);) {
      const ssize_t count = send(socket_.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }

 private:
  bool wait_for(short events) const {
    pollfd item{.fd = socket_.number(), .events = events, .revents = 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    return left.count() > 0 && poll(&item, 1, static_cast<int>(left.count())) > 0;
  }
  Descriptor socket_;
  Clock::time_point end_;
};

}  // namespace

class MetricsServer::Impl {
 public:
  Impl(Descriptor listener, std::string url, std::function<std::string()> text)
      : listener_(std::move(listener)), url_(std::move(url)), text_(std::move(text)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  Impl(Impl&&) = delete;
  ~Impl() {
    thread_.request_stop();
    wake_.raise();
  }
  const std::string& url() const { return url_; }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::array<pollfd, 2> items{{{.fd = listener_.number(), .events = POLLIN, .revents = 0},
                                   {.fd = wake_.descriptor(), .events = POLLIN, .revents = 0}}};
      if (poll(items.data(), items.size(), -1) <= 0 || items[0].revents == 0) continue;
      const int visitor =
          accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (visitor >= 0) receive(Visit(visitor));
      if (visitor < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
        // No descriptors are left; trying again at once would burn a core.
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
  }

  void receive(Visit visit) const {
    const auto request = visit.read_request();
    if (!request) return;
    const bool is_head = request->starts_with("HEAD ");
    if (!is_head && !request->starts_with("GET ")) {
      visit.reply("405 Method Not Allowed", "only GET\n", true);
      return;
    }
    const std::size_t begin = request->find(' ') + 1;
    const std::string path = request->substr(begin, request->find_first_of(" ?", begin) - begin);
    if (path == "/metrics") {
      visit.reply("200 OK", text_(), !is_head);
    } else {
      visit.reply("404 Not Found", "look at /metrics\n", !is_head);
    }
  }

  Descriptor listener_;
  std::string url_;
  std::function<std::string()> text_;
  WakeUp wake_;
  std::jthread thread_;
};

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const std::string& address,
                                                            RemotePeers peers,
                                                            std::function<std::string()> text) {
  const auto place = parse_place(address);
  if (!place) return place.error();
  if (!place->is_loopback && peers == RemotePeers::refuse) {
    return Error{
        ErrorKind::usage,
        fmt::format("metrics at {} can be read from other machines", escape_for_terminal(address)),
        "offer them at 127.0.0.1, or say --insecure"};
  }
  auto listener = listen_at(*place, address);
  if (!listener) return listener.error();
  std::string url =
      fmt::format("http://{}:{}/metrics", place->host, port_in_use(listener->number()));
  return std::unique_ptr<MetricsServer>(std::make_unique<MetricsServer>(
      std::make_unique<Impl>(*std::move(listener), std::move(url), std::move(text))));
}

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MetricsServer::~MetricsServer() = default;
const std::string& MetricsServer::url() const {
  return impl_->url();
}

}  // namespace dgxp
