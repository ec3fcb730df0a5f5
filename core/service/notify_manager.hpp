#pragma once

#include <string>
#include <string_view>

namespace dgxp {

/// Tells the service manager that started this process how it is, by the datagrams that
/// sd_notify(3) describes. Loading libsystemd for it would cost more than the rest of the start.
class ServiceManager {
 public:
  /// `socket` is the value of NOTIFY_SOCKET: a path, "@name", or empty when nobody listens; then
  /// nothing is sent. What cannot be sent is lost: a worker works without its manager.
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}
  void ready(std::string_view status) const;
  void stopping() const;
  /// To be sent at least every WATCHDOG_USEC.
  void alive() const;

 private:
  void send(std::string_view text) const;
  std::string socket_;
};

}  // namespace dgxp
