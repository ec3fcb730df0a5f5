#include "core/worker/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kIpc = "ipc://";
constexpr std::string_view kInproc = "inproc://";
constexpr std::string_view kUpdatesSuffix = ".updates";
constexpr std::size_t kMaxSocketPath = 107;  // sockaddr_un::sun_path with its end
constexpr int kLastPort = 65535;

Error unusable(std::string_view address, std::string_view why) {
  return {ErrorKind::usage,
          fmt::format("'{}' is no address of a worker: {}", escape_for_terminal(address), why),
          "write tcp://HOST:PORT or ipc://PATH, for example tcp://127.0.0.1:5555"};
}

bool is_safe_text(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c != 0x7f; });
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  const bool is_number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return is_number && host.starts_with("127.");
}

std::optional<int> parse_port(std::string_view text) {
  int port = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port >= 0 && port <= kLastPort ? std::optional(port) : std::nullopt;
}

/// Without `neighbour` the last port will do: nothing listens at the next one.
enum class Neighbour { needed, unused };

Result<EndpointAddresses> parse_tcp(std::string_view address, Neighbour neighbour) {
  const std::string_view rest = address.substr(kTcp.size());
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos) return unusable(address, "the port is missing");
  const std::string_view host = rest.substr(0, colon);
  const auto port = parse_port(rest.substr(colon + 1));
  if (host.empty() || !is_safe_text(host)) return unusable(address, "the host is missing");
  const int last = neighbour == Neighbour::needed ? kLastPort - 1 : kLastPort;
  if (!port || *port > last) {
    return unusable(address, fmt::format("its port is not from 0 to {}", last));
  }
  const auto tcp = [&](int number) { return fmt::format("tcp://{}:{}", host, number); };
  return EndpointAddresses{.requests = tcp(*port),
                           .updates = tcp(*port == 0 ? 0 : *port + 1),
                           .is_local = is_loopback(host)};
}

Result<EndpointAddresses> parse_path(std::string_view address, std::string_view scheme) {
  const std::string_view path = address.substr(scheme.size());
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    return unusable(address, "its path is missing");
  }
  if (scheme == kIpc && path.size() + kUpdatesSuffix.size() > kMaxSocketPath) {
    return unusable(address, fmt::format("its path is longer than {} bytes",
                                         kMaxSocketPath - kUpdatesSuffix.size()));
  }
  return EndpointAddresses{.requests = std::string(address),
                           .updates = std::string(address) + std::string(kUpdatesSuffix)};
}

Result<EndpointAddresses> parse_one(std::string_view address, Neighbour neighbour) {
  if (address.starts_with(kTcp)) return parse_tcp(address, neighbour);
  if (address.starts_with(kIpc)) return parse_path(address, kIpc);
  if (address.starts_with(kInproc)) return parse_path(address, kInproc);
  return unusable(address, "it does not begin with tcp:// or ipc://");
}

}  // namespace

Result<EndpointAddresses> parse_endpoint(std::string_view address, std::string_view updates) {
  if (updates.empty()) return parse_one(address, Neighbour::needed);
  auto requests = parse_one(address, Neighbour::unused);
  if (!requests) return requests;
  const auto other = parse_one(updates, Neighbour::unused);
  if (!other) return other;
  if (other->requests == requests->requests && tcp_port_of(updates).value_or(1) != 0) {
    return unusable(updates, "requests already go there");
  }
  requests->updates = other->requests;
  requests->is_local = requests->is_local && other->is_local;
  return requests;
}

std::optional<int> tcp_port_of(std::string_view address) {
  if (!address.starts_with(kTcp)) return std::nullopt;
  return parse_port(address.substr(address.rfind(':') + 1));
}

std::optional<std::string> ipc_path_of(std::string_view address) {
  if (!address.starts_with(kIpc)) return std::nullopt;
  return std::string(address.substr(kIpc.size()));
}

}  // namespace dgxp
