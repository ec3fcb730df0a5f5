#pragma once

#include <string_view>
#include <vector>

#include "core/workflow/workflow_template.hpp"

namespace dgxp {

/// A workflow that comes with dgxp, as it stands under templates/workflows.
struct BuiltinWorkflow {
  std::string_view name;     ///< "sprite-sdxl"
  std::string_view graph;    ///< JSON
  std::string_view binding;  ///< YAML
};

/// All of them, by name.
std::vector<BuiltinWorkflow> builtin_workflow_files();

/// The same, read: for a worker that is asked for one by its name.
std::vector<WorkflowTemplate> builtin_workflows();

}  // namespace dgxp
