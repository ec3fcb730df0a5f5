#include "manifests/workflow_binding.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "manifests/bounded_yaml.hpp"
#include "manifests/check_fields.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

constexpr int kFormatVersion = 1;
constexpr YamlLimits kBindingLimits{.text = {.bytes = 64U << 10U, .brackets = 4096},
                                    .nodes = 10'000,
                                    .scalar_bytes = 4096,
                                    .depth = 12};

/// A newer format has fields that we do not know: then nothing else is worth saying.
bool check_version(const SyntaxNode& root, ProblemList& problems) {
  const SyntaxNode* node = root.find("dgxp_binding");
  const auto version = node == nullptr ? std::nullopt : read_integer(*node);
  if (!version || *version <= kFormatVersion) return true;
  problems.error(node->span,
                 fmt::format("binding format {} is newer than this dgxp, which reads format {}",
                             *version, kFormatVersion),
                 "update dgxp");
  return false;
}

void append_targets(const SyntaxNode& node, ParamBinding& param) {
  if (!node.is(Kind::map)) return;
  const FieldReader reader(binding_target_shape(), NodeLayers(&node));
  const NodeInput target{.node = {},
                         .title = std::string(reader.text("title")),
                         .input = std::string(reader.text("input"))};
  param.required = param.required || reader.boolean("required");
  const SyntaxNode* nodes = node.find("node");
  if (nodes == nullptr) return;
  const auto append = [&](const SyntaxNode& id) {
    if (!id.is(Kind::scalar)) return;
    param.targets.push_back(target);
    param.targets.back().node = id.text;
  };
  append(*nodes);
  if (nodes->is(Kind::list)) std::ranges::for_each(nodes->items, append);
}

std::vector<ParamBinding> read_params(const NodeLayers& layers) {
  std::vector<ParamBinding> params;
  if (layers.empty() || !layers.top().is(Kind::map)) return params;
  for (const SyntaxNode& node : layers.top().items) {
    const auto known = parse_workflow_param(node.key);
    if (!known) continue;
    ParamBinding param{.param = *known, .targets = {}, .place = node.key_span.place};
    append_targets(node, param);
    if (node.is(Kind::list)) {
      for (const SyntaxNode& item : node.items) append_targets(item, param);
    }
    params.push_back(std::move(param));
  }
  return params;
}

std::optional<NodeSlot> read_slot(const NodeLayers& layers, std::string_view field,
                                  ProblemList& problems) {
  if (layers.empty() || !layers.top().is(Kind::list)) return std::nullopt;
  const std::vector<SyntaxNode>& items = layers.top().items;
  if (items.size() != 2 || !items[0].is(Kind::scalar) || !items[1].is(Kind::scalar)) {
    return std::nullopt;
  }
  const auto slot = read_integer(items[1]);
  if (!slot || *slot < 0 || *slot > 255) {
    problems.error(items[1].span,
                   fmt::format("the output in '{}' must be a number from 0 to 255, not {}", field,
                               describe_value(items[1])),
                   R"(for example ["4", 0])");
    return std::nullopt;
  }
  return NodeSlot{.node = std::string(items[0].text), .slot = static_cast<int>(*slot)};
}

std::optional<LoraBinding> read_loras(const NodeLayers& layers, ProblemList& problems) {
  if (layers.empty() || !layers.top().is(Kind::map)) return std::nullopt;
  const FieldReader reader(binding_loras_shape(), layers);
  auto model = read_slot(reader.find("after_model"), "after_model", problems);
  auto clip = read_slot(reader.find("after_clip"), "after_clip", problems);
  if (!model) return std::nullopt;
  return LoraBinding{
      .model = *std::move(model), .clip = std::move(clip), .place = layers.top().where().place};
}

std::vector<ImageBinding> read_images(const NodeLayers& layers) {
  std::vector<ImageBinding> images;
  if (layers.empty() || !layers.top().is(Kind::map)) return images;
  for (const SyntaxNode& node : layers.top().items) {
    const FieldReader reader(binding_image_shape(), NodeLayers(&node));
    images.push_back({.name = std::string(node.key),
                      .target = {.node = std::string(reader.text("node")),
                                 .title = std::string(reader.text("title")),
                                 .input = std::string(reader.text("input"))},
                      .place = node.key_span.place});
  }
  return images;
}

