#pragma once

#include <chrono>
#include <map>
#include <string>

#include "cli/terminal.hpp"
#include "core/build/ports.hpp"

namespace dgxp {

/// How generation is shown: as one line at the bottom of a terminal, or as one JSON object a line
/// on stderr.
enum class ProgressStyle { line, json };

/// Tells how far generation is: which job is at which step, how long it may take, and where a
/// picture of it lies.
class ProgressReporter : public Reporter {
 public:
  /// Previews are kept in `.dgxp/previews` of `store`, one file a job; without it nowhere.
  explicit ProgressReporter(const Terminal& terminal, Store* store = nullptr,
                            ProgressStyle style = ProgressStyle::line);
  void job_started(const std::string& id, std::size_t done, std::size_t total) override;
  void job_progress(const std::string& id, const WorkerEvent& event) override;
  void job_done(const std::string& id, std::size_t done, std::size_t total) override;
  void warning(const std::string& message) override;
  void note(const std::string& message) override;

 private:
  void keep_preview(const std::string& id, const Bytes& picture);
  std::string preview_of(const std::string& id) const;
  void tell(const char* event, const std::string& id, const WorkerEvent* progress);
  void show(const std::string& what);

  const Terminal& terminal_;
  Store* store_;
  ProgressStyle style_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_shown_;
  std::map<std::string, std::string> previews_;  ///< paths, by job
  std::size_t done_ = 0;
  std::size_t total_ = 0;
};

/// "0:07", "12:30", "1:02:03".
std::string duration_text(std::chrono::seconds duration);

/// "sampling 12/30, 0:07 left": what an event says of its job.
std::string progress_text(const WorkerEvent& event);

}  // namespace dgxp
