#include "tests/support/fake_comfy/fake_validate.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "tests/support/fake_comfy/fake_nodes.hpp"

namespace dgxp {

namespace {

/// Python's repr() of the values that occur in messages.
std::string python_text(const FakeJson& value) {
  if (value.is_string()) return "'" + value.get<std::string>() + "'";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_null()) return "None";
  if (!value.is_array()) return fake_dump(value);
  std::string text = "[";
  for (const auto& item : value) text += (text.size() > 1 ? ", " : "") + python_text(item);
  return text + "]";
}

/// str(): as python_text() without the quotes of a string.
std::string python_plain(const FakeJson& value) {
  return value.is_string() ? value.get<std::string>() : python_text(value);
}

FakeJson issue(const char* type, const char* message, std::string details, FakeJson extra) {
  return {{"type", type},
          {"message", message},
          {"details", std::move(details)},
          {"extra_info", std::move(extra)}};
}

/// Thrown as Python throws KeyError: it ends the check of the node that names the missing one.
struct MissingNode {
  std::string text;  ///< "'99'"
};

std::optional<FakeJson> as_int(const FakeJson& value) {
  if (value.is_number_integer()) return value;
  if (value.is_boolean()) return FakeJson(value.get<bool>() ? 1 : 0);
  if (value.is_number_float() && std::isfinite(value.get<double>())) {
    return FakeJson(static_cast<std::int64_t>(std::trunc(value.get<double>())));
  }
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return FakeJson(number);
}

std::optional<FakeJson> as_float(const FakeJson& value) {
  if (value.is_number()) return FakeJson(value.get<double>());
  if (value.is_boolean()) return FakeJson(value.get<bool>() ? 1.0 : 0.0);
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return FakeJson(number);
}

std::optional<FakeJson> converted(const FakeJson& value, const std::string& type) {
  if (type == "INT") return as_int(value);
  if (type == "FLOAT") return as_float(value);
  if (type == "STRING") return FakeJson(python_plain(value));
  return value;
}

/// Exact for every pair of integers, as Python is.
bool less(const FakeJson& a, const FakeJson& b) {
  if (a.is_number_float() || b.is_number_float()) return a.get<double>() < b.get<double>();
  const bool a_negative = !a.is_number_unsigned() && a.get<std::int64_t>() < 0;
  const bool b_negative = !b.is_number_unsigned() && b.get<std::int64_t>() < 0;
  if (a_negative != b_negative) return a_negative;
  if (a_negative) return a.get<std::int64_t>() < b.get<std::int64_t>();
  return a.get<std::uint64_t>() < b.get<std::uint64_t>();
}

class Check {
 public:
  Check(FakeJson& graph, const FakeJson& info) : graph_(graph), info_(info) {}

  struct Verdict {
    bool good = true;
    FakeJson issues = FakeJson::array();
  };
  std::map<std::string, Verdict> seen;
  std::vector<std::string> order;  ///< of `seen`

  /// Throws MissingNode when a link of this node, not of one further up, names none.
  bool node(const std::string& id) {
    if (const auto found = seen.find(id); found != seen.end()) return found->second.good;
    if (!graph_.contains(id)) throw MissingNode{"'" + id + "'"};
    if (std::ranges::find(path_, id) != path_.end()) {
      throw MissingNode{"maximum recursion depth exceeded"};
    }
    path_.push_back(id);
    FakeJson& node = graph_[id];
    const auto& class_info = info_[node["class_type"].get<std::string>()];
    Verdict verdict;
    for (const auto* group : {"required", "optional"}) {
      const auto inputs = fake_get(class_info["input"], group);
      for (const auto& [name, config] : inputs.items()) {
        input(node, name, config, std::string_view(group) == "required", verdict);
      }
    }
    if (verdict.issues.empty() && node["class_type"].get<std::string>().starts_with("LoadImage")) {
      load_image(node, class_info, verdict);
    }
    verdict.good = verdict.good && verdict.issues.empty();
    record(id, verdict);
    path_.pop_back();
    return verdict.good;
  }
  void record(const std::string& id, Verdict verdict) {
    if (!seen.contains(id)) order.push_back(id);
    seen[id] = std::move(verdict);
  }

 private:
  void input(FakeJson& node, const std::string& name, const FakeJson& config, bool required,
             Verdict& verdict) {
    if (!node["inputs"].contains(name)) {
      if (required) {
        verdict.issues.push_back(issue("required_input_missing", "Required input is missing", name,
                                       {{"input_name", name}}));
      }
      return;
    }
    FakeJson& value = node["inputs"][name];
    if (fake_is_link(value)) return link(value, name, config, verdict);
    literal(value, name, config, node["class_type"].get<std::string>(), verdict);
  }

