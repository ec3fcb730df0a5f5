#include "cli/report.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_text.hpp"
#include "cli/sarif.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

std::string_view drift_text(Drift::Kind kind) {
  switch (kind) {
    case Drift::Kind::missing:
      return "missing";
    case Drift::Kind::differs:
      return "differs";
    case Drift::Kind::same_pixels:
      return "same pixels";
  }
  return "";
}

ordered_json findings_json(const std::vector<Finding>& findings) {
  ordered_json list = ordered_json::array();
  for (const Finding& finding : findings) {
    ordered_json entry = {{"level", finding.level == CheckLevel::error ? "error" : "warning"},
                          {"check", finding.check},
                          {"sprite", finding.sprite},
                          {"message", finding.message},
                          {"line", finding.place.line},
                          {"column", finding.place.column}};
    if (finding.frame) {
      entry["row"] = finding.row;
      entry["frame"] = *finding.frame;
    }
    if (finding.at) entry["at"] = {finding.at->x, finding.at->y};
    if (!finding.hint.empty()) entry["hint"] = finding.hint;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::string count_text(std::size_t count, const std::string& one, const std::string& many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

bool has_failed(const BuildReport& report) {
  return !report.made.failed.empty() || !report.is_complete || has_failed_findings(report);
}

bool has_failed_findings(const BuildReport& report) {
  return std::ranges::any_of(report.findings,
                             [](const Finding& f) { return f.level == CheckLevel::error; });
}

void show_findings(const Context& context, const ManifestPlace& files,
                   const std::vector<Finding>& findings) {
  std::vector<Diagnostic> diagnostics;
  for (const Finding& finding : findings) {
    diagnostics.push_back(
        {.severity = finding.level == CheckLevel::error ? Severity::error : Severity::warning,
         .file = files.shown,
         .place = finding.place,
         .message = fmt::format("{} [{}]", finding.message, finding.check),
         .hint = finding.hint});
  }
  context.terminal->diagnostics(diagnostics);
}

void show_problems(const Context& context, const ManifestPlace& files, const BuildReport& report) {
  const Terminal& terminal = *context.terminal;
  for (const std::string& note : report.notes) terminal.note(note);
  show_findings(context, files, report.findings);
  for (const FailedJob& failed : report.made.failed) {
    terminal.error({.message = fmt::format("job '{}' failed: {}", failed.id, failed.error)});
  }
}

std::string lint_json(const std::vector<Finding>& findings, std::size_t sprites, int exit_code) {
  const ordered_json document = {
      {"exit", exit_code}, {"sprites", sprites}, {"findings", findings_json(findings)}};
  return json_text(document);
}

std::string report_json(const BuildReport& report, int exit_code) {
  ordered_json document;
  document["exit"] = exit_code;
  document["generated"] = report.made.generated;
  document["recovered"] = report.made.recovered;
  ordered_json failed = ordered_json::array();
  for (const FailedJob& job : report.made.failed) {
    failed.push_back({{"job", job.id}, {"error", job.error}});
  }
  document["failed"] = failed;
  document["without_background"] = report.made.without_background;
  ordered_json states = ordered_json::object();
  for (const AssessedJob& assessed : report.jobs) {
    if (assessed.state != JobState::fresh) {
      states[assessed.job.id] = std::string(to_text(assessed.state));
    }
  }
  document["states"] = states;
  document["jobs"] = report.jobs.size();
  document["written"] = report.delivery.written;
  document["removed"] = report.delivery.removed;
  document["unchanged"] = report.delivery.unchanged;
  document["lock_written"] = report.lock_written;
  document["lock_outdated"] = report.lock_outdated;
  ordered_json drift = ordered_json::array();
  for (const Drift& one : report.drift) {
    drift.push_back({{"path", one.path}, {"state", std::string(drift_text(one.kind))}});
  }
  document["drift"] = drift;
  document["notes"] = report.notes;
  document["findings"] = findings_json(report.findings);
  return json_text(document);
}

std::string uri_here(const std::string& file) {
  std::error_code failure;
  return to_uri(file, std::filesystem::current_path(failure));
}

int give_up(const Context& context, bool sarif, int exit_code) {
  if (!sarif) return exit_code;
  std::vector<Diagnostic> diagnostics = context.terminal->shown_diagnostics();
  for (Diagnostic& diagnostic : diagnostics) diagnostic.file = uri_here(diagnostic.file);
  for (const Error& error : context.terminal->shown_errors())
    diagnostics.push_back(
        {.severity = Severity::error, .message = error.message, .hint = error.hint});
  context.terminal->data(to_failed_sarif(diagnostics, exit_code));
  return exit_code;
}

}  // namespace dgxp
