#pragma once

#include <chrono>
#include <string>

#include "cli/terminal.hpp"
#include "core/build/ports.hpp"

namespace dgxp {

/// Shows generation as one line with an estimate of what is left.
class ProgressReporter : public Reporter {
 public:
  explicit ProgressReporter(const Terminal& terminal);
  void job_started(const std::string& id, std::size_t done, std::size_t total) override;
  void job_progress(const std::string& id, const WorkerEvent& event) override;
  void job_done(const std::string& id, std::size_t done, std::size_t total) override;
  void warning(const std::string& message) override;
  void note(const std::string& message) override;

 private:
  void show(const std::string& what);

  const Terminal& terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_shown_;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
};

/// "0:07", "12:30", "1:02:03".
std::string duration_text(std::chrono::seconds duration);

}  // namespace dgxp