std::vector<OutputBinding> read_outputs(const NodeLayers& layers) {
  std::vector<OutputBinding> outputs;
  if (layers.empty() || !layers.top().is(Kind::map)) return outputs;
  for (const SyntaxNode& node : layers.top().items) {
    const FieldReader reader(binding_output_shape(), NodeLayers(&node));
    outputs.push_back({.name = std::string(node.key),
                       .node = std::string(reader.text("node")),
                       .count = reader.integer("count"),
                       .websocket = reader.boolean("websocket"),
                       .place = node.key_span.place});
  }
  return outputs;
}

std::vector<std::string> read_texts(const NodeLayers& layers) {
  std::vector<std::string> texts;
  if (layers.empty() || !layers.top().is(Kind::list)) return texts;
  for (const SyntaxNode& item : layers.top().items) {
    if (item.is(Kind::scalar)) texts.emplace_back(item.text);
  }
  return texts;
}

WorkflowNeeds read_needs(const NodeLayers& layers) {
  const FieldReader reader(binding_needs_shape(), layers);
  WorkflowNeeds needs;
  needs.nodes = read_texts(reader.find("nodes"));
  needs.min_comfyui = reader.text("min_comfyui");
  const NodeLayers models = reader.find("models");
  if (models.empty() || !models.top().is(Kind::map)) return needs;
  for (const SyntaxNode& folder : models.top().items) {
    needs.models.emplace(folder.key, read_texts(NodeLayers(&folder)));
  }
  return needs;
}

WorkflowBinding read_binding(const SyntaxNode& root, ProblemList& problems) {
  const FieldReader reader(binding_shape(), NodeLayers(&root));
  WorkflowBinding binding;
  binding.description = reader.text("description");
  binding.params = read_params(reader.find("params"));
  binding.loras = read_loras(reader.find("loras"), problems);
  binding.images = read_images(reader.find("images"));
  binding.outputs = read_outputs(reader.find("outputs"));
  binding.needs = read_needs(reader.find("requires"));
  binding.size_step = reader.integer("size_step");
  binding.seamless = reader.boolean("seamless");
  return binding;
}

}  // namespace

BindingResult parse_workflow_binding(std::string_view file, ByteView content) {
  const SourceText source(file, content, kBindingLimits.text.bytes);
  ProblemList problems(source);
  const auto tree = load_yaml(source, kBindingLimits, problems);
  if (!tree) return {.binding = {}, .diagnostics = problems.take()};
  std::optional<WorkflowBinding> binding;
  if (!tree->root.is(Kind::map) || check_version(tree->root, problems)) {
    check_fields(tree->root, binding_shape(), problems);
    if (tree->root.is(Kind::map)) binding = read_binding(tree->root, problems);
  }
  if (problems.has_errors()) binding.reset();
  return {.binding = std::move(binding), .diagnostics = problems.take()};
}

WorkflowResult load_workflow(const WorkflowFiles& files, std::string_view object_info) {
  const std::string file = binding_path(files.name);
  BindingResult parsed = parse_workflow_binding(file, files.binding);
  WorkflowResult result{.workflow = {}, .diagnostics = std::move(parsed.diagnostics)};
  if (parsed.binding) {
    WorkflowTemplate workflow{.name = std::string(files.name),
                              .graph = std::string(as_text(files.graph)),
                              .binding = *std::move(parsed.binding)};
    const SourceText source(file, files.binding, kBindingLimits.text.bytes);
    for (Diagnostic& problem : check_workflow(workflow, object_info)) {
      if (problem.place.line > 0) {
        problem.line_text = source.line(problem.place.line);
      }
      result.diagnostics.push_back(std::move(problem));
    }
    if (!has_errors(result.diagnostics)) result.workflow = std::move(workflow);
  }
  for (Diagnostic& problem : result.diagnostics) {
    problem.file = std::string(files.folder) + problem.file;
  }
  return result;
}

}  // namespace dgxp
