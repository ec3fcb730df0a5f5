#include "core/worker/ipc_place.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "core/base/diagnostic.hpp"

namespace dgxp {
namespace {

constexpr mode_t kForOthers = 077;
constexpr int kLockTries = 500;
constexpr std::chrono::milliseconds kLockPause{10};

std::string shown(const std::string& path) {
  return escape_for_terminal(path);
}

Error system_error(const std::string& what, const std::string& path) {
  return {ErrorKind::storage, fmt::format("cannot {} {}: {}", what, shown(path), strerror(errno))};
}

Result<Done> check_private(int folder, const std::string& path) {
  struct stat status{};
  if (fstat(folder, &status) != 0) return system_error("look at", path);
  if (status.st_uid != geteuid()) {
    return Error{ErrorKind::usage, fmt::format("{} belongs to another user", shown(path)),
                 fmt::format("put the socket into a folder of its own, for example "
                             "ipc://{}/dgxp/worker",
                             path)};
  }
  if ((status.st_mode & kForOthers) != 0) {
    return Error{ErrorKind::usage,
                 fmt::format("others may enter {}, and whoever reaches the socket may use the "
                             "worker",
                             shown(path)),
                 fmt::format("chmod 700 {}, or name a folder that does not exist yet", path)};
  }
  return Done{};
}

/// Others hold the lock while they bind, and no longer.
Result<Done> lock_folder(int folder, const std::string& path) {
  for (int tries = kLockTries; flock(folder, LOCK_EX | LOCK_NB) != 0; --tries) {
    if ((errno != EWOULDBLOCK && errno != EINTR) || tries == 0) return system_error("lock", path);
    std::this_thread::sleep_for(kLockPause);
  }
  return Done{};
}

}  // namespace

std::optional<pid_t> find_ipc_listener(const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return std::nullopt;
  std::optional<pid_t> listener;
  // EAGAIN: somebody listens whose queue is full.
  if (connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool known = getsockopt(probe, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    listener = known ? peer.pid : 0;
  } else if (errno == EAGAIN) {
    listener = 0;
  }
  close(probe);
  return listener;
}

Result<IpcPlace> IpcPlace::prepare(const std::string& path) {
  if (path.starts_with('@') || path == "*") {
    return Error{ErrorKind::usage, fmt::format("ipc://{} is in no folder that protects it", path),
                 "write ipc://PATH, for example ipc:///run/user/1000/dgxp/worker"};
  }
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? std::string(".") : parent.string();
  std::error_code ignored;
  const auto above = std::filesystem::path(folder).parent_path();
  if (!above.empty()) std::filesystem::create_directories(above, ignored);
  if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return system_error("make the folder", folder);
  }
  IpcPlace place(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (place.folder_ < 0) return system_error("open the folder", folder);
  if (auto done = check_private(place.folder_, folder); !done) return done.error();
  if (auto done = lock_folder(place.folder_, folder); !done) return done.error();
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return place;
  if (!S_ISSOCK(status.st_mode)) {
    return Error{ErrorKind::usage, fmt::format("{} is there and is no socket", shown(path)),
                 "name another path"};
  }
  if (find_ipc_listener(path)) {
    return Error{ErrorKind::worker,
                 fmt::format("cannot listen at ipc://{}: Address already in use", shown(path))};
  }
  return place;
}

IpcPlace::IpcPlace(IpcPlace&& other) noexcept : folder_(std::exchange(other.folder_, -1)) {}
IpcPlace& IpcPlace::operator=(IpcPlace&& other) noexcept {
  std::swap(folder_, other.folder_);
  return *this;
}
IpcPlace::~IpcPlace() {
  if (folder_ >= 0) close(folder_);
}

}  // namespace dgxp
