#include "cli/sarif.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_text.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

constexpr const char* kManifestRule = "manifest";

ordered_json rules() {
  ordered_json list = ordered_json::array();
  for (const CheckRule& rule : check_rules())
    list.push_back({{"id", rule.name}, {"shortDescription", {{"text", rule.help}}}});
  const auto add = [&](const char* id, const char* help) {
    list.push_back({{"id", id}, {"shortDescription", {{"text", help}}}});
  };
  add(kManifestRule, "what a manifest says must make sense");
  add(kOutdatedRule, "files are what the manifest, the masters and the palettes make");
  add(kPlaceholderRule, "a release has no master that stands for one yet to be drawn");
  return list;
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

std::string percent_encoded(const std::string& path) {
  std::string text;
  for (const char c : path)
    text += is_plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return text;
}

const char* level_of(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

ordered_json physical_location(const std::string& uri, Place place) {
  ordered_json physical = {{"artifactLocation", {{"uri", uri}}}};
  if (place.line > 0) {
    physical["region"] = {{"startLine", place.line}};
    if (place.column > 0) physical["region"]["startColumn"] = place.column;
  }
  return physical;
}

ordered_json to_json(const SarifResult& result) {
  ordered_json location = {{"physicalLocation", physical_location(result.uri, result.place)}};
  if (!result.name.empty())
    location["logicalLocations"] = ordered_json::array({{{"fullyQualifiedName", result.name}}});
  return {{"ruleId", result.rule},
          {"level", level_of(result.level)},
          {"message", {{"text", result.message}}},
          {"locations", ordered_json::array({std::move(location)})}};
}

std::string log_of(ordered_json run) {
  ordered_json whole = {
      {"tool", {{"driver", {{"name", "dgxp"}, {"version", DGXP_VERSION}, {"rules", rules()}}}}}};
  whole.update(run);
  const ordered_json document = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                                 {"version", "2.1.0"},
                                 {"runs", ordered_json::array({std::move(whole)})}};
  return json_text(document);
}

/// A message and its hint as one text.
std::string text_of(const std::string& message, const std::string& hint) {
  return hint.empty() ? message : fmt::format("{}; {}", message, hint);
}

}  // namespace

std::string to_uri(const std::filesystem::path& file, const std::filesystem::path& here) {
  const std::filesystem::path path = file.lexically_normal();
  const bool leads_out = path.is_absolute() || (!path.empty() && *path.begin() == "..");
  if (!leads_out) return percent_encoded(path.generic_string());
  return "file://" + percent_encoded((here / path).lexically_normal().generic_string());
}

std::vector<SarifResult> sarif_results(const std::vector<Finding>& findings,
                                       const std::string& manifest) {
  std::vector<SarifResult> results;
  for (const Finding& finding : findings) {
    std::string name = finding.sprite;
    if (!finding.row.empty()) name += "/" + finding.row;
    if (finding.frame) name += fmt::format("#{}", *finding.frame);
    results.push_back(
        {.rule = finding.check,
         .level = finding.level == CheckLevel::error ? Severity::error : Severity::warning,
         .message = text_of(finding.message, finding.hint),
         .uri = manifest,
         .place = finding.place,
         .name = std::move(name)});
  }
  return results;
}

std::string to_sarif(const std::vector<SarifResult>& results) {
  ordered_json list = ordered_json::array();
  for (const SarifResult& result : results) list.push_back(to_json(result));
  return log_of({{"results", std::move(list)}});
}

std::string to_failed_sarif(const std::vector<Diagnostic>& diagnostics, int exit_code) {
  ordered_json results = ordered_json::array();
  ordered_json notifications = ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    const std::string text = text_of(diagnostic.message, diagnostic.hint);
    if (diagnostic.place.line > 0) {
      results.push_back(to_json({.rule = kManifestRule,
                                 .level = diagnostic.severity,
                                 .message = text,
                                 .uri = diagnostic.file,
                                 .place = diagnostic.place}));
      continue;
    }
    ordered_json notification = {{"level", level_of(diagnostic.severity)},
                                 {"message", {{"text", text}}}};
    if (!diagnostic.file.empty())
      notification["locations"] =
          ordered_json::array({{{"physicalLocation", physical_location(diagnostic.file, {})}}});
    notifications.push_back(std::move(notification));
  }
  ordered_json invocation = {{"executionSuccessful", false}, {"exitCode", exit_code}};
  if (!notifications.empty()) invocation["toolExecutionNotifications"] = std::move(notifications);
  return log_of(
      {{"invocations", ordered_json::array({invocation})}, {"results", std::move(results)}});
}

}  // namespace dgxp
