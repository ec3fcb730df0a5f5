#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace dgxp {

// The test binary puts its own functions in front of those system calls of libc that change files
// (faulty_calls.cpp). Unless a plan is in force they only pass on.

/// What is to happen at one of the calls that change something, counted from 1.
struct FaultPlan {
  enum class Kind {
    none,        ///< count and note only
    kill,        ///< SIGKILL instead of the call
    tear,        ///< as kill, but a write first writes half of its bytes
    fail,        ///< the call fails with `code`
    fail_all,    ///< as fail, and so does every later one but close and unlink
    no_openat2,  ///< an old kernel: ENOSYS
    other_fs,    ///< renames out of the stage folder give EXDEV; SIGKILL at call `at`, if any
  };
  Kind kind = Kind::none;
  long at = 0;
  int code = 0;
};

/// One call that was made while a plan was in force.
struct NotedCall {
  std::string name;
  bool regular = false;      ///< writes, syncs, closes: it is a file, no folder
  std::uint64_t inode = 0;   ///< of the file or, for renames and unlinks, of the source
  std::uint64_t folder = 0;  ///< for renames and unlinks: of the target's folder
  std::string target;        ///< for renames, unlinks: the name in that folder
  bool skipped = false;      ///< it was made to fail
};

/// Puts a plan in force for its lifetime; one at a time, for the calling thread's process.
class Faults {
 public:
  explicit Faults(const FaultPlan& plan);
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;
  ~Faults();
  /// How many calls that change something were made.
  long count() const;
  const std::vector<NotedCall>& calls() const;
  /// Something to do once, just before the next flock(2): what another process might do there.
  void before_next_flock(std::function<void()> action);
};

}  // namespace dgxp
