#include "cli/progress.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dgxp {
namespace {

constexpr std::chrono::milliseconds kBetweenLines{50};

bool is_jpeg(const Bytes& picture) {
  return picture.size() > 3 && picture[0] == 0xff && picture[1] == 0xd8;
}

}  // namespace

std::string duration_text(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds >= 3600) {
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string progress_text(const WorkerEvent& event) {
  std::string text = event.stage;
  if (event.total_steps > 0) text += fmt::format(" {}/{}", event.step, event.total_steps);
  if (event.eta_seconds > 0) {
    const std::chrono::seconds left(static_cast<long>(event.eta_seconds + 0.5));
    text += fmt::format(", {} left", duration_text(left));
  }
  return text;
}

ProgressReporter::ProgressReporter(const Terminal& terminal, Store* store, ProgressStyle style)
    : terminal_(terminal),
      store_(store),
      style_(style),
      start_(std::chrono::steady_clock::now()),
      last_shown_() {}

void ProgressReporter::job_started(const std::string& id, std::size_t done, std::size_t total) {
  done_ = done;
  total_ = total;
  tell("started", id, nullptr);
  show(id);
}

void ProgressReporter::job_progress(const std::string& id, const WorkerEvent& event) {
  if (event.kind == WorkerEvent::Kind::preview) {
    keep_preview(id, event.picture);
    tell("preview", id, &event);
    return;
  }
  tell("progress", id, &event);
  const std::string preview = preview_of(id);
  show(fmt::format("{} {}{}", id, progress_text(event), preview.empty() ? "" : ", " + preview));
}

void ProgressReporter::job_done(const std::string& id, std::size_t done, std::size_t total) {
  done_ = done;
  total_ = total;
  tell("ended", id, nullptr);
  previews_.erase(id);
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

/// A preview is nobody's result: when it cannot be kept, the build goes on without.
void ProgressReporter::keep_preview(const std::string& id, const Bytes& picture) {
  const std::string path =
      fmt::format(".dgxp/previews/{}.{}", id, is_jpeg(picture) ? "jpg" : "png");
  if (store_ != nullptr && store_->write(path, picture)) previews_[id] = path;
}

std::string ProgressReporter::preview_of(const std::string& id) const {
  const auto found = previews_.find(id);
  return found == previews_.end() ? "" : found->second;
}

void ProgressReporter::tell(const char* event, const std::string& id, const WorkerEvent* progress) {
  if (style_ != ProgressStyle::json) return;
  using nlohmann::ordered_json;
  ordered_json line{{"event", event}, {"job", id}, {"done", done_}, {"total", total_}};
  if (progress != nullptr) {
    if (!progress->stage.empty()) line["stage"] = progress->stage;
    line["step"] = progress->step;
    if (progress->total_steps > 0) line["total_steps"] = progress->total_steps;
    if (progress->kind == WorkerEvent::Kind::progress) line["eta_s"] = progress->eta_seconds;
    if (const std::string path = preview_of(id); !path.empty()) line["preview"] = path;
  }
  terminal_.event(line.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

void ProgressReporter::show(const std::string& what) {
  if (style_ != ProgressStyle::line || !terminal_.shows_progress()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_shown_ < kBetweenLines) return;
  last_shown_ = now;
  std::string left;
  if (done_ > 0) {
    const auto spent = std::chrono::duration_cast<std::chrono::seconds>(now - start_);
    const auto remaining = spent * static_cast<int>(total_ - done_) / static_cast<int>(done_);
    left = fmt::format(", about {} left in all", duration_text(remaining));
  }
  terminal_.progress(fmt::format("[{}/{}] {}{}", done_, total_, what, left));
}

}  // namespace dgxp
