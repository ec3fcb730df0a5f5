// Named *_test.cpp so that the build finds it; it holds the functions, not test cases.
#undef _FORTIFY_SOURCE  // its inline wrappers would bear the names that are defined here

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <string_view>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "faulty_calls.hpp"

namespace dgxp {
namespace {

struct State {
  bool on = false;
  FaultPlan plan;
  long count = 0;
  std::vector<NotedCall> calls;
  std::function<void()> before_flock;
};

State& state() {
  static State only;
  return only;
}

NotedCall call_on(const char* name, int file) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return {.name = name};
  return {.name = name, .regular = S_ISREG(status.st_mode), .inode = status.st_ino};
}

std::uint64_t inode_of(int file) {
  return call_on("", file).inode;
}

std::uint64_t inode_of(int folder, const char* name) {
  struct stat status{};
  return ::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_ino : 0;
}

enum class Verdict { go_on, half, fail };

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

bool is_forgiving(std::string_view name) {
  return name == "close" || name == "unlinkat";
}

/// Counts and notes the call, and says what is to become of it; errno is set for fail.
Verdict judge(NotedCall call) {
  State& s = state();
  if (!s.on) return Verdict::go_on;
  ++s.count;
  const bool here = s.count == s.plan.at;
  const bool after = s.count > s.plan.at && s.plan.at > 0;
  using Kind = FaultPlan::Kind;
  if (here && (s.plan.kind == Kind::kill || s.plan.kind == Kind::other_fs)) die();
  if (here && s.plan.kind == Kind::tear) {
    if (call.name != "write") die();
    return Verdict::half;
  }
  const bool fails = (here && (s.plan.kind == Kind::fail || s.plan.kind == Kind::fail_all)) ||
                     (after && s.plan.kind == Kind::fail_all && !is_forgiving(call.name));
  call.skipped = fails;
  s.calls.push_back(std::move(call));
  if (!fails) return Verdict::go_on;
  errno = s.plan.code;
  return Verdict::fail;
}

template <typename Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

Faults::Faults(const FaultPlan& plan) {
  state() = {true, plan, 0, {}, {}};
}
Faults::~Faults() {
  state().on = false;
}
void Faults::before_next_flock(std::function<void()> action) {
  state().before_flock = std::move(action);
}
long Faults::count() const {
  return state().count;
}
const std::vector<NotedCall>& Faults::calls() const {
  return state().calls;
}

}  // namespace dgxp

extern "C" {

using dgxp::judge;
using dgxp::Verdict;

ssize_t write(int file, const void* data, size_t size) {
  static const auto next = dgxp::real<ssize_t (*)(int, const void*, size_t)>("write");
  if (!dgxp::state().on || file <= STDERR_FILENO) return next(file, data, size);
  switch (judge(dgxp::call_on("write", file))) {
    case Verdict::fail:
      return -1;
    case Verdict::half:
      next(file, data, size / 2);
      dgxp::die();
    case Verdict::go_on:
      break;
  }
  return next(file, data, size);
}

int openat(int folder, const char* name, int flags, ...) {
  static const auto next = dgxp::real<int (*)(int, const char*, int, ...)>("openat");
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    if (judge({.name = "openat", .target = name}) == Verdict::fail) return -1;
  }
  return next(folder, name, flags, mode);
}

/// openat2 has no function of its own in libc.
long syscall(long number, ...) {
  static const auto next = dgxp::real<long (*)(long, ...)>("syscall");
  long a[6];
  va_list rest;
  va_start(rest, number);
  for (long& one : a) one = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_openat2 && dgxp::state().on &&
      dgxp::state().plan.kind == dgxp::FaultPlan::Kind::no_openat2) {
    errno = ENOSYS;
    return -1;
  }
  if (number == SYS_openat2) {
    const auto* const how = reinterpret_cast<const std::uint64_t*>(a[2]);
    if ((how[0] & O_CREAT) != 0 &&
        judge({.name = "openat2", .target = reinterpret_cast<const char*>(a[1])}) ==
            Verdict::fail) {
      return -1;
    }
  }
  return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int mkdirat(int folder, const char* name, mode_t mode) {
  static const auto next = dgxp::real<int (*)(int, const char*, mode_t)>("mkdirat");
  if (judge({.name = "mkdirat", .target = name}) == Verdict::fail) return -1;
  return next(folder, name, mode);
}

int fsync(int file) {
  static const auto next = dgxp::real<int (*)(int)>("fsync");
  if (!dgxp::state().on) return next(file);
  // Hundreds of runs need not wait for the disk: that it was asked for is what counts.
  return judge(dgxp::call_on("fsync", file)) == Verdict::fail ? -1 : 0;
}

int close(int file) {
  static const auto next = dgxp::real<int (*)(int)>("close");
  if (!dgxp::state().on) return next(file);
  const Verdict verdict = judge(dgxp::call_on("close", file));
  const int code = errno;
  const int status = next(file);
  if (verdict != Verdict::fail) return status;
  errno = code;
  return -1;
}

int renameat(int from, const char* name, int folder, const char* target) {
  static const auto next = dgxp::real<int (*)(int, const char*, int, const char*)>("renameat");
  dgxp::State& s = dgxp::state();
  if (!s.on) return next(from, name, folder, target);
  if (s.plan.kind == dgxp::FaultPlan::Kind::other_fs && from != folder &&
      std::string_view(target) != "delivered" && std::string_view(target) != "stamp") {
    errno = EXDEV;
    return -1;
  }
  const Verdict verdict = judge({.name = "renameat",
                                 .inode = dgxp::inode_of(from, name),
                                 .folder = dgxp::inode_of(folder),
                                 .target = target});
  return verdict == Verdict::fail ? -1 : next(from, name, folder, target);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of struct flock, which is another thing
int flock(int file, int operation) {
  static const auto next = dgxp::real<int (*)(int, int)>("flock");
  if (dgxp::state().before_flock) std::exchange(dgxp::state().before_flock, {})();
  return next(file, operation);
}

#pragma GCC diagnostic pop

int unlinkat(int folder, const char* name, int flags) {
  static const auto next = dgxp::real<int (*)(int, const char*, int)>("unlinkat");
  if (!dgxp::state().on) return next(folder, name, flags);
  const Verdict verdict = judge({.name = "unlinkat",
                                 .inode = dgxp::inode_of(folder, name),
                                 .folder = dgxp::inode_of(folder),
                                 .target = name});
  return verdict == Verdict::fail ? -1 : next(folder, name, flags);
}

}  // extern "C"
