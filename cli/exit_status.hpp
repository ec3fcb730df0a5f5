#pragma once

#include "core/base/result.hpp"

namespace dgxp {

/// The exit codes of every verb: part of the interface (README, man page), tested end to end.
enum class ExitStatus {
  ok = 0,             ///< done, or clean
  failed = 1,         ///< a sprite or a check failed
  drift = 2,          ///< check, plan --detailed-exitcode or build --locked found changes
  usage = 64,         ///< command line
  data = 65,          ///< manifest, palette, lock or image
  unavailable = 69,   ///< the worker
  storage = 74,       ///< reading or writing
  interrupted = 130,  ///< SIGINT
  terminated = 143,   ///< SIGTERM
};

/// The one place where an Error becomes an exit code.
constexpr ExitStatus exit_status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitStatus::usage;
    case ErrorKind::manifest:
    case ErrorKind::input:
      return ExitStatus::data;
    case ErrorKind::worker:
      return ExitStatus::unavailable;
    case ErrorKind::storage:
      return ExitStatus::storage;
    case ErrorKind::failed:
      return ExitStatus::failed;
    case ErrorKind::drift:
      return ExitStatus::drift;
    case ErrorKind::interrupted:
      return ExitStatus::interrupted;
  }
  return ExitStatus::failed;
}

}  // namespace dgxp
