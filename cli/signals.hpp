#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace dgxp {

/// Turns SIGINT and SIGTERM into a stop token: the first asks the work to stop, a second one ends
/// the process at once. Make it before any other thread, so that all of them leave the signals to
/// its own.
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  /// The signal that came, or 0.
  int received() const { return received_; }

 private:
  void watch();

  std::stop_source stop_;
  std::atomic<int> received_{0};
  int signals_ = -1;  ///< signalfd
  int end_ = -1;      ///< eventfd: the watch is over
  std::jthread thread_;
};

}  // namespace dgxp
