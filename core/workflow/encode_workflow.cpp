#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/workflow/workflow_graph.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kMostBytes = kMostGraphBytes + (128U << 10U);
constexpr std::size_t kMostItems = 256;

std::string canonical(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Writing. Keys are sorted by json itself.

json input_json(const NodeInput& input) {
  return {{"node", input.node}, {"title", input.title}, {"input", input.input}};
}
json slot_json(const NodeSlot& slot) {
  return {{"node", slot.node}, {"slot", slot.slot}};
}

json params_json(const WorkflowBinding& binding) {
  std::vector<ParamBinding> params = binding.params;
  std::ranges::stable_sort(params, {}, &ParamBinding::param);
  json list = json::array();
  for (const ParamBinding& param : params) {
    json targets = json::array();
    for (const NodeInput& target : param.targets) targets.push_back(input_json(target));
    list.push_back({{"param", to_text(param.param)},
                    {"targets", std::move(targets)},
                    {"required", param.required}});
  }
  return list;
}

json binding_json(const WorkflowBinding& binding) {
  json images = json::array();
  for (const ImageBinding& image : binding.images) {
    images.push_back({{"name", image.name}, {"target", input_json(image.target)}});
  }
  json outputs = json::array();
  for (const OutputBinding& output : binding.outputs) {
    outputs.push_back({{"name", output.name},
                       {"node", output.node},
                       {"count", output.count},
                       {"websocket", output.websocket}});
  }
  json result = {{"params", params_json(binding)},
                 {"images", std::move(images)},
                 {"outputs", std::move(outputs)},
                 {"needs",
                  {{"nodes", binding.needs.nodes},
                   {"models", binding.needs.models},
                   {"min_comfyui", binding.needs.min_comfyui}}},
                 {"seamless", binding.seamless},
                 {"size_step", binding.size_step}};
  if (binding.loras) {
    result["loras"] = {{"model", slot_json(binding.loras->model)}};
    if (binding.loras->clip) result["loras"]["clip"] = slot_json(*binding.loras->clip);
  }
  return result;
}

// Reading: the first fault is kept, and everything read after it does not matter.

class BindingReader {
 public:
  const std::string& fault() const { return fault_; }
  void refuse(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

  std::string text(const json& object, const char* name) {
    const json* value = member(object, name);
    if (value != nullptr && value->is_string()) return value->get<std::string>();
    refuse(fmt::format("'{}' is no text", name));
    return {};
  }
  bool boolean(const json& object, const char* name) {
    const json* value = member(object, name);
    if (value != nullptr && value->is_boolean()) return value->get<bool>();
    refuse(fmt::format("'{}' is neither true nor false", name));
    return false;
  }
  int whole(const json& object, const char* name, int least, int most) {
    const json* value = member(object, name);
    if (value != nullptr && value->is_number_integer()) {
      const auto number = value->get<std::int64_t>();
      const bool is_huge =
          value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{1} << 32U;
      if (!is_huge && number >= least && number <= most) return static_cast<int>(number);
    }
    refuse(fmt::format("'{}' is no whole number from {} to {}", name, least, most));
    return least;
  }
  const json& list(const json& object, const char* name) {
    static const json kEmpty = json::array();
    const json* value = member(object, name);
    if (value != nullptr && value->is_array() && value->size() <= kMostItems) return *value;
    refuse(fmt::format("'{}' is no list of up to {}", name, kMostItems));
    return kEmpty;
  }
  const json& map(const json& object, const char* name) {
    static const json kEmpty = json::object();
    const json* value = member(object, name);
    if (value != nullptr && value->is_object()) return *value;
    refuse(fmt::format("'{}' is no map", name));
    return kEmpty;
  }
  std::vector<std::string> texts(const json& list) {
    std::vector<std::string> result;
    if (!list.is_array() || list.size() > kMostItems) refuse("a list of texts is none");
    for (const json& item : list) {
      if (!item.is_string()) refuse("a list of texts holds something else");
      if (!item.is_string() || result.size() >= kMostItems) break;
      result.push_back(item.get<std::string>());
    }
    return result;
  }

  NodeInput input(const json& object) {
    return {.node = text(object, "node"),
            .title = text(object, "title"),
            .input = text(object, "input")};
  }
  NodeSlot slot(const json& object) {
    return {.node = text(object, "node"), .slot = whole(object, "slot", 0, 255)};
  }

 private:
  static const json* member(const json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  }

  std::string fault_;
};

ParamBinding read_param(const json& object, BindingReader& reader) {
  ParamBinding param;
  const std::string name = reader.text(object, "param");
  if (const auto known = parse_workflow_param(name)) {
    param.param = *known;
  } else {
    reader.refuse("a parameter is not known");
  }
  for (const json& target : reader.list(object, "targets")) {
    param.targets.push_back(reader.input(target));
  }
  param.required = reader.boolean(object, "required");
  return param;
}

OutputBinding read_output(const json& object, BindingReader& reader) {
  return {.name = reader.text(object, "name"),
          .node = reader.text(object, "node"),
          .count = reader.whole(object, "count", 1, 4096),
          .websocket = reader.boolean(object, "websocket"),
          .place = {}};
}

WorkflowNeeds read_needs(const json& object, BindingReader& reader) {
  WorkflowNeeds needs;
  needs.nodes = reader.texts(reader.list(object, "nodes"));
  for (const auto& [folder, files] : reader.map(object, "models").items()) {
    needs.models.emplace(folder, reader.texts(files));
  }
  needs.min_comfyui = reader.text(object, "min_comfyui");
  return needs;
}

WorkflowBinding read_binding(const json& object, BindingReader& reader) {
  WorkflowBinding binding;
  for (const json& param : reader.list(object, "params")) {
    binding.params.push_back(read_param(param, reader));
  }
  if (object.contains("loras")) {
    const json& loras = reader.map(object, "loras");
    binding.loras.emplace();
    binding.loras->model = reader.slot(reader.map(loras, "model"));
    if (loras.contains("clip")) binding.loras->clip = reader.slot(reader.map(loras, "clip"));
  }
  for (const json& image : reader.list(object, "images")) {
    binding.images.push_back({.name = reader.text(image, "name"),
                              .target = reader.input(reader.map(image, "target")),
                              .place = {}});
  }
  for (const json& output : reader.list(object, "outputs")) {
    binding.outputs.push_back(read_output(output, reader));
  }
  binding.needs = read_needs(reader.map(object, "needs"), reader);
  binding.size_step = reader.whole(object, "size_step", 1, 4096);
  binding.seamless = reader.boolean(object, "seamless");
  return binding;
}

}  // namespace

Bytes encode_workflow(const WorkflowTemplate& workflow) {
  const bool is_graph = find_json_fault(workflow.graph, {}).empty();
  const json graph = is_graph ? json::parse(workflow.graph, nullptr, false) : json();
  return to_bytes(canonical({{"dgxp_workflow", kVersion},
                             {"graph", graph},
                             {"binding", binding_json(workflow.binding)}}));
}

Result<WorkflowTemplate> decode_workflow(ByteView bytes) {
  const auto refuse = [](std::string_view why) {
    return Error{.kind = ErrorKind::worker,
                 .message = fmt::format("the workflow cannot be read: {}", why)};
  };
  const std::string_view text = as_text(bytes);
  const std::string fault = find_json_fault(
      text, {.most_bytes = kMostBytes, .most_members = kMostGraphNodes, .most_depth = 40});
  if (!fault.empty()) return refuse(fault);
  const json file = json::parse(text, nullptr, false);
  if (!file.is_object()) return refuse("it is no map");
  if (!file.contains("dgxp_workflow") || file["dgxp_workflow"] != kVersion) {
    return refuse(fmt::format("it is not of version {}", kVersion));
  }
  BindingReader reader;
  WorkflowTemplate workflow;
  workflow.graph = canonical(reader.map(file, "graph"));
  workflow.binding = read_binding(reader.map(file, "binding"), reader);
  if (!reader.fault().empty()) return refuse(reader.fault());
  if (const auto graph = read_graph(workflow.graph); !graph) return refuse(graph.error().message);
  return workflow;
}

}  // namespace dgxp
