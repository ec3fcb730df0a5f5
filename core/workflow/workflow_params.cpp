#include "core/workflow/workflow_params.hpp"

#include <algorithm>
#include <array>

namespace dgxp {
namespace {

constexpr std::array<ParamRow, 12> kParams{{
    {WorkflowParam::prompt, "prompt", ParamType::text, true},
    {WorkflowParam::negative, "negative", ParamType::text, false},
    {WorkflowParam::seed, "seed", ParamType::whole, true},
    {WorkflowParam::width, "width", ParamType::whole, true},
    {WorkflowParam::height, "height", ParamType::whole, true},
    {WorkflowParam::steps, "steps", ParamType::whole, false},
    {WorkflowParam::cfg, "cfg", ParamType::real, false},
    {WorkflowParam::sampler, "sampler", ParamType::text, false},
    {WorkflowParam::scheduler, "scheduler", ParamType::text, false},
    {WorkflowParam::denoise, "denoise", ParamType::real, false},
    {WorkflowParam::checkpoint, "checkpoint", ParamType::text, false},
    {WorkflowParam::batch_size, "batch_size", ParamType::whole, false},
}};

}  // namespace

std::span<const ParamRow> workflow_params() {
  return kParams;
}

const ParamRow& row_of(WorkflowParam param) {
  return kParams.at(static_cast<std::size_t>(param));
}

const ParamBinding* find_param(const WorkflowBinding& binding, WorkflowParam param) {
  const auto found = std::ranges::find(binding.params, param, &ParamBinding::param);
  return found == binding.params.end() ? nullptr : &*found;
}

std::string_view to_text(WorkflowParam param) {
  return row_of(param).name;
}

std::optional<WorkflowParam> parse_workflow_param(std::string_view text) {
  const auto found = std::ranges::find(kParams, text, &ParamRow::name);
  if (found == kParams.end()) return std::nullopt;
  return found->param;
}

}  // namespace dgxp
