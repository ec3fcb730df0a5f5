#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/diagnostic.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

struct BindingResult {
  std::optional<WorkflowBinding> binding;  ///< nothing when `diagnostics` holds an error
  std::vector<Diagnostic> diagnostics;     ///< all problems, by place
};

/// Reads a `.bind.yaml` by the table of binding_fields.cpp. `file` is only a name for messages.
/// Everything is bounded.
BindingResult parse_workflow_binding(std::string_view file, ByteView content);

struct WorkflowResult {
  std::optional<WorkflowTemplate> workflow;  ///< nothing when `diagnostics` holds an error
  std::vector<Diagnostic> diagnostics;
};

/// A graph and its binding, checked against each other, and against a server when `object_info` is
/// not empty (see check_workflow()). `name` is the graph's path, or that of a built-in template;
/// `folder` stands before file names in messages: "game/", or nothing.
struct WorkflowFiles {
  std::string_view name;
  ByteView graph;
  ByteView binding;
  std::string_view folder = {};
};
WorkflowResult load_workflow(const WorkflowFiles& files, std::string_view object_info = {});

}  // namespace dgxp
