#include "cli/project_workflows.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/builtin_workflows.hpp"
#include "cli/report.hpp"
#include "core/base/suggest.hpp"
#include "manifests/workflow_binding.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestFile = 4U << 20U;

/// Where the manifest first names a workflow.
Place place_of(const MasterSpec& master) {
  const auto found = master.field_places.find("style.workflow");
  return found == master.field_places.end() ? master.style.place : found->second;
}

class Loader {
 public:
  Loader(const ManifestPlace& files, Store& store, const Terminal& terminal)
      : store_(store), terminal_(terminal) {
    const std::string folder = files.folder.lexically_normal().generic_string();
    if (folder != "." && !folder.empty()) folder_ = folder + "/";
  }

  Result<WorkflowTemplate> load(const MasterSpec& master) {
    return is_workflow_file(master.style.workflow) ? load_file(master) : load_builtin(master);
  }

 private:
  Result<WorkflowTemplate> load_builtin(const MasterSpec& master) {
    const auto builtins = builtin_workflow_files();
    const std::string& name = master.style.workflow;
    const auto found = std::ranges::find(builtins, name, &BuiltinWorkflow::name);
    if (found != builtins.end()) {
      return read({.name = name,
                   .graph = as_bytes(found->graph),
                   .binding = as_bytes(found->binding),
                   .folder = {}});
    }
    std::vector<std::string_view> names;
    for (const BuiltinWorkflow& known : builtins) names.push_back(known.name);
    return Error{
        .kind = ErrorKind::manifest,
        .message = fmt::format("there is no workflow '{}'", name),
        .hint = suggest(name, names, "") + "; the path of a graph of your own ends in .json",
        .place = place_of(master)};
  }

  Result<WorkflowTemplate> load_file(const MasterSpec& master) {
    const std::string& path = master.style.workflow;
    const std::string beside = binding_path(path);
    auto graph = read_file(path, master);
    if (!graph) return graph.error();
    auto binding = read_file(beside, master);
    if (!binding) return binding.error();
    return read({.name = path, .graph = *graph, .binding = *binding, .folder = folder_});
  }

  Result<Bytes> read_file(const std::string& path, const MasterSpec& master) {
    auto content = store_.read_if_present(path, kLargestFile);
    if (!content) return content.error();
    if (*content) return std::move(**content);
    const bool is_graph = path == master.style.workflow;
    return Error{.kind = ErrorKind::manifest,
                 .message = fmt::format("file '{}' of the workflow of style '{}' does not exist",
                                        path, master.style.name),
                 .hint = is_graph ? "paths are relative to the folder of the manifest"
                                  : "it says which inputs a job fills in; `dgxp template show "
                                    "sprite-sdxl --binding` prints one to begin with",
                 .place = place_of(master)};
  }

  Result<WorkflowTemplate> read(const WorkflowFiles& files) {
    WorkflowResult loaded = load_workflow(files);
    terminal_.diagnostics(loaded.diagnostics);
    if (loaded.workflow) return *std::move(loaded.workflow);
    const auto errors =
        std::ranges::count(loaded.diagnostics, Severity::error, &Diagnostic::severity);
    return Error{
        .kind = ErrorKind::manifest,
        .message = fmt::format("workflow {}{} has {}", files.folder, files.name,
                               count_text(static_cast<std::size_t>(errors), "error", "errors"))};
  }

  Store& store_;
  const Terminal& terminal_;
  std::string folder_;
};

}  // namespace

Result<Workflows> load_workflows(const ManifestPlace& files, const ProjectSpec& spec, Store& store,
                                 const Terminal& terminal) {
  Workflows workflows;
  Loader loader(files, store, terminal);
  for (const MasterSpec& master : spec.masters) {
    const std::string& name = master.style.workflow;
    if (master.drawn_by_hand || name.empty() || workflows.contains(name)) continue;
    auto workflow = loader.load(master);
    if (!workflow) return workflow.error();
    workflows.emplace(name, *std::move(workflow));
  }
  return workflows;
}

}  // namespace dgxp
