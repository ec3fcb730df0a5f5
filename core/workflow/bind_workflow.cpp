#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/workflow/workflow_graph.hpp"
#include "core/workflow/workflow_params.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::ordered_json;

/// Edits one graph. The first thing that does not fit is kept and ends all further work.
class GraphEditor {
 public:
  GraphEditor(std::string_view name, Json graph) : name_(name), graph_(std::move(graph)) {}

  const std::optional<Error>& error() const { return error_; }
  std::string text() const { return graph_.dump(-1, ' ', false, Json::error_handler_t::replace); }

  void refuse(std::string_view message) {
    if (error_) return;
    error_ = Error{.kind = ErrorKind::worker,
                   .message = fmt::format("workflow '{}': {}", name_, message)};
  }

  void set(const ParamBinding& binding, const Json& value);
  void set_image(const ImageBinding& binding, const std::string& file);
  void insert_loras(const LoraBinding& binding, const std::vector<WorkflowLora>& loras);
  void set_filename_prefix(std::string_view prefix);
  void drop_undeclared_previews(const std::vector<OutputBinding>& outputs);
  void wrap_lists();
  void check_output(const OutputBinding& output);

 private:
  Json* find_input(const NodeInput& target, std::string_view what);
  std::vector<std::string> free_ids(std::size_t count) const;
  /// Every input that is fed by `from` is fed by `to` from now on.
  void rewire(const NodeSlot& from, const NodeSlot& to);

  std::string_view name_;
  Json graph_;
  std::optional<Error> error_;
};

