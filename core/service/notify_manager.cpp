#include "core/service/notify_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include <fmt/format.h>

namespace dgxp {

void ServiceManager::ready(std::string_view status) const {
  send(fmt::format("READY=1\nSTATUS={}\n", status));
}
void ServiceManager::stopping() const {
  send("STOPPING=1\n");
}
void ServiceManager::alive() const {
  send("WATCHDOG=1\n");
}

void ServiceManager::send(std::string_view text) const {
  sockaddr_un address{};
  if (socket_.size() < 2 || socket_.size() >= sizeof address.sun_path) return;
  if (socket_[0] != '/' && socket_[0] != '@') return;
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), socket_.data(), socket_.size());
  if (socket_[0] == '@') address.sun_path[0] = '\0';  // a name that is no file
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const int sender = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (sender < 0) return;
  static_cast<void>(sendto(sender, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                           reinterpret_cast<const sockaddr*>(&address), size));
  close(sender);
}

}  // namespace dgxp
