#include "cli/sarif.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dgxp {
namespace {

using nlohmann::ordered_json;

ordered_json rules() {
  ordered_json list = ordered_json::array();
  for (const CheckRule& rule : check_rules())
    list.push_back({{"id", rule.name}, {"shortDescription", {{"text", rule.help}}}});
  return list;
}

ordered_json location_of(const Finding& finding, const std::string& manifest) {
  ordered_json physical = {{"artifactLocation", {{"uri", manifest}}}};
  if (finding.place.line > 0)
    physical["region"] = {{"startLine", finding.place.line}, {"startColumn", finding.place.column}};
  std::string name = finding.sprite;
  if (!finding.row.empty()) name += "/" + finding.row;
  if (finding.frame) name += fmt::format("#{}", *finding.frame);
  return {{"physicalLocation", std::move(physical)},
          {"logicalLocations", ordered_json::array({{{"fullyQualifiedName", name}}})}};
}

}  // namespace

std::string to_sarif(const std::vector<Finding>& findings, const std::string& manifest) {
  ordered_json results = ordered_json::array();
  for (const Finding& finding : findings)
    results.push_back({{"ruleId", finding.check},
                       {"level", finding.level == CheckLevel::error ? "error" : "warning"},
                       {"message", {{"text", finding.message}}},
                       {"locations", ordered_json::array({location_of(finding, manifest)})}});
  const ordered_json driver = {{"name", "dgxp"}, {"version", DGXP_VERSION}, {"rules", rules()}};
  const ordered_json run = {{"tool", {{"driver", driver}}}, {"results", std::move(results)}};
  const ordered_json document = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                                 {"version", "2.1.0"},
                                 {"runs", ordered_json::array({run})}};
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace dgxp