std::string class_of(const Json& node) {
  const auto found = node.find("class_type");
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_link(const Json& value) {
  return value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_number();
}

bool is_link_to(const Json& value, const NodeSlot& slot) {
  return is_link(value) && value[0].get_ref<const std::string&>() == slot.node &&
         value[1].get<double>() == slot.slot;
}

std::string title_of(const Json& node) {
  const auto meta = node.find("_meta");
  if (meta == node.end() || !meta->is_object()) return {};
  const auto title = meta->find("title");
  return title != meta->end() && title->is_string() ? title->get<std::string>() : std::string();
}

Json* GraphEditor::find_input(const NodeInput& target, std::string_view what) {
  if (error_) return nullptr;
  const auto node = graph_.find(target.node);
  if (node == graph_.end()) {
    refuse(fmt::format("'{}' goes to node '{}', which the graph does not have", what, target.node));
    return nullptr;
  }
  if (!target.title.empty() && title_of(*node) != target.title) {
    refuse(fmt::format("'{}' goes to node '{}' titled \"{}\", but its title is \"{}\"", what,
                       target.node, target.title, title_of(*node)));
    return nullptr;
  }
  const auto inputs = node->find("inputs");
  if (inputs == node->end() || !inputs->contains(target.input)) {
    refuse(fmt::format("'{}' goes to input '{}' of node '{}' ({}), which has no such input", what,
                       target.input, target.node, class_of(*node)));
    return nullptr;
  }
  Json* value = &(*inputs)[target.input];
  if (is_link(*value)) {
    refuse(fmt::format("'{}' goes to input '{}' of node '{}' ({}), which node '{}' feeds", what,
                       target.input, target.node, class_of(*node), (*value)[0].get<std::string>()));
    return nullptr;
  }
  return value;
}

/// A whole number stays whole, but for an input that holds a fraction.
Json typed_like(const Json& present, const Json& value) {
  if (value.is_number_integer() && present.is_number_float()) return value.get<double>();
  return value;
}

void GraphEditor::set(const ParamBinding& binding, const Json& value) {
  const std::string_view name = to_text(binding.param);
  for (const NodeInput& target : binding.targets) {
    Json* input = find_input(target, name);
    if (input == nullptr) return;
    const bool fits =
        input->is_null() || (value.is_string() ? input->is_string() : input->is_number());
    if (!fits) {
      refuse(fmt::format("'{}' is {}, but input '{}' of node '{}' holds {}", name,
                         value.is_string() ? "a text" : "a number", target.input, target.node,
                         input->type_name()));
      return;
    }
    *input = typed_like(*input, value);
  }
}

void GraphEditor::set_image(const ImageBinding& binding, const std::string& file) {
  if (Json* input = find_input(binding.target, binding.name)) *input = file;
}

std::vector<std::string> GraphEditor::free_ids(std::size_t count) const {
  // Behind the largest number, so that a person finds the chain at the end. Numbers of more than
  // nine digits are no ids that the editor gives.
  std::uint64_t next = 1;
  for (const auto& item : graph_.items()) {
    const std::string& id = item.key();
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
    const bool is_number = failure == std::errc() && end == id.data() + id.size();
    if (is_number && id.size() <= 9) next = std::max(next, number + 1);
  }
  std::vector<std::string> ids;
  for (; ids.size() < count; ++next) {
    if (std::string id = std::to_string(next); !graph_.contains(id)) ids.push_back(std::move(id));
  }
  return ids;
}

void GraphEditor::rewire(const NodeSlot& from, const NodeSlot& to) {
  for (auto& item : graph_.items()) {
    const auto inputs = item.value().find("inputs");
    if (inputs == item.value().end()) continue;
    for (auto& input : inputs->items()) {
      if (is_link_to(input.value(), from)) input.value() = Json::array({to.node, to.slot});
    }
  }
}

Json lora_node(const WorkflowLora& lora, const NodeSlot& model,
               const std::optional<NodeSlot>& clip) {
  Json inputs;
  inputs["lora_name"] = lora.file;
  inputs["strength_model"] = lora.weight;
  if (clip) inputs["strength_clip"] = lora.weight;
  inputs["model"] = Json::array({model.node, model.slot});
  if (clip) inputs["clip"] = Json::array({clip->node, clip->slot});
  Json node;
  node["inputs"] = std::move(inputs);
  node["class_type"] = clip ? "LoraLoader" : "LoraLoaderModelOnly";
  node["_meta"] = {{"title", lora.file}};
  return node;
}

void GraphEditor::insert_loras(const LoraBinding& binding, const std::vector<WorkflowLora>& loras) {
  if (error_ || loras.empty()) return;
  for (const std::string& id : {binding.model.node, binding.clip.value_or(binding.model).node}) {
    if (graph_.contains(id)) continue;
    refuse(fmt::format("LoRAs go behind node '{}', which the graph does not have", id));
    return;
  }
  const std::vector<std::string> ids = free_ids(loras.size());
  // First all readers, then the chain, whose first node alone reads what they read before.
  rewire(binding.model, {ids.back(), 0});
  if (binding.clip) rewire(*binding.clip, {ids.back(), 1});
  NodeSlot model = binding.model;
  std::optional<NodeSlot> clip = binding.clip;
  for (std::size_t i = 0; i < loras.size(); ++i) {
    graph_[ids[i]] = lora_node(loras[i], model, clip);
    model = {ids[i], 0};
    if (clip) clip = NodeSlot{ids[i], 1};
  }
}

void GraphEditor::set_filename_prefix(std::string_view prefix) {
  std::string plain(prefix);
  std::erase(plain, '%');
  if (plain.empty()) return;
  for (auto& item : graph_.items()) {
    Json& node = item.value();
    const auto inputs = node.find("inputs");
    if (inputs == node.end()) continue;
    const auto present = inputs->find("filename_prefix");
    const bool has_prefix = present != inputs->end() && !is_link(*present);
    if (has_prefix || class_of(node) == "SaveImage") (*inputs)["filename_prefix"] = plain;
  }
}

void GraphEditor::drop_undeclared_previews(const std::vector<OutputBinding>& outputs) {
  std::vector<std::string> previews;
  for (const auto& item : graph_.items()) {
    const bool is_declared =
        std::ranges::find(outputs, item.key(), &OutputBinding::node) != outputs.end();
    if (!is_declared && class_of(item.value()) == "PreviewImage") previews.push_back(item.key());
  }
  for (const std::string& id : previews) graph_.erase(id);
}

void GraphEditor::wrap_lists() {
  for (auto& item : graph_.items()) {
    const auto inputs = item.value().find("inputs");
    if (inputs == item.value().end()) continue;
    for (auto& input : inputs->items()) {
      Json& value = input.value();
      if (value.is_array() && !is_link(value)) {
        Json wrapped;
        wrapped["__value__"] = std::move(value);
        value = std::move(wrapped);
      }
    }
  }
}

void GraphEditor::check_output(const OutputBinding& output) {
  if (!graph_.contains(output.node)) {
    refuse(fmt::format("output '{}' is node '{}', which the graph does not have", output.name,
                       output.node));
  }
}

// Values of a job.

std::optional<Json> some_text(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<Json> value_of(WorkflowParam param, const WorkflowValues& values) {
  switch (param) {
    // An example prompt left in the graph must never be drawn.
    case WorkflowParam::prompt:
      return values.prompt;
    case WorkflowParam::negative:
      return some_text(values.negative);
    case WorkflowParam::seed:
      return values.seed;
    case WorkflowParam::width:
      return values.width;
    case WorkflowParam::height:
      return values.height;
    case WorkflowParam::steps:
      return values.steps ? std::optional<Json>(*values.steps) : std::nullopt;
    case WorkflowParam::cfg:
      return values.cfg ? std::optional<Json>(*values.cfg) : std::nullopt;
    case WorkflowParam::sampler:
      return some_text(values.sampler);
    case WorkflowParam::scheduler:
      return some_text(values.scheduler);
    case WorkflowParam::denoise:
      return values.denoise ? std::optional<Json>(*values.denoise) : std::nullopt;
    case WorkflowParam::checkpoint:
      return some_text(values.checkpoint);
    case WorkflowParam::batch_size:
      return 1;  // one picture a job: its seed alone decides it
  }
  return std::nullopt;
}

bool is_finite(const Json& value) {
  return !value.is_number_float() || std::isfinite(value.get<double>());
}

void set_params(const WorkflowBinding& binding, const WorkflowValues& values, GraphEditor& editor) {
  for (const ParamRow& row : workflow_params()) {
    const ParamBinding* bound = find_param(binding, row.param);
    const auto value = value_of(row.param, values);
    if (value && !is_finite(*value)) {
      editor.refuse(fmt::format("'{}' is no finite number", row.name));
    } else if (value && bound != nullptr) {
      editor.set(*bound, *value);
    } else if (value && row.param != WorkflowParam::batch_size) {
      editor.refuse(fmt::format("there is no input for '{}'", row.name));
    } else if (bound != nullptr && bound->required) {
      editor.refuse(fmt::format("it needs a value for '{}'", row.name));
    }
  }
}

void check_size(int step, const WorkflowValues& values, GraphEditor& editor) {
  const auto natural = static_cast<std::uint32_t>(std::max(step, 1));
  if (values.width % natural == 0 && values.height % natural == 0) return;
  editor.refuse(fmt::format("its sizes go in steps of {}, and {}x{} does not", natural,
                            values.width, values.height));
}

void set_images(const WorkflowBinding& binding, const WorkflowValues& values, GraphEditor& editor) {
  const std::size_t have = values.images.size();
  if (have > binding.images.size()) {
    editor.refuse(fmt::format("the job brings {} pictures, but there are inputs for {}", have,
                              binding.images.size()));
  }
  if (have < binding.images.size()) {
    editor.refuse(fmt::format("it needs a picture '{}', and the job brings {}",
                              binding.images[have].name, have));
  }
  const std::size_t count = std::min(have, binding.images.size());
  for (std::size_t i = 0; i < count; ++i) editor.set_image(binding.images[i], values.images[i]);
}

void set_loras(const WorkflowBinding& binding, const WorkflowValues& values, GraphEditor& editor) {
  if (values.loras.empty()) return;
  if (!binding.loras) {
    editor.refuse(fmt::format("it takes no LoRAs, and the job brings '{}'", values.loras[0].file));
    return;
  }
  for (const WorkflowLora& lora : values.loras) {
    if (std::isfinite(lora.weight)) continue;
    editor.refuse(fmt::format("the weight of LoRA '{}' is no finite number", lora.file));
  }
  editor.insert_loras(*binding.loras, values.loras);
}

}  // namespace

Result<BoundWorkflow> bind_workflow(const WorkflowTemplate& workflow,
                                    const WorkflowValues& values) {
  const auto in_workflow = [&](const Error& error) {
    return Error{.kind = ErrorKind::worker,
                 .message = fmt::format("workflow '{}': {}", workflow.name, error.message),
                 .hint = error.hint};
  };
  if (const auto graph = read_graph(workflow.graph); !graph) return in_workflow(graph.error());
  GraphEditor editor(workflow.name, Json::parse(workflow.graph, nullptr, false));
  check_size(workflow.binding.size_step, values, editor);
  set_params(workflow.binding, values, editor);
  set_images(workflow.binding, values, editor);
  set_loras(workflow.binding, values, editor);
  for (const OutputBinding& output : workflow.binding.outputs) editor.check_output(output);
  editor.set_filename_prefix(values.filename_prefix);
  editor.drop_undeclared_previews(workflow.binding.outputs);
  editor.wrap_lists();
  if (editor.error()) return *editor.error();
  return BoundWorkflow{.graph = editor.text(), .outputs = workflow.binding.outputs};
}

}  // namespace dgxp
