#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "tests/support/run_program.hpp"

namespace dgxp {

/// A program that runs beside the test, such as `dgxp worker`. Killed with the object.
class BackgroundProgram {
 public:
  explicit BackgroundProgram(const ProgramRun& run);
  BackgroundProgram(BackgroundProgram&& other) noexcept;
  BackgroundProgram(const BackgroundProgram&) = delete;
  ~BackgroundProgram();

  /// The next line that it prints on stdout, or "" when it prints none in time or has ended.
  std::string read_line(std::chrono::milliseconds limit = std::chrono::seconds(20));
  void send_signal(int signal) const;
  /// Its end: exit code, or 128 + the signal; -1 when it does not end in time. What it has printed
  /// on stdout since read_line, and all of stderr, come with it.
  ProgramResult wait(std::chrono::milliseconds limit = std::chrono::seconds(20));
  pid_t pid() const { return pid_; }

 private:
  bool fill(std::chrono::steady_clock::time_point end);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string out_text_;
  std::string err_text_;
};

/// The dgxp of this build with these arguments.
BackgroundProgram start_dgxp(const std::string& folder, std::vector<std::string> arguments,
                             std::map<std::string, std::string> environment = {});

}  // namespace dgxp
