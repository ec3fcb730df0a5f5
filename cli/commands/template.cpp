#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/builtin_workflows.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/report.hpp"
#include "cli/run_main.hpp"
#include "core/base/suggest.hpp"
#include "core/store/project_store.hpp"
#include "core/workflow/comfy_release.hpp"
#include "manifests/workflow_binding.hpp"

namespace dgxp {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kLargestFile = 4U << 20U;

/// A workflow as files: a built-in, or one that stands somewhere on disk.
struct NamedWorkflow {
  std::string name;    ///< of a file: without its folder
  std::string folder;  ///< "flows/" or empty
  Bytes graph;
  Bytes binding;
};

const BuiltinWorkflow* find_builtin(const std::vector<BuiltinWorkflow>& all,
                                    std::string_view name) {
  const auto found = std::ranges::find(all, name, &BuiltinWorkflow::name);
  return found == all.end() ? nullptr : &*found;
}

Error no_builtin(const std::vector<BuiltinWorkflow>& all, std::string_view name) {
  std::vector<std::string_view> names;
  for (const BuiltinWorkflow& workflow : all) names.push_back(workflow.name);
  return {.kind = ErrorKind::usage,
          .message = fmt::format("there is no workflow '{}'", name),
          .hint = suggest(name, names, "`dgxp template ls` lists them")};
}

Result<NamedWorkflow> read_workflow(const std::string& input) {
  const auto builtins = builtin_workflow_files();
  if (!input.ends_with(".json")) {
    const BuiltinWorkflow* builtin = find_builtin(builtins, input);
    if (builtin == nullptr) return no_builtin(builtins, input);
    return NamedWorkflow{.name = input,
                         .folder = {},
                         .graph = to_bytes(builtin->graph),
                         .binding = to_bytes(builtin->binding)};
  }
  auto graph = read_plain_file(input, kLargestFile);
  if (!graph) return graph.error();
  const std::string beside = binding_path(input);
  auto binding = read_plain_file(beside, kLargestFile);
  if (!binding) {
    Error error = binding.error();
    std::error_code ignored;
    if (!std::filesystem::exists(beside, ignored)) {
      error = {.kind = ErrorKind::input,
               .message = fmt::format("'{}' has no binding '{}'", input, beside),
               .hint = "`dgxp template show sprite-sdxl --binding` prints one to begin with"};
    }
    return error;
  }
  const std::size_t slash = input.rfind('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  return NamedWorkflow{.name = input.substr(start),
                       .folder = input.substr(0, start),
                       .graph = std::move(*graph),
                       .binding = std::move(*binding)};
}

std::string params_of(const WorkflowBinding& binding) {
  std::string text;
  for (const ParamBinding& param : binding.params) {
    text += (text.empty() ? "" : ", ") + std::string(to_text(param.param));
  }
  return text;
}

ordered_json describe(const WorkflowTemplate& workflow) {
  const WorkflowBinding& binding = workflow.binding;
  ordered_json params = ordered_json::array();
  for (const ParamBinding& param : binding.params) params.push_back(to_text(param.param));
  ordered_json images = ordered_json::array();
  for (const ImageBinding& image : binding.images) images.push_back(image.name);
  ordered_json outputs = ordered_json::array();
  for (const OutputBinding& output : binding.outputs) outputs.push_back(output.name);
  return {{"name", workflow.name},        {"description", binding.description},
          {"params", std::move(params)},  {"loras", binding.loras.has_value()},
          {"images", std::move(images)},  {"outputs", std::move(outputs)},
          {"seamless", binding.seamless}, {"size_step", binding.size_step}};
}

int list_templates(const Context& context) {
  const auto workflows = builtin_workflows();
  if (context.terminal->json()) {
    ordered_json list = ordered_json::array();
    for (const WorkflowTemplate& workflow : workflows) list.push_back(describe(workflow));
    context.terminal->data(json_text(ordered_json{{"templates", std::move(list)}}));
    return 0;
  }
  for (const WorkflowTemplate& workflow : workflows) {
    context.terminal->data(
        fmt::format("{}\n    {}\n", workflow.name, workflow.binding.description));
  }
  return 0;
}

int show_template(const Context& context, const TemplateArguments& arguments) {
  const auto builtins = builtin_workflow_files();
  const BuiltinWorkflow* builtin = find_builtin(builtins, arguments.input);
  if (builtin == nullptr) return fail(context, no_builtin(builtins, arguments.input));
  if (context.terminal->json()) {
    const ordered_json document = {{"name", builtin->name},
                                   {"graph", ordered_json::parse(builtin->graph, nullptr, false)},
                                   {"binding", builtin->binding}};
    context.terminal->data(json_text(document));
  } else {
    context.terminal->data(arguments.binding ? builtin->binding : builtin->graph);
  }
  return 0;
}

Result<Done> check_release(const TemplateArguments& arguments, const WorkflowTemplate& workflow,
                           const ComfyAnswer& server) {
  const std::string& least = workflow.binding.needs.min_comfyui;
  if (server.release.empty() || least.empty() || !is_older_release(server.release, least))
    return Done{};
  return Error{.kind = ErrorKind::manifest,
               .message = fmt::format("{} needs ComfyUI {}, the server is {}", arguments.input,
                                      least, server.release),
               .hint = "update it, or lower 'min_comfyui' when you know that it works"};
}

int check_template(const Context& context, const TemplateArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const auto files = read_workflow(arguments.input);
  if (!files) return fail(context, files.error());
  ComfyAnswer server;
  if (!arguments.comfy.empty()) {
    auto answer = context.http->ask_comfy(arguments.comfy, context.stop);
    if (!answer) return fail(context, answer.error());
    server = *std::move(answer);
  }
  const WorkflowResult loaded = load_workflow({.name = files->name,
                                               .graph = files->graph,
                                               .binding = files->binding,
                                               .folder = files->folder},
                                              server.object_info);
  terminal.diagnostics(loaded.diagnostics);
  if (!loaded.workflow) {
    const auto errors =
        std::ranges::count(loaded.diagnostics, Severity::error, &Diagnostic::severity);
    return fail(context, {.kind = ErrorKind::manifest,
                          .message = fmt::format(
                              "{} has {}", arguments.input,
                              count_text(static_cast<std::size_t>(errors), "error", "errors"))});
  }
  if (auto done = check_release(arguments, *loaded.workflow, server); !done)
    return fail(context, done.error());
  if (terminal.json()) {
    ordered_json document = describe(*loaded.workflow);
    document["name"] = arguments.input;
    document["server"] = arguments.comfy.empty() ? ordered_json() : ordered_json(arguments.comfy);
    document["warnings"] = loaded.diagnostics.size();
    terminal.data(json_text(document));
  }
  terminal.line(fmt::format("{} fits{}: {}", arguments.input,
                            arguments.comfy.empty() ? "" : " this server",
                            params_of(loaded.workflow->binding)));
  return 0;
}

}  // namespace

int run_template_command(const Context& context, const TemplateArguments& arguments) {
  if (arguments.action == "ls") return list_templates(context);
  if (arguments.action == "show") return show_template(context, arguments);
  return check_template(context, arguments);
}

}  // namespace dgxp
