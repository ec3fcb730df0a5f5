#pragma once

#include <span>
#include <string_view>

#include "core/workflow/workflow_template.hpp"

namespace dgxp {

enum class ParamType { text, whole, real };

struct ParamRow {
  WorkflowParam param;
  std::string_view name;
  ParamType type;
  bool of_every_job;  ///< each job has a value for it, so each binding must say where it goes
};

/// One row for each WorkflowParam, in its order.
std::span<const ParamRow> workflow_params();
const ParamRow& row_of(WorkflowParam param);

const ParamBinding* find_param(const WorkflowBinding& binding, WorkflowParam param);

}  // namespace dgxp
