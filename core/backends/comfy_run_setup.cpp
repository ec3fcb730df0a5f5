// What a run needs before it posts: the workflow, its values, and the server's consent.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/backends/comfy_run.hpp"
#include "core/workflow/comfy_release.hpp"

namespace dgxp {
namespace {

bool has_place_for(const WorkflowTemplate& workflow, const GenerateMessage& job) {
  const bool has_loras = !job.lora.empty() || !job.loras.empty();
  return workflow.binding.images.size() == job.references.size() &&
         (!has_loras || workflow.binding.loras) && workflow.binding.seamless == job.seamless;
}

}  // namespace

Result<Done> ComfyRun::choose_workflow() {
  if (job_.workflow) {
    auto decoded = decode_workflow(*job_.workflow);
    if (!decoded) return decoded.error();
    workflow_ = *std::move(decoded);
    return Done{};
  }
  const auto& known = shop_.options.templates;
  const std::string& name = job_.request.workflow_name;
  const auto chosen = std::ranges::find_if(known, [&](const WorkflowTemplate& workflow) {
    return name.empty() ? has_place_for(workflow, job_.request) : workflow.name == name;
  });
  if (chosen != known.end()) {
    workflow_ = *chosen;
    return Done{};
  }
  return Error{ErrorKind::worker,
               name.empty() ? "no workflow of this worker has a place for what the job has"
                            : fmt::format("this worker has no workflow '{}'", name)};
}

void ComfyRun::read_values() {
  const GenerateMessage& request = job_.request;
  values_ = {.prompt = request.prompt,
             .negative = request.negative,
             .seed = request.seed.value_or(0),
             .width = request.size[0],
             .height = request.size[1],
             .steps = {},
             .cfg = {},
             .sampler = request.sampler,
             .scheduler = request.scheduler,
             .denoise = request.denoise,
             .checkpoint = request.model,
             .loras = {},
             .images = {},
             .filename_prefix = {}};
  if (request.steps > 0) values_.steps = request.steps;
  if (request.cfg_scale > 0) values_.cfg = request.cfg_scale;
  for (const LoraEntry& lora : request.loras) values_.loras.push_back({lora.file, lora.weight});
  // A peer of 1.0 has one LoRA and no weight for it.
  if (request.loras.empty() && !request.lora.empty()) values_.loras.push_back({request.lora, 1});
}

Result<Done> ComfyNodeCheck::check(const WorkflowTemplate& workflow, const BoundWorkflow& bound,
                                   const std::stop_token& stop) {
  const Digest digest = sha256(ByteView(encode_workflow(workflow)));
  {
    const std::lock_guard lock(mutex_);
    if (good_.contains(digest)) return Done{};
  }
  const std::string& least = workflow.binding.needs.min_comfyui;
  if (!least.empty()) {
    const auto stats = api_.stats(stop);
    if (stats && is_older_release(stats->version, least)) {
      return Error{ErrorKind::worker,
                   fmt::format("workflow '{}' needs ComfyUI {}, the server is {}", workflow.name,
                               least, stats->version)};
    }
  }
  const auto info = api_.object_info(stop);
  if (!info) return Done{};  // the POST tells more
  // With the values of this job: what the graph had in their places does not matter.
  const WorkflowTemplate filled{workflow.name, bound.graph, workflow.binding};
  std::string problems;
  for (const Diagnostic& diagnostic : check_workflow(filled, *info)) {
    if (diagnostic.severity != Severity::error) continue;
    problems += (problems.empty() ? "" : "; ") + diagnostic.message;
    if (!diagnostic.hint.empty()) problems += " (" + diagnostic.hint + ")";
  }
  if (!problems.empty()) {
    return Error{ErrorKind::worker, fmt::format("workflow '{}': {}", workflow.name, problems)};
  }
  const std::lock_guard lock(mutex_);
  good_.insert(digest);
  return Done{};
}

void ComfyNodeCheck::forget() {
  const std::lock_guard lock(mutex_);
  good_.clear();
}

}  // namespace dgxp
