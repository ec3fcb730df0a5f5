#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace dgxp {

enum class StdinEof { ignored, ends };

/// Ends what goes on for hours: when the process is told to, and if asked for, when standard input
/// is closed (what comes there is thrown away).
class EndWatch {
 public:
  EndWatch(std::stop_token outer, StdinEof stdin_eof);
  ~EndWatch();
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  /// Becomes readable when it is over.
  int descriptor() const { return over_; }

 private:
  void end();
  void read_stdin();

  std::stop_source stop_;
  int over_ = -1;  ///< eventfd, never read
  std::stop_callback<std::function<void()>> on_outer_;
  std::jthread stdin_;
};

}  // namespace dgxp
