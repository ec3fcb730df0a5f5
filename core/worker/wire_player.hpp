#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "core/worker/wire_recording.hpp"

namespace dgxp {

/// Plays the worker's side of a recording: a request gets the reply that the same request got then
/// (under its own rid), and updates come as soon as the jobs that were asked for before them have
/// been asked for again. No clock and no socket.
class WirePlayer {
 public:
  explicit WirePlayer(const std::vector<WireRecord>& records);
  /// The reply: when the recording holds no such request, that to the latest one of its type, or an
  /// `error`.
  Bytes answer(ByteView request);
  /// Updates whose time has come, in the order of the recording.
  std::vector<Bytes> take_updates();

 private:
  struct TimedUpdate {
    std::size_t jobs_before = 0;  ///< `generate` requests before it
    Bytes body;
  };
  std::map<Bytes, std::deque<Bytes>> replies_;  ///< by request, without what differs every time
  std::map<std::size_t, Bytes> latest_;         ///< by type of request
  std::deque<TimedUpdate> updates_;
  std::size_t jobs_asked_ = 0;
};

}  // namespace dgxp
