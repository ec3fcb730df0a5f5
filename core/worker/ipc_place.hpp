#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "core/base/result.hpp"

namespace dgxp {

/// The process that listens at a Unix socket; nothing when nobody does.
std::optional<pid_t> find_ipc_listener(const std::string& path);

/// A folder locked against others that prepare a socket in it. Unlocked with the object.
class IpcPlace {
 public:
  /// Makes the folder of `path` if it is missing, with mode 0700, and sees that nothing but a
  /// socket without listener is at `path`: libzmq deletes whatever it finds there, be it the
  /// socket of a worker at work. A stale socket stays for libzmq to replace.
  ///
  /// Error: `usage`, when others may enter the folder, or something that is no socket lies there;
  /// `worker`, when somebody listens there; `storage`, when the folder cannot be made.
  static Result<IpcPlace> prepare(const std::string& path);
  IpcPlace(IpcPlace&& other) noexcept;
  IpcPlace& operator=(IpcPlace&& other) noexcept;
  ~IpcPlace();

 private:
  explicit IpcPlace(int folder) : folder_(folder) {}
  int folder_;
};

}  // namespace dgxp
