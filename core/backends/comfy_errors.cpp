#include "core/backends/comfy_errors.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/backends/server_json.hpp"
#include "core/base/suggest.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostProblems = 16;
constexpr std::size_t kMostText = 300;
constexpr std::size_t kMostOptions = 20'000;

/// `node 4 "Load Checkpoint" (CheckpointLoaderSimple)`.
std::string name_node(const std::string& id, std::string class_type, const Json& graph) {
  std::string title;
  if (const Json* node = find_member(graph, id)) {
    if (class_type.empty()) class_type = text_member(*node, "class_type", 100);
    const Json* meta = find_member(*node, "_meta");
    if (meta != nullptr) title = text_member(*meta, "title", 100);
  }
  std::string name = "node " + cut_text(id, 60);
  if (!title.empty()) name += fmt::format(" \"{}\"", title);
  if (!class_type.empty()) name += fmt::format(" ({})", class_type);
  return name;
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& item : list) {
    if (texts.size() == kMostOptions) break;
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// Of `[["a", "b"], {...}]` or `["COMBO", {"options": ["a", "b"]}]`.
std::vector<std::string> options_in(const Json* config) {
  if (config == nullptr || !config->is_array() || config->empty()) return {};
  if ((*config)[0].is_array()) return texts_of((*config)[0]);
  const Json* options = config->size() > 1 ? find_member((*config)[1], "options") : nullptr;
  return options == nullptr ? std::vector<std::string>() : texts_of(*options);
}

std::string shown(const Json& value) {
  return cut_text(value.dump(-1, ' ', false, Json::error_handler_t::replace), kMostText);
}

/// What is wrong with one input.
std::string describe_problem(const Json& problem, const std::string& class_type,
                             const ComfyOptionsOf& options_of) {
  static const Json kNothing;
  const Json* info = find_member(problem, "extra_info");
  if (info == nullptr) info = &kNothing;
  const std::string input = text_member(*info, "input_name", 100);
  const Json* received = find_member(*info, "received_value");
  const std::string place = input.empty() ? "" : fmt::format("input '{}': ", input);
  if (text_member(problem, "type") == "value_not_in_list" && received != nullptr) {
    auto known = options_in(find_member(*info, "input_config"));
    if (known.empty() && options_of) known = options_of(class_type, input);
    const std::string word =
        received->is_string() ? received->get<std::string>() : shown(*received);
    return fmt::format("{}'{}' is not on the server{}", place, cut_text(word, kMostText),
                       list_nearest(word, std::move(known)));
  }
  std::string text = place + text_member(problem, "message", kMostText);
  const std::string details = text_member(problem, "details", kMostText);
  if (!details.empty() && details != input) text += fmt::format(" ({})", details);
  if (received != nullptr) text += fmt::format(", got {}", shown(*received));
  return text;
}

std::vector<std::string> describe_nodes(const Json& node_errors, const Json& graph,
                                        const ComfyOptionsOf& options_of) {
  std::vector<std::string> lines;
  if (!node_errors.is_object()) return lines;
  for (const auto& [id, entry] : node_errors.items()) {
    const std::string class_type = text_member(entry, "class_type", 100);
    const Json* problems = find_member(entry, "errors");
    if (problems == nullptr || !problems->is_array()) continue;
    for (const Json& problem : *problems) {
      if (lines.size() == kMostProblems) return lines;
      lines.push_back(fmt::format("{}, {}", name_node(id, class_type, graph),
                                  describe_problem(problem, class_type, options_of)));
    }
  }
  return lines;
}

/// The error of the graph as a whole, "" when there is none.
std::string describe_whole(const Json& error, const Json& graph) {
  if (!error.is_object()) {
    return error.is_string() ? cut_text(error.get<std::string>(), kMostText) : std::string();
  }
  std::string text = text_member(error, "message", kMostText);
  const std::string details = text_member(error, "details", kMostText);
  if (!details.empty()) text += fmt::format(" ({})", details);
  const Json* info = find_member(error, "extra_info");
  const std::string node = info == nullptr ? "" : text_member(*info, "node_id", 60);
  if (!node.empty()) {
    text =
        fmt::format("{}, {}", name_node(node, text_member(*info, "class_type", 100), graph), text);
  }
  return text;
}

}  // namespace

std::string describe_rejection(std::string_view body, std::string_view graph,
                               const ComfyOptionsOf& options_of) {
  const auto answer = parse_json<Json>(body);
  if (!answer) return {};
  const Json nodes = parse_json<Json>(graph).value_or(Json());
  std::vector<std::string> lines;
  if (const Json* node_errors = find_member(*answer, "node_errors")) {
    lines = describe_nodes(*node_errors, nodes, options_of);
  }
  const Json* error = find_member(*answer, "error");
  if (lines.empty() && error != nullptr) lines.push_back(describe_whole(*error, nodes));
  return fmt::format("{}", fmt::join(lines, "; "));
}

bool is_out_of_memory(const ComfyExecutionError& error) {
  const auto says = [&](std::string_view text) {
    return error.message.find(text) != std::string::npos ||
           error.type.find(text) != std::string::npos;
  };
  return says("OutOfMemory") || says("ran out of memory") || says("out of memory") ||
         says("can't allocate memory");
}

std::string describe_execution_error(const ComfyExecutionError& error, std::string_view graph) {
  const Json nodes = parse_json<Json>(graph).value_or(Json());
  return fmt::format("{}: {}: {}", name_node(error.node, error.class_type, nodes), error.type,
                     error.message);
}

}  // namespace dgxp
