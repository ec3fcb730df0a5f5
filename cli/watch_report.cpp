#include "cli/watch_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"
#include "cli/report.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

double in_milliseconds(std::chrono::nanoseconds time) {
  return static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) /
         1000;
}

std::string line_of_json(const ordered_json& document) {
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// "palettes/ember.hex and 3 more".
std::string changed_text(const std::vector<std::string>& changed) {
  if (changed.empty()) return "first build";
  if (changed.size() == 1) return changed.front();
  return fmt::format("{} and {} more", changed.front(), changed.size() - 1);
}

std::string made_text(const BuildReport& report) {
  const auto& delivery = report.delivery;
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const std::size_t masters = report.made.made.size();
  if (masters > 0) add(count_text(masters, "master", "masters") + " made");
  if (!delivery.written.empty() || delivery.removed.empty())
    add(count_text(delivery.written.size(), "file", "files") + " written");
  if (!delivery.removed.empty())
    add(count_text(delivery.removed.size(), "file", "files") + " removed");
  return text;
}

ordered_json diagnostics_json(const std::vector<Diagnostic>& diagnostics) {
  ordered_json list = ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    list.push_back({{"level", diagnostic.severity == Severity::error ? "error" : "warning"},
                    {"file", diagnostic.file},
                    {"line", diagnostic.place.line},
                    {"column", diagnostic.place.column},
                    {"message", diagnostic.message},
                    {"hint", diagnostic.hint}});
  }
  return list;
}

ordered_json failed_json(const std::vector<FailedJob>& failed) {
  ordered_json list = ordered_json::array();
  for (const FailedJob& job : failed) list.push_back({{"job", job.id}, {"error", job.error}});
  return list;
}

}  // namespace

void WatchReporter::tell(const std::string& line) const {
  context_.terminal->data(line + "\n");
  (void)context_.terminal->finish();
}

void WatchReporter::ready(const ManifestPlace& files, std::size_t paths,
                          const std::string& source) const {
  if (style_ == EventStyle::text) {
    context_.terminal->line(fmt::format("watching {} of {}, Ctrl-C ends it",
                                        count_text(paths, "file", "files"), files.shown));
    (void)context_.terminal->finish();
    return;
  }
  tell(line_of_json(
      {{"event", "ready"}, {"manifest", files.shown}, {"files", paths}, {"source", source}}));
}

void WatchReporter::started(const std::vector<std::string>& changed) const {
  context_.terminal->forget_diagnostics();
  if (style_ == EventStyle::jsonl)
    tell(line_of_json({{"event", "build_started"}, {"changed", changed}}));
}

int WatchReporter::refused(const ManifestPlace& files, const Error& error) const {
  return tell_refused(files, {}, error, 0);
}

int WatchReporter::tell_refused(const ManifestPlace& files, ByteView manifest, const Error& error,
                                double milliseconds) const {
  const int exit_code = show_failure(context_, error, &files, manifest);
  if (style_ == EventStyle::text) return exit_code;
  tell(line_of_json({{"event", "error"},
                     {"exit", exit_code},
                     {"message", error.message},
                     {"hint", error.hint},
                     {"diagnostics", diagnostics_json(context_.terminal->shown_diagnostics())},
                     {"ms", milliseconds}}));
  return exit_code;
}

void WatchReporter::finished(const ManifestPlace& files, ByteView manifest,
                             const ResidentBuild& build, const std::vector<std::string>& changed,
                             std::chrono::nanoseconds took) const {
  const double milliseconds = in_milliseconds(took);
  if (build.kind != ResidentBuild::Kind::done) {
    tell_refused(files, manifest, *build.error, milliseconds);
    return;
  }
  const BuildReport& report = build.report;
  show_problems(context_, files, report);
  const int exit_code = static_cast<int>(has_failed(report) ? ExitStatus::failed : ExitStatus::ok);
  if (style_ == EventStyle::text) {
    context_.terminal->line(
        fmt::format("{}: {}, {:.0f} ms", changed_text(changed), made_text(report), milliseconds));
    (void)context_.terminal->finish();
    return;
  }
  tell(line_of_json({{"event", "build_finished"},
                     {"exit", exit_code},
                     {"written", report.delivery.written},
                     {"removed", report.delivery.removed},
                     {"unchanged", report.delivery.unchanged},
                     {"generated", report.made.generated},
                     {"recovered", report.made.recovered},
                     {"failed", failed_json(report.made.failed)},
                     {"diagnostics", diagnostics_json(context_.terminal->shown_diagnostics())},
                     {"ms", milliseconds}}));
}

void WatchReporter::ended() const {
  if (style_ == EventStyle::jsonl) tell(line_of_json({{"event", "ended"}}));
}

}  // namespace dgxp
