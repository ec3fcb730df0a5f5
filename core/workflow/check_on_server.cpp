#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/suggest.hpp"
#include "core/workflow/workflow_graph.hpp"
#include "core/workflow/workflow_params.hpp"
#include "core/workflow/workflow_report.hpp"

namespace dgxp {
namespace {

using nlohmann::json;

constexpr std::size_t kMostInfoBytes = 64U << 20U;
constexpr std::size_t kMostInfoMembers = 1U << 16U;
constexpr std::size_t kMostNearest = 5;

/// What /object_info says about one input: `["INT", {"min": 0}]`, `[["euler", "ddim"], {}]`, or in
/// newer nodes `["COMBO", {"options": [...]}]`.
struct InputRule {
  std::string type;  ///< "INT", "MODEL" ...; "COMBO" for a list of words
  std::vector<std::string> words;
  std::optional<double> least;
  std::optional<double> most;
  std::optional<double> step;
  bool is_required = false;
  bool is_upload = false;  ///< its words are files that a job brings
};

struct ClassRule {
  std::map<std::string, InputRule> inputs;
  std::vector<std::string> outputs;  ///< types by slot
  bool is_output = false;
};

std::vector<std::string> read_words(const json& list) {
  std::vector<std::string> words;
  for (const json& word : list) {
    if (word.is_string()) words.push_back(word.get<std::string>());
  }
  return words;
}

std::optional<double> read_bound(const json& options, const char* name) {
  const auto found = options.find(name);
  if (found == options.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

InputRule read_rule(const json& declared, bool is_required) {
  InputRule rule{.type = {}, .words = {}, .is_required = is_required};
  if (!declared.is_array() || declared.empty()) return rule;
  const json options =
      declared.size() > 1 && declared[1].is_object() ? declared[1] : json::object();
  if (declared[0].is_array()) {
    rule.type = "COMBO";
    rule.words = read_words(declared[0]);
  } else if (declared[0].is_string()) {
    rule.type = declared[0].get<std::string>();
    const auto words = options.find("options");
    if (rule.type == "COMBO" && words != options.end()) rule.words = read_words(*words);
  }
  rule.least = read_bound(options, "min");
  rule.most = read_bound(options, "max");
  rule.step = read_bound(options, "step");
  for (const char* upload : {"image_upload", "upload", "video_upload", "audio_upload"}) {
    const auto found = options.find(upload);
    rule.is_upload = rule.is_upload || (found != options.end() && *found == true);
  }
  return rule;
}

ClassRule read_class(const json& info) {
  ClassRule rule;
  if (!info.is_object()) return rule;
  const json inputs = info.value("input", json::object());
  for (const bool is_required : {true, false}) {
    const auto group =
        inputs.is_object() ? inputs.find(is_required ? "required" : "optional") : inputs.end();
    if (!inputs.is_object() || group == inputs.end() || !group->is_object()) continue;
    for (const auto& [name, declared] : group->items()) {
      rule.inputs.emplace(name, read_rule(declared, is_required));
    }
  }
  const auto outputs = info.find("output");
  if (outputs != info.end() && outputs->is_array()) {
    // A slot's type is a word, or the list of words of a combo.
    for (const json& type : *outputs) {
      rule.outputs.push_back(type.is_string() ? type.get<std::string>() : "COMBO");
    }
  }
  const auto is_output = info.find("output_node");
  rule.is_output = is_output != info.end() && *is_output == true;
  return rule;
}

/// A number as people write it: 0, 100, 0.01, 18446744073709551615.
std::string number_text(double value) {
  constexpr double kLargestSeed = 18446744073709551615.0;
  if (value == kLargestSeed) return "18446744073709551615";
  return fmt::format("{}", value);
}

/// "*" takes everything, "IMAGE,MASK" either.
bool accepts(std::string_view wanted, std::string_view given) {
  if (wanted == "*" || given == "*" || wanted == given) return true;
  std::set<std::string_view> types;
  while (!wanted.empty()) {
    const std::size_t comma = wanted.find(',');
    std::string_view one = wanted.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    types.insert(one);
    wanted = comma == std::string_view::npos ? std::string_view() : wanted.substr(comma + 1);
  }
  return types.contains(given) || types.contains("*");
}

/// One template against one server.
class ServerCheck {
 public:
  ServerCheck(const WorkflowTemplate& workflow, const WorkflowGraph& graph, const json& info,
              WorkflowReport& report)
      : binding_(workflow.binding), graph_(graph), info_(info), report_(report) {
    for (const GraphNode& node : graph.nodes) add_class(node.class_type);
    add_class("LoraLoader");
    add_class("LoraLoaderModelOnly");
  }

  void run() {
    for (const GraphNode& node : graph_.nodes) check_node(node);
    for (const ParamBinding& param : binding_.params) check_param(param);
    check_loras();
    check_needs();
  }

 private:
  void add_class(const std::string& name) {
    const auto found = info_.find(name);
    if (found != info_.end()) classes_.try_emplace(name, read_class(*found));
  }
  const ClassRule* find_class(const std::string& name) const {
    const auto found = classes_.find(name);
    return found == classes_.end() ? nullptr : &found->second;
  }
  const ClassRule* class_of(const std::string& node_id) const {
    const GraphNode* node = graph_.find_node(node_id);
    return node == nullptr ? nullptr : find_class(node->class_type);
  }

  std::string class_hint(std::string_view name) const;
  void check_node(const GraphNode& node);
  void check_input(const GraphNode& node, const GraphInput& input, const InputRule& rule);
  void check_link(const GraphNode& node, const GraphInput& input, const NodeSlot& link,
                  const InputRule& rule);
  void check_number(const GraphNode& node, const GraphInput& input, const InputRule& rule);
  void check_word(const GraphNode& node, const GraphInput& input, const InputRule& rule);
  void check_param(const ParamBinding& param);
  void check_sizes(const ParamBinding& param, const NodeInput& target, const InputRule& rule);
  void check_loras();
  void check_needs();
  bool is_always_filled(const std::string& node, const std::string& input) const;

  const WorkflowBinding& binding_;
  const WorkflowGraph& graph_;
  const json& info_;
  WorkflowReport& report_;
  std::map<std::string, ClassRule> classes_;
};

std::string ServerCheck::class_hint(std::string_view name) const {
  std::vector<std::string_view> known;
  for (const auto& item : info_.items()) known.push_back(item.key());
  const auto nearest = find_nearest_few(name, known, kMostNearest);
  if (nearest.empty()) return "install the nodes that bring it, and restart ComfyUI";
  return fmt::format("it has '{}'", fmt::join(nearest, "', '"));
}

/// A value that every job replaces says nothing about this server.
bool ServerCheck::is_always_filled(const std::string& node, const std::string& input) const {
  const auto is_it = [&](const NodeInput& target) {
    return target.node == node && target.input == input;
  };
  const auto fills = [&](const ParamBinding& param) {
    const bool is_always = param.required || row_of(param.param).of_every_job;
    return is_always && std::ranges::any_of(param.targets, is_it);
  };
  return std::ranges::any_of(binding_.params, fills) ||
         std::ranges::any_of(binding_.images,
                             [&](const ImageBinding& image) { return is_it(image.target); });
}

void ServerCheck::check_node(const GraphNode& node) {
  const ClassRule* rule = find_class(node.class_type);
  if (rule == nullptr) {
    report_.graph_error(
        fmt::format("the server has no class '{}' ({})", node.class_type, describe_node(node)),
        class_hint(node.class_type));
    return;
  }
  for (const auto& [name, input_rule] : rule->inputs) {
    if (!input_rule.is_required || node.find_input(name) != nullptr) continue;
    report_.graph_error(fmt::format("{} lacks the input '{}'", describe_node(node), name));
  }
  for (const GraphInput& input : node.inputs) {
    const auto input_rule = rule->inputs.find(input.name);
    if (input_rule != rule->inputs.end()) {
      check_input(node, input, input_rule->second);
    } else if (!input.name.empty() && !std::holds_alternative<NodeSlot>(input.value)) {
      std::vector<std::string_view> names;
      for (const auto& known : rule->inputs) names.push_back(known.first);
      report_.graph_warning(fmt::format("the server's {} has no input '{}': it is ignored there",
                                        describe_node(node), input.name),
                            suggest(input.name, names, ""));
    }
  }
}

void ServerCheck::check_input(const GraphNode& node, const GraphInput& input,
                              const InputRule& rule) {
  if (const auto* link = std::get_if<NodeSlot>(&input.value)) {
    check_link(node, input, *link, rule);
  } else if (is_always_filled(node.id, input.name)) {
    return;
  } else if (rule.type == "INT" || rule.type == "FLOAT") {
    check_number(node, input, rule);
  } else if (rule.type == "COMBO") {
    check_word(node, input, rule);
  } else if (rule.type == "STRING" && !std::holds_alternative<std::string>(input.value)) {
    report_.graph_error(fmt::format("input '{}' of {} is a text", input.name, describe_node(node)));
  }
}

void ServerCheck::check_link(const GraphNode& node, const GraphInput& input, const NodeSlot& link,
                             const InputRule& rule) {
  const ClassRule* source = class_of(link.node);
  if (source == nullptr) return;  // reported with that node
  if (link.slot < 0 || std::cmp_greater_equal(link.slot, source->outputs.size())) {
    report_.graph_error(fmt::format(
        "input '{}' of {} is fed by output {} of {}, which has {}", input.name, describe_node(node),
        link.slot, describe_node(*graph_.find_node(link.node)), source->outputs.size()));
    return;
  }
  const std::string& given = source->outputs[static_cast<std::size_t>(link.slot)];
  if (accepts(rule.type, given)) return;
  report_.graph_error(fmt::format("input '{}' of {} takes {}, but output {} of {} is {}",
                                  input.name, describe_node(node), rule.type, link.slot,
                                  describe_node(*graph_.find_node(link.node)), given));
}

void ServerCheck::check_number(const GraphNode& node, const GraphInput& input,
                               const InputRule& rule) {
  const auto value = as_number(input.value);
  if (!value) {
    report_.graph_error(
        fmt::format("input '{}' of {} is a number", input.name, describe_node(node)));
    return;
  }
  if (rule.type == "INT" && *value != std::floor(*value)) {
    report_.graph_error(fmt::format("input '{}' of {} is a whole number, not {}", input.name,
                                    describe_node(node), number_text(*value)));
  }
  if ((rule.least && *value < *rule.least) || (rule.most && *value > *rule.most)) {
    report_.graph_error(fmt::format("input '{}' of {} is {}, outside {} to {}", input.name,
                                    describe_node(node), number_text(*value),
                                    rule.least ? number_text(*rule.least) : "any",
                                    rule.most ? number_text(*rule.most) : "any"));
  }
}

void ServerCheck::check_word(const GraphNode& node, const GraphInput& input,
                             const InputRule& rule) {
  const auto* word = std::get_if<std::string>(&input.value);
  // Some lists hold numbers or true and false; and files that a job brings are not there yet.
  if (word == nullptr || rule.is_upload) return;
  if (std::ranges::find(rule.words, *word) != rule.words.end()) return;
  const std::vector<std::string_view> known(rule.words.begin(), rule.words.end());
  const auto nearest = find_nearest_few(*word, known, kMostNearest);
  std::string hint = suggest("", known, "");
  if (!nearest.empty()) hint = fmt::format("it has '{}'", fmt::join(nearest, "', '"));
  report_.graph_error(fmt::format("input '{}' of {} is '{}', which the server does not have",
                                  input.name, describe_node(node), *word),
                      hint);
}

void ServerCheck::check_param(const ParamBinding& param) {
  const ParamRow& row = row_of(param.param);
  for (const NodeInput& target : param.targets) {
    const ClassRule* rule = class_of(target.node);
    if (rule == nullptr) continue;
    const auto input = rule->inputs.find(target.input);
    if (input == rule->inputs.end()) {
      std::vector<std::string_view> names;
      for (const auto& known : rule->inputs) names.push_back(known.first);
      report_.binding_error(param.place,
                            fmt::format("'{}': the server's node '{}' has no input '{}'", row.name,
                                        target.node, target.input),
                            suggest(target.input, names, ""));
      continue;
    }
    const std::string& type = input->second.type;
    const bool is_text = type == "STRING" || type == "COMBO";
    const bool is_number = type == "INT" || type == "FLOAT";
    const bool fits = row.type == ParamType::text ? is_text : is_number;
    const bool is_cut = row.type == ParamType::real && type == "INT";
    if ((!fits || is_cut) && type != "*") {
      report_.binding_error(param.place, fmt::format("'{}' does not fit input '{}' of node '{}': "
                                                     "its type is {}",
                                                     row.name, target.input, target.node, type));
    }
    check_sizes(param, target, input->second);
  }
}

void ServerCheck::check_sizes(const ParamBinding& param, const NodeInput& target,
                              const InputRule& rule) {
  if (param.param != WorkflowParam::width && param.param != WorkflowParam::height) return;
  if (!rule.step || *rule.step <= 1 || std::fmod(binding_.size_step, *rule.step) == 0) return;
  report_.binding_error(
      param.place,
      fmt::format("'{}' of node '{}' goes in steps of {}, 'size_step' is {}", target.input,
                  target.node, number_text(*rule.step), binding_.size_step),
      fmt::format("write size_step: {}", number_text(*rule.step)));
}

void ServerCheck::check_loras() {
  if (!binding_.loras) return;
  const LoraBinding& loras = *binding_.loras;
  const std::string loader = loras.clip ? "LoraLoader" : "LoraLoaderModelOnly";
  if (find_class(loader) == nullptr) {
    report_.binding_error(loras.place, fmt::format("the server has no class '{}'", loader));
  }
  const auto check_slot = [&](std::string_view what, const NodeSlot& slot, std::string_view type) {
    const ClassRule* rule = class_of(slot.node);
    if (rule == nullptr) return;
    const auto& outputs = rule->outputs;
    const bool is_there = slot.slot >= 0 && std::cmp_less(slot.slot, outputs.size());
    const std::string given =
        is_there ? outputs[static_cast<std::size_t>(slot.slot)] : std::string("not there");
    if (accepts(type, given)) return;
    report_.binding_error(loras.place, fmt::format("'{}': output {} of node '{}' is {}, no {}",
                                                   what, slot.slot, slot.node, given, type));
  };
  check_slot("after_model", loras.model, "MODEL");
  if (loras.clip) check_slot("after_clip", *loras.clip, "CLIP");
}

/// The core node that lists the files of a model folder.
struct FolderList {
  std::string_view folder;
  const char* class_type;
  const char* input;
};
constexpr std::array<FolderList, 6> kFolders{{
    {"checkpoints", "CheckpointLoaderSimple", "ckpt_name"},
    {"loras", "LoraLoader", "lora_name"},
    {"vae", "VAELoader", "vae_name"},
    {"controlnet", "ControlNetLoader", "control_net_name"},
    {"upscale_models", "UpscaleModelLoader", "model_name"},
    {"clip_vision", "CLIPVisionLoader", "clip_name"},
}};

void ServerCheck::check_needs() {
  for (const std::string& name : binding_.needs.nodes) {
    if (info_.contains(name)) continue;
    report_.binding_error({}, fmt::format("the server has no class '{}'", name), class_hint(name));
  }
  for (const auto& [folder, files] : binding_.needs.models) {
    const auto list = std::ranges::find(kFolders, folder, &FolderList::folder);
    if (list == kFolders.end() || !info_.contains(list->class_type)) continue;
    const ClassRule rule = read_class(info_[list->class_type]);
    const auto input = rule.inputs.find(list->input);
    if (input == rule.inputs.end()) continue;
    const std::vector<std::string>& known = input->second.words;
    for (const std::string& file : files) {
      if (std::ranges::find(known, file) != known.end()) continue;
      report_.binding_error(
          {}, fmt::format("the server has no file '{}' under '{}'", file, folder),
          suggest(file, {known.begin(), known.end()}, "put it into that folder of the server"));
    }
  }
}

}  // namespace

void check_on_server(const WorkflowTemplate& workflow, const WorkflowGraph& graph,
                     std::string_view object_info, WorkflowReport& report) {
  const std::string fault = find_json_fault(
      object_info,
      {.most_bytes = kMostInfoBytes, .most_members = kMostInfoMembers, .most_depth = 64});
  const json info = fault.empty() ? json::parse(object_info, nullptr, false) : json();
  if (!info.is_object()) {
    report.graph_error("what the server says about its nodes cannot be read" +
                       (fault.empty() ? std::string() : ": " + fault));
    return;
  }
  ServerCheck(workflow, graph, info, report).run();
}

}  // namespace dgxp
