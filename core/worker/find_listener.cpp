#include "core/worker/find_listener.hpp"

#include <dirent.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"
#include "core/worker/endpoint.hpp"
#include "core/worker/ipc_place.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kListening = "0A";

struct TcpListener {
  std::string inode;
  std::string user;
};

/// The port at the end of "0100007F:15B3".
int port_of(std::string_view local) {
  int port = -1;
  const std::string_view digits = local.substr(local.rfind(':') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
  return port;
}

std::optional<TcpListener> find_in_table(const char* table, int port) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    std::string queues;
    std::string timer;
    std::string retransmits;
    std::string user;
    std::string timeout;
    std::string inode;
    words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> inode;
    if (words && state == kListening && port_of(local) == port) return TcpListener{inode, user};
  }
  return std::nullopt;
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

bool holds(const std::string& descriptors, const std::string& target) {
  const Folder folder(opendir(descriptors.c_str()));
  if (!folder) return false;
  while (const dirent* entry = readdir(folder.get())) {
    std::array<char, 64> link{};
    const std::string path = descriptors + "/" + entry->d_name;
    const ssize_t size = readlink(path.c_str(), link.data(), link.size());
    if (size > 0 && target == std::string_view(link.data(), static_cast<std::size_t>(size))) {
      return true;
    }
  }
  return false;
}

std::string describe_process(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/comm");
  std::string name;
  std::getline(file, name);
  return fmt::format("'{}' (process {})", escape_for_terminal(name), pid);
}

std::string holder_of(const TcpListener& listener) {
  const std::string target = "socket:[" + listener.inode + "]";
  const Folder processes(opendir("/proc"));
  while (const dirent* entry = processes ? readdir(processes.get()) : nullptr) {
    const std::string pid = entry->d_name;
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (holds("/proc/" + pid + "/fd", target)) return describe_process(pid);
  }
  return fmt::format("a process of user {}", listener.user);
}

}  // namespace

std::string find_listener(const std::string& address) {
  if (const auto path = ipc_path_of(address)) {
    const auto pid = find_ipc_listener(*path);
    return pid ? describe_process(std::to_string(*pid)) : "";
  }
  const auto port = tcp_port_of(address);
  if (!port) return {};
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    if (const auto listener = find_in_table(table, *port)) return holder_of(*listener);
  }
  return {};
}

}  // namespace dgxp
