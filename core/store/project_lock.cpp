#include "core/store/project_lock.hpp"

#include <algorithm>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include <fmt/format.h>

namespace dgxp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{50};

/// False when somebody deleted or replaced the lock file after we opened it: then what we hold
/// keeps nobody out.
bool is_still_in_place(const ProjectFiles& files, int lock) {
  struct stat held{};
  struct stat named{};
  return ::fstat(lock, &held) == 0 && ::fstatat(files.root(), kLockFile, &named, 0) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/// The lock, or EWOULDBLOCK when another process has it.
OsResult<Descriptor> try_lock(const ProjectFiles& files) {
  for (;;) {
    auto lock = open_beneath(files.root(), kLockFile, O_RDWR | O_CREAT | O_NONBLOCK, 0666);
    if (!lock) return lock;
    while (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EINTR) return os_error(errno);
    }
    if (is_still_in_place(files, lock->get())) return lock;
    // `.dgxp` itself may have been deleted.
    if (auto made = files.make_private_folder(); !made) return os_error(ENOENT);
  }
}

}  // namespace

Result<Descriptor> take_project_lock(const ProjectFiles& files, std::chrono::seconds timeout,
                                     const std::function<void()>& on_wait) {
  const Clock::time_point deadline = Clock::now() + timeout;
  bool said = false;
  for (;;) {
    auto lock = try_lock(files);
    if (lock) return std::move(*lock);
    if (lock.error() != EWOULDBLOCK) return files.failure("lock", kLockFile, lock.error());
    if (!said && on_wait) on_wait();
    said = true;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) break;
    std::this_thread::sleep_for(std::min(kPause, left));
  }
  Error error = files.failure(
      "lock", kLockFile,
      fmt::format("another dgxp holds it and did not end within {} s", timeout.count()));
  error.hint = "wait for it to end, or wait longer with --lock-timeout SECONDS";
  return error;
}

}  // namespace dgxp
