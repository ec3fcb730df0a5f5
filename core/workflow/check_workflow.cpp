#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/suggest.hpp"
#include "core/workflow/workflow_graph.hpp"
#include "core/workflow/workflow_params.hpp"
#include "core/workflow/workflow_report.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {
namespace {

/// Core classes that give pictures to whoever asked.
constexpr std::array<std::string_view, 5> kPictureClasses{
    "SaveImage", "SaveImageWebsocket", "SaveAnimatedPNG", "SaveAnimatedWEBP", "PreviewImage"};

bool gives_pictures(std::string_view class_type) {
  return std::ranges::find(kPictureClasses, class_type) != kPictureClasses.end();
}

std::string node_hint(const WorkflowGraph& graph, const NodeInput& target) {
  for (const GraphNode& node : graph.nodes) {
    if (!target.title.empty() && node.title == target.title) {
      return fmt::format("node '{}' has the title \"{}\"", node.id, node.title);
    }
  }
  for (const GraphNode& node : graph.nodes) {
    if (!target.input.empty() && node.find_input(target.input) != nullptr) {
      return fmt::format("{} has an input '{}'", describe_node(node), target.input);
    }
  }
  return {};
}

std::string input_hint(const GraphNode& node, std::string_view input) {
  std::vector<std::string_view> names;
  for (const GraphInput& known : node.inputs) names.push_back(known.name);
  return suggest(input, names, "");
}

/// The input, if it is there and not fed by another node; else the report says why not.
const GraphInput* find_target(const NodeInput& target, std::string_view what, Place place,
                              const WorkflowGraph& graph, WorkflowReport& report) {
  const GraphNode* node = graph.find_node(target.node);
  if (node == nullptr) {
    report.binding_error(place, fmt::format("'{}': there is no node '{}'", what, target.node),
                         node_hint(graph, target));
    return nullptr;
  }
  if (!target.title.empty() && node->title != target.title) {
    report.binding_error(place,
                         fmt::format("'{}': {} does not have the title \"{}\"", what,
                                     describe_node(*node), target.title),
                         node_hint(graph, target));
    return nullptr;
  }
  const GraphInput* input = node->find_input(target.input);
  if (input == nullptr) {
    report.binding_error(
        place, fmt::format("'{}': {} has no input '{}'", what, describe_node(*node), target.input),
        input_hint(*node, target.input));
    return nullptr;
  }
  if (const auto* link = std::get_if<NodeSlot>(&input->value)) {
    report.binding_error(place,
                         fmt::format("'{}': input '{}' of {} is fed by node '{}'", what,
                                     target.input, describe_node(*node), link->node),
                         "bind the input of that node instead");
    return nullptr;
  }
  return input;
}

std::string_view kind_of(const GraphValue& value) {
  struct Names {
    std::string_view operator()(std::monostate) const { return "nothing"; }
    std::string_view operator()(bool) const { return "true or false"; }
    std::string_view operator()(std::int64_t) const { return "a number"; }
    std::string_view operator()(std::uint64_t) const { return "a number"; }
    std::string_view operator()(double) const { return "a number"; }
    std::string_view operator()(const std::string&) const { return "a text"; }
    std::string_view operator()(const NodeSlot&) const { return "a link"; }
    std::string_view operator()(const GraphTree&) const { return "a list or map"; }
  };
  return std::visit(Names{}, value);
}

void check_param(const ParamBinding& param, const WorkflowGraph& graph, WorkflowReport& report) {
  const ParamRow& row = row_of(param.param);
  if (param.targets.empty()) {
    report.binding_error(param.place, fmt::format("'{}' goes to no node", row.name));
  }
  for (const NodeInput& target : param.targets) {
    const GraphInput* input = find_target(target, row.name, param.place, graph, report);
    if (input == nullptr || std::holds_alternative<std::monostate>(input->value)) continue;
    const std::string_view wanted = row.type == ParamType::text ? "a text" : "a number";
    if (kind_of(input->value) == wanted) continue;
    report.binding_error(param.place,
                         fmt::format("'{}' is {}, but input '{}' of node '{}' holds {}", row.name,
                                     wanted, target.input, target.node, kind_of(input->value)));
  }
}

void check_params(const WorkflowBinding& binding, const WorkflowGraph& graph,
                  WorkflowReport& report) {
  std::set<WorkflowParam> seen;
  std::set<std::pair<std::string, std::string>> targets;
  for (const ParamBinding& param : binding.params) {
    if (!seen.insert(param.param).second) {
      report.binding_error(param.place, fmt::format("'{}' is there twice", to_text(param.param)));
    }
    check_param(param, graph, report);
    for (const NodeInput& target : param.targets) {
      if (targets.emplace(target.node, target.input).second) continue;
      report.binding_error(param.place, fmt::format("input '{}' of node '{}' is bound twice",
                                                    target.input, target.node));
    }
  }
  for (const ParamRow& row : workflow_params()) {
    if (!row.of_every_job || seen.contains(row.param)) continue;
    report.binding_error({}, fmt::format("nothing takes the '{}', which every job has", row.name),
                         fmt::format("add '{}' under 'params'", row.name));
  }
}

bool is_read(const WorkflowGraph& graph, const NodeSlot& slot) {
  return std::ranges::any_of(graph.nodes, [&](const GraphNode& node) {
    return std::ranges::any_of(node.inputs, [&](const GraphInput& input) {
      const auto* link = std::get_if<NodeSlot>(&input.value);
      return link != nullptr && *link == slot;
    });
  });
}

void check_lora_slot(std::string_view what, const NodeSlot& slot, Place place,
                     const WorkflowGraph& graph, WorkflowReport& report) {
  if (graph.find_node(slot.node) == nullptr) {
    report.binding_error(place, fmt::format("'{}': there is no node '{}'", what, slot.node));
  } else if (!is_read(graph, slot)) {
    report.binding_error(place,
                         fmt::format("'{}': no node reads output {} of {}", what, slot.slot,
                                     describe_node(*graph.find_node(slot.node))),
                         "LoRAs are put between this output and its readers");
  }
}

void check_images(const WorkflowBinding& binding, const WorkflowGraph& graph,
                  WorkflowReport& report) {
  std::set<std::string> names;
  for (const ImageBinding& image : binding.images) {
    if (!names.insert(image.name).second) {
      report.binding_error(image.place, fmt::format("image '{}' is there twice", image.name));
    }
    const GraphInput* input = find_target(image.target, image.name, image.place, graph, report);
    if (input == nullptr || std::holds_alternative<std::string>(input->value)) continue;
    report.binding_error(
        image.place, fmt::format("'{}': input '{}' of node '{}' holds {}, no file name", image.name,
                                 image.target.input, image.target.node, kind_of(input->value)));
  }
}

void check_output(const OutputBinding& output, const WorkflowGraph& graph, WorkflowReport& report) {
  const GraphNode* node = graph.find_node(output.node);
  if (node == nullptr) {
    std::string hint;
    for (const GraphNode& other : graph.nodes) {
      if (gives_pictures(other.class_type)) hint = describe_node(other) + " gives pictures";
    }
    report.binding_error(
        output.place, fmt::format("output '{}': there is no node '{}'", output.name, output.node),
        hint);
    return;
  }
  if (output.websocket != (node->class_type == "SaveImageWebsocket")) {
    report.binding_error(
        output.place,
        fmt::format("output '{}': {} {} its pictures over the WebSocket", output.name,
                    describe_node(*node), output.websocket ? "does not send" : "sends"),
        fmt::format("write websocket: {}", !output.websocket));
  }
  if (output.count < 1) {
    report.binding_error(output.place, fmt::format("output '{}' has no pictures", output.name));
  }
}

void check_outputs(const WorkflowBinding& binding, const WorkflowGraph& graph,
                   WorkflowReport& report) {
  if (binding.outputs.empty()) report.binding_error({}, "there are no outputs");
  std::set<std::string> nodes;
  for (const OutputBinding& output : binding.outputs) {
    if (!nodes.insert(output.node).second) {
      report.binding_error(output.place, fmt::format("node '{}' is an output twice", output.node));
    }
    check_output(output, graph, report);
  }
  for (const GraphNode& node : graph.nodes) {
    const bool is_left_out = node.class_type == "PreviewImage";  // bind_workflow() drops it
    if (!gives_pictures(node.class_type) || is_left_out || nodes.contains(node.id)) continue;
    report.binding_error({}, describe_node(node) + " gives pictures, but is no output",
                         "name it under 'outputs', or remove it from the graph");
  }
}

void check_links(const WorkflowGraph& graph, WorkflowReport& report) {
  for (const GraphNode& node : graph.nodes) {
    for (const GraphInput& input : node.inputs) {
      const auto* link = std::get_if<NodeSlot>(&input.value);
      if (link == nullptr || graph.find_node(link->node) != nullptr) continue;
      report.graph_error(fmt::format("input '{}' of {} is fed by node '{}', which is not there",
                                     input.name, describe_node(node), link->node));
    }
  }
}

}  // namespace

