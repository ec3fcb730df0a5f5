#pragma once

// What a ZmqWorker needs of a conversation, whichever version of the protocol it is held in.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/build/ports.hpp"

namespace dgxp {

struct SessionLimits {
  std::chrono::milliseconds reply_timeout{5000};
  std::chrono::milliseconds silence_limit{30000};
  std::chrono::milliseconds probe_after{1000};  ///< without news of a job: ask how it stands
  std::chrono::minutes stall_limit{30};         ///< no job moves: the worker hangs
  std::size_t window = 128;                     ///< jobs in flight
  std::uint64_t fetch_bytes = 64U << 20U;       ///< pictures asked for at the same time
  std::uint64_t slowest_link = 256U << 10U;     ///< bytes a second: large messages have longer
  int max_tries = 4;                            ///< of one request
  int max_attempts = 5;                         ///< of one job
  bool previews = false;                        ///< fetch pictures of what is not finished yet
};

/// What was dropped, and how often a rule against loss was needed.
struct SessionCounters {
  std::uint64_t malformed = 0;
  std::uint64_t unknown_types = 0;
  std::uint64_t stray_replies = 0;  ///< late, doubled, foreign
  std::uint64_t resent = 0;
  std::uint64_t resyncs = 0;
  std::uint64_t new_epochs = 0;
};

/// The file of a picture that a worker of 1.0 names; both see its folder.
/// Error: any kind, when there is none below that folder.
using PictureReader = std::function<Result<Bytes>(const std::string& path)>;

/// Jobs and incoming messages in, outgoing messages and events out; no socket and no clock.
class WireSession {
 public:
  using Time = std::chrono::steady_clock::time_point;
  virtual ~WireSession() = default;

  virtual void submit(const Job& job, Time now) = 0;
  /// Sends a cancel for every job that the worker may know, and forgets all jobs and events.
  virtual void cancel_all(Time now) = 0;
  /// Cancels that have not been answered.
  virtual std::size_t open_cancels() const = 0;

  virtual void take_reply(ByteView body, Time now) = 0;
  virtual void take_update(ByteView body, Time now) = 0;
  virtual void on_time(Time now) = 0;
  virtual Time next_due() const = 0;

  /// Whether the socket of requests is to be closed and opened anew before anything is sent: what
  /// still arrives on the old one can not be told from what is asked next.
  virtual bool take_reopening() { return false; }
  /// Bodies of requests to send, in order.
  virtual std::vector<Bytes> take_outgoing() = 0;
  virtual std::optional<WorkerEvent> next_event() = 0;
  /// Set when the worker is lost for good.
  virtual const std::optional<Error>& lost() const = 0;
  virtual bool makes_placeholders() const = 0;
  virtual const SessionCounters& counters() const = 0;
};

}  // namespace dgxp
