#include "cli/builtin_workflows.hpp"

#include <algorithm>

#include "manifests/workflow_binding.hpp"
#include "templates/embedded_templates.hpp"

namespace dgxp {
namespace {

constexpr std::string_view kFolder = "workflows/";
constexpr std::string_view kSuffix = ".json";

std::string_view content_of(std::string_view path) {
  const auto files = embedded_templates();
  const auto found = std::ranges::find(files, path, &EmbeddedTemplate::path);
  return found == files.end() ? std::string_view() : found->content;
}

}  // namespace

std::vector<BuiltinWorkflow> builtin_workflow_files() {
  std::vector<BuiltinWorkflow> workflows;
  for (const EmbeddedTemplate& file : embedded_templates()) {
    if (!file.path.starts_with(kFolder) || !file.path.ends_with(kSuffix)) continue;
    workflows.push_back({.name = file.path.substr(
                             kFolder.size(), file.path.size() - kFolder.size() - kSuffix.size()),
                         .graph = file.content,
                         .binding = content_of(binding_path(file.path))});
  }
  std::ranges::sort(workflows, {}, &BuiltinWorkflow::name);
  return workflows;
}

std::vector<WorkflowTemplate> builtin_workflows() {
  std::vector<WorkflowTemplate> workflows;
  for (const BuiltinWorkflow& files : builtin_workflow_files()) {
    auto loaded = load_workflow(
        {.name = files.name, .graph = as_bytes(files.graph), .binding = as_bytes(files.binding)});
    // tests/e2e/template_test.cpp holds that each of them can be read.
    if (loaded.workflow) workflows.push_back(*std::move(loaded.workflow));
  }
  return workflows;
}

}  // namespace dgxp