void WorkflowReport::add(Severity severity, const std::string& file, Place place,
                         std::string message, std::string hint) {
  // A hostile graph has thousands of faults; nobody reads more than these.
  constexpr std::size_t kMostProblems = 100;
  if (problems_.size() >= kMostProblems) return;
  problems_.push_back({.severity = severity,
                       .file = file,
                       .place = place,
                       .line_text = {},
                       .message = std::move(message),
                       .hint = std::move(hint)});
}

std::string binding_path(std::string_view graph_path) {
  constexpr std::string_view kJson = ".json";
  if (graph_path.ends_with(kJson)) graph_path.remove_suffix(kJson.size());
  return std::string(graph_path) + ".bind.yaml";
}

void check_binding(const WorkflowTemplate& workflow, const WorkflowGraph& graph,
                   WorkflowReport& report) {
  const WorkflowBinding& binding = workflow.binding;
  check_links(graph, report);
  check_params(binding, graph, report);
  if (binding.loras) {
    check_lora_slot("after_model", binding.loras->model, binding.loras->place, graph, report);
    if (binding.loras->clip) {
      check_lora_slot("after_clip", *binding.loras->clip, binding.loras->place, graph, report);
    }
  }
  check_images(binding, graph, report);
  check_outputs(binding, graph, report);
  if (binding.size_step < 1) report.binding_error({}, "'size_step' is less than 1");
}

std::vector<Diagnostic> check_workflow(const WorkflowTemplate& workflow,
                                       std::string_view object_info) {
  WorkflowReport report(workflow);
  const auto graph = read_graph(workflow.graph);
  if (!graph) {
    report.graph_error(graph.error().message, graph.error().hint);
    return report.take();
  }
  check_binding(workflow, *graph, report);
  if (!object_info.empty()) check_on_server(workflow, *graph, object_info, report);
  return report.take();
}

}  // namespace dgxp
