#include "cli/progress.hpp"

#include <fmt/format.h>

namespace dgxp {

std::string duration_text(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds >= 3600) {
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

ProgressReporter::ProgressReporter(const Terminal& terminal)
    : terminal_(terminal), start_(std::chrono::steady_clock::now()), last_shown_() {}

void ProgressReporter::job_started(const std::string& id, std::size_t done, std::size_t total) {
  done_ = done;
  total_ = total;
  show(id);
}

void ProgressReporter::job_progress(const std::string& id, const WorkerEvent& event) {
  show(event.total_steps > 0
           ? fmt::format("{} {} {}/{}", id, event.stage, event.step, event.total_steps)
           : fmt::format("{} {}", id, event.stage));
}

void ProgressReporter::job_done(const std::string& id, std::size_t done, std::size_t total) {
  done_ = done;
  total_ = total;
  if (done == total) {
    terminal_.progress("");
  } else {
    show(id);
  }
}

void ProgressReporter::warning(const std::string& message) {
  terminal_.warning(message);
}

void ProgressReporter::note(const std::string& message) {
  terminal_.note(message);
}

void ProgressReporter::show(const std::string& what) {
  if (!terminal_.shows_progress()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_shown_ < std::chrono::milliseconds(50)) return;
  last_shown_ = now;
  std::string left;
  if (done_ > 0) {
    const auto spent = std::chrono::duration_cast<std::chrono::seconds>(now - start_);
    const auto remaining = spent * static_cast<int>(total_ - done_) / static_cast<int>(done_);
    left = fmt::format(", about {} left", duration_text(remaining));
  }
  terminal_.progress(fmt::format("[{}/{}] {}{}", done_, total_, what, left));
}

}  // namespace dgxp
