#include "core/service/notify_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

using namespace dgxp;

namespace {

/// What a service manager listens at: a name of this process alone.
class Mailbox {
 public:
  explicit Mailbox(const std::string& name)
      : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<char*>(address.sun_path), name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  }
  Mailbox(const Mailbox&) = delete;
  ~Mailbox() { close(socket_); }
  std::string take() const {
    std::array<char, 256> text{};
    const ssize_t size = recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("a service manager hears that the worker is ready, alive and stopping") {
  const std::string name = "@dgxp-test-" + std::to_string(getpid());
  const Mailbox mailbox(name);
  const ServiceManager manager(name);
  manager.ready("listening at tcp://127.0.0.1:5555");
  CHECK(mailbox.take() == "READY=1\nSTATUS=listening at tcp://127.0.0.1:5555\n");
  manager.alive();
  CHECK(mailbox.take() == "WATCHDOG=1\n");
  manager.stopping();
  CHECK(mailbox.take() == "STOPPING=1\n");
}

TEST_CASE("a worker without service manager, or with one that is gone, tells nobody") {
  for (const std::string& name : {std::string(), std::string("x"), std::string("relative/path"),
                                  std::string("/nowhere/at/all"), std::string(200, '/')}) {
    ServiceManager(name).ready("ready");
  }
}