  void link(const FakeJson& value, const std::string& name, const FakeJson& config,
            Verdict& verdict) {
    if (value.size() != 2) {
      verdict.issues.push_back(issue(
          "bad_linked_input", "Bad linked input, must be a length-2 list of [node_id, slot_index]",
          name, {{"input_name", name}, {"input_config", config}, {"received_value", value}}));
      return;
    }
    const auto from = value[0].is_string() ? value[0].get<std::string>() : std::string();
    if (!value[0].is_string() || !graph_.contains(from)) throw MissingNode{python_text(value[0])};
    const auto& outputs = info_[graph_[from]["class_type"].get<std::string>()]["output"];
    const auto slot = value[1].is_number_integer() ? value[1].get<std::int64_t>() : -1;
    if (slot < 0 || slot >= static_cast<std::int64_t>(outputs.size())) {
      throw MissingNode{"tuple index out of range"};
    }
    const auto& received = outputs[static_cast<std::size_t>(slot)];
    if (config[0].is_string() && received != config[0]) {
      verdict.issues.push_back(
          issue("return_type_mismatch", "Return type mismatch between linked nodes",
                name + ", received_type(" + received.get<std::string>() + ") mismatch input_type(" +
                    config[0].get<std::string>() + ")",
                {{"input_name", name},
                 {"input_config", config},
                 {"received_type", received},
                 {"linked_node", value}}));
      return;
    }
    upstream(value, from, name, config, verdict);
  }

  void upstream(const FakeJson& value, const std::string& from, const std::string& name,
                const FakeJson& config, Verdict& verdict) {
    try {
      if (!node(from)) verdict.good = false;
    } catch (const MissingNode& missing) {
      verdict.good = false;
      path_.pop_back();
      Verdict thrown{.good = false};
      thrown.issues.push_back(issue("exception_during_inner_validation",
                                    "Exception when validating inner node", missing.text,
                                    {{"input_name", name},
                                     {"input_config", config},
                                     {"exception_message", missing.text},
                                     {"exception_type", "KeyError"},
                                     {"traceback", FakeJson::array({"  in a node of the fake\n"})},
                                     {"linked_node", value}}));
      record(from, thrown);
    }
  }

  void literal(FakeJson& value, const std::string& name, const FakeJson& config,
               const std::string& class_type, Verdict& verdict) {
    const auto combo = fake_combo_values(config);
    const std::string type = config[0].is_string() ? config[0].get<std::string>() : "COMBO";
    if (const auto fitting = converted(value, type)) {
      value = *fitting;
    } else {
      verdict.issues.push_back(
          issue("invalid_input_type", "Failed to convert an input value to its type",
                name + ", " + python_plain(value) + ", invalid literal",
                {{"input_name", name},
                 {"input_config", config},
                 {"received_value", value},
                 {"exception_message", "invalid literal: " + python_text(value)}}));
      return;
    }
    const bool own_check = class_type.starts_with("LoadImage") && name == "image";
    if (combo.is_array()) {
      if (!own_check && std::ranges::find(combo, value) == combo.end()) {
        verdict.issues.push_back(not_in_list(value, name, config, combo));
      }
      return;
    }
    range(value, name, config, verdict);
  }

  static FakeJson not_in_list(const FakeJson& value, const std::string& name,
                              const FakeJson& config, const FakeJson& combo) {
    // Long lists are not repeated.
    const bool is_long = combo.size() > 20;
    const std::string list =
        is_long ? "(list of length " + std::to_string(combo.size()) + ")" : python_text(combo);
    return issue("value_not_in_list", "Value not in list",
                 name + ": " + python_text(value) + " not in " + list,
                 {{"input_name", name},
                  {"input_config", is_long ? FakeJson(nullptr) : config},
                  {"received_value", value}});
  }

  static void range(const FakeJson& value, const std::string& name, const FakeJson& config,
                    Verdict& verdict) {
    if (!value.is_number() || config.size() < 2) return;
    const auto& limits = config[1];
    const FakeJson extra = {
        {"input_name", name}, {"input_config", config}, {"received_value", value}};
    if (limits.contains("min") && less(value, limits["min"])) {
      const auto text =
          "Value " + fake_dump(value) + " smaller than min of " + fake_dump(limits["min"]);
      verdict.issues.push_back(issue("value_smaller_than_min", text.c_str(), name, extra));
    }
    if (limits.contains("max") && less(limits["max"], value)) {
      const auto text =
          "Value " + fake_dump(value) + " bigger than max of " + fake_dump(limits["max"]);
      verdict.issues.push_back(issue("value_bigger_than_max", text.c_str(), name, extra));
    }
  }

