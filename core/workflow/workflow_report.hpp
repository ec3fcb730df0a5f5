#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/workflow/workflow_graph.hpp"
#include "core/workflow/workflow_template.hpp"

namespace dgxp {

/// Collects what is wrong with a template: with its binding, which has places, or with its graph.
class WorkflowReport {
 public:
  explicit WorkflowReport(const WorkflowTemplate& workflow)
      : graph_file_(workflow.name), binding_file_(binding_path(workflow.name)) {}

  void binding_error(Place place, std::string message, std::string hint = {}) {
    add(Severity::error, binding_file_, place, std::move(message), std::move(hint));
  }
  void binding_warning(Place place, std::string message, std::string hint = {}) {
    add(Severity::warning, binding_file_, place, std::move(message), std::move(hint));
  }
  void graph_error(std::string message, std::string hint = {}) {
    add(Severity::error, graph_file_, {}, std::move(message), std::move(hint));
  }
  void graph_warning(std::string message, std::string hint = {}) {
    add(Severity::warning, graph_file_, {}, std::move(message), std::move(hint));
  }
  std::vector<Diagnostic> take() { return std::move(problems_); }

 private:
  void add(Severity severity, const std::string& file, Place place, std::string message,
           std::string hint);

  std::string graph_file_;
  std::string binding_file_;
  std::vector<Diagnostic> problems_;
};

/// The binding and the graph against each other.
void check_binding(const WorkflowTemplate& workflow, const WorkflowGraph& graph,
                   WorkflowReport& report);

/// Both against what a server says about its nodes.
void check_on_server(const WorkflowTemplate& workflow, const WorkflowGraph& graph,
                     std::string_view object_info, WorkflowReport& report);

}  // namespace dgxp
