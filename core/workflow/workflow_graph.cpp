#include "core/workflow/workflow_graph.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dgxp {
namespace {

using Json = nlohmann::ordered_json;

/// Looks at every token and keeps none: a text that passes can be parsed, copied and written
/// without a deep stack or a slow search among a great many names.
class BoundsReader : public nlohmann::json_sax<Json> {
 public:
  explicit BoundsReader(const JsonBounds& bounds) : bounds_(bounds) {}
  const std::string& fault() const { return fault_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t&) override {
    if (++members_.back() <= bounds_.most_members) return true;
    return refuse(fmt::format("an object has more than {} members", bounds_.most_members));
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return refuse(fmt::format("it is not JSON: unexpected text at byte {}", position));
  }

 private:
  bool open() {
    members_.push_back(0);
    if (std::cmp_less_equal(members_.size(), bounds_.most_depth)) return true;
    return refuse(fmt::format("it is deeper than {} levels", bounds_.most_depth));
  }
  bool close() {
    members_.pop_back();
    return true;
  }
  bool refuse(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }

  const JsonBounds& bounds_;
  std::vector<std::size_t> members_;  ///< of each object or array that is open
  std::string fault_;
};

Error no_graph(std::string message, std::string hint = {}) {
  return {.kind = ErrorKind::input, .message = std::move(message), .hint = std::move(hint)};
}

/// As ComfyUI tells them: a list of two, a text and a number.
std::optional<NodeSlot> read_link(const Json& value) {
  if (!value.is_array() || value.size() != 2) return std::nullopt;
  if (!value[0].is_string() || !value[1].is_number()) return std::nullopt;
  const double slot = value[1].get<double>();
  if (slot < 0 || slot > 255) return NodeSlot{value[0].get<std::string>(), -1};
  return NodeSlot{value[0].get<std::string>(), static_cast<int>(slot)};
}

GraphValue read_value(const Json& value) {
  if (auto link = read_link(value)) return *std::move(link);
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return std::monostate();
  return GraphTree();
}

std::string text_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<GraphNode> read_node(const std::string& id, const Json& json) {
  if (!json.is_object()) return no_graph(fmt::format("node '{}' is no map", id));
  GraphNode node{.id = id, .class_type = text_member(json, "class_type")};
  if (node.class_type.empty()) return no_graph(fmt::format("node '{}' has no class_type", id));
  if (const auto meta = json.find("_meta"); meta != json.end() && meta->is_object()) {
    node.title = text_member(*meta, "title");
  }
  const auto inputs = json.find("inputs");
  if (inputs == json.end()) return node;
  if (!inputs->is_object()) return no_graph(fmt::format("the inputs of node '{}' are no map", id));
  if (inputs->size() > kMostNodeInputs) {
    return no_graph(fmt::format("node '{}' has more than {} inputs", id, kMostNodeInputs));
  }
  for (const auto& [name, value] : inputs->items())
    node.inputs.push_back({name, read_value(value)});
  return node;
}

bool is_of_the_editor(const Json& json) {
  const auto nodes = json.find("nodes");
  return nodes != json.end() && nodes->is_array();
}

}  // namespace

const GraphInput* GraphNode::find_input(std::string_view name) const {
  const auto found = std::ranges::find(inputs, name, &GraphInput::name);
  return found == inputs.end() ? nullptr : &*found;
}

const GraphNode* WorkflowGraph::find_node(std::string_view id) const {
  const auto found = std::ranges::find(nodes, id, &GraphNode::id);
  return found == nodes.end() ? nullptr : &*found;
}

std::string describe_node(const GraphNode& node) {
  if (node.title.empty()) return fmt::format("node '{}' ({})", node.id, node.class_type);
  return fmt::format("node '{}' ({} \"{}\")", node.id, node.class_type, node.title);
}

std::string find_json_fault(std::string_view json, const JsonBounds& bounds) {
  if (json.size() > bounds.most_bytes) {
    return fmt::format("it has {} bytes, more than {}", json.size(), bounds.most_bytes);
  }
  BoundsReader reader(bounds);
  if (Json::sax_parse(json, &reader)) return {};
  return reader.fault();
}

Result<WorkflowGraph> read_graph(std::string_view json) {
  if (std::string fault = find_json_fault(json, {}); !fault.empty()) return no_graph(fault);
  const Json parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object()) return no_graph("it is no map of nodes");
  if (is_of_the_editor(parsed)) {
    return no_graph("it is a workflow as the editor saves it, not a graph in API format",
                    "export it in ComfyUI with 'Export (API)'");
  }
  if (parsed.empty()) return no_graph("it has no nodes");
  WorkflowGraph graph;
  for (const auto& [id, value] : parsed.items()) {
    auto node = read_node(id, value);
    if (!node) return node.error();
    graph.nodes.push_back(*std::move(node));
  }
  return graph;
}

std::optional<double> as_number(const GraphValue& value) {
  if (const auto* natural = std::get_if<std::uint64_t>(&value))
    return static_cast<double>(*natural);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

}  // namespace dgxp