  static void load_image(const FakeJson& node, const FakeJson& class_info, Verdict& verdict) {
    const auto& config = class_info["input"]["required"]["image"];
    const auto& value = node["inputs"]["image"];
    const auto files = fake_combo_values(config);
    if (std::ranges::find(files, value) != files.end()) return;
    verdict.issues.push_back(
        issue("custom_validation_failed", "Custom validation failed for node",
              "image - Invalid image file: " + python_plain(value),
              {{"input_name", "image"}, {"input_config", config}, {"received_value", value}}));
  }

  FakeJson& graph_;
  const FakeJson& info_;
  std::vector<std::string> path_;  ///< from the output to the node being checked
};

FakeJson prompt_error(const char* type, std::string message, std::string details,
                      FakeJson extra = FakeJson::object()) {
  return {{"type", type},
          {"message", std::move(message)},
          {"details", std::move(details)},
          {"extra_info", std::move(extra)}};
}

/// Every node, wanted or not, must have a class that is there.
FakeJson unknown_class(const FakeJson& graph, const FakeJson& info, bool modern) {
  for (const auto& [id, node] : graph.items()) {
    const auto type = fake_get(node, "class_type");
    const auto title = fake_text(fake_get(node, "_meta"), "title");
    const auto details = "Node ID '#" + id + "'";
    const char* kind = modern ? "missing_node_type" : "invalid_prompt";
    FakeJson extra = FakeJson::object();
    if (modern) extra = {{"node_id", id}, {"class_type", type}, {"node_title", title}};
    if (!type.is_string()) {
      return prompt_error(kind, "Cannot execute because a node is missing the class_type property.",
                          details, extra);
    }
    const auto name = type.get<std::string>();
    if (info.contains(name)) continue;
    return prompt_error(kind,
                        modern ? "Node '" + (title.empty() ? name : title) +
                                     "' not found. The custom node may not be installed."
                               : "Cannot execute because node " + name + " does not exist.",
                        details, extra);
  }
  return nullptr;
}

void report_failure(Check& check, const std::string& output, const FakeJson& graph,
                    FakeValidation& validation) {
  for (const auto& id : check.order) {
    const auto& verdict = check.seen[id];
    if (verdict.issues.empty()) continue;
    auto& errors = validation.node_errors;
    if (!errors.contains(id)) {
      errors[id] = {{"errors", verdict.issues},
                    {"dependent_outputs", FakeJson::array()},
                    {"class_type", graph[id]["class_type"]}};
    }
    errors[id]["dependent_outputs"].push_back(output);
  }
}

/// Whether this output can run; what is wrong with it itself goes to `details`.
bool check_output(const std::string& id, FakeJson& graph, const FakeJson& info,
                  FakeValidation& validation, std::string& details) {
  Check check(graph, info);
  bool good = false;
  try {
    good = check.node(id);
  } catch (const MissingNode& missing) {
    Check::Verdict thrown{.good = false};
    thrown.issues.push_back(issue("exception_during_validation", "Exception when validating node",
                                  missing.text,
                                  {{"exception_type", "KeyError"},
                                   {"traceback", FakeJson::array({"  in a node of the fake\n"})}}));
    check.record(id, thrown);
  }
  if (good) return true;
  for (const auto& problem : check.seen[id].issues) {
    details += (details.empty() ? "" : "\n") + problem["message"].get<std::string>() + ": " +
               problem["details"].get<std::string>();
  }
  report_failure(check, id, graph, validation);
  return false;
}

}  // namespace

FakeValidation fake_validate(FakeJson& graph, const FakeJson& object_info, bool modern) {
  FakeValidation validation;
  if (!graph.is_object()) graph = FakeJson::object();
  validation.error = unknown_class(graph, object_info, modern);
  if (!validation.error.is_null()) return validation;
  std::vector<std::string> wanted;
  for (auto& [id, node] : graph.items()) {
    if (!node.contains("inputs") || !node["inputs"].is_object())
      node["inputs"] = FakeJson::object();
    if (object_info[node["class_type"].get<std::string>()]["output_node"] == true) {
      wanted.push_back(id);
    }
  }
  if (wanted.empty()) {
    validation.error = prompt_error("prompt_no_outputs", "Prompt has no outputs", "");
    return validation;
  }
  std::string details;
  for (const auto& id : wanted) {
    if (check_output(id, graph, object_info, validation, details)) validation.outputs.push_back(id);
  }
  if (validation.outputs.empty()) {
    validation.error = prompt_error("prompt_outputs_failed_validation",
                                    "Prompt outputs failed validation", details);
  }
  return validation;
}

}  // namespace dgxp
