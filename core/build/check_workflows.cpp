#include "core/build/check_workflows.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/suggest.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMostTold = 8;  // jobs that an error names

WorkflowValues values_of(const Job& job) {
  const SamplerSpec& sampler = job.sampler;
  WorkflowValues values{.prompt = job.prompt,
                        .negative = job.negative,
                        .seed = job.seed,
                        .width = static_cast<std::uint32_t>(std::max(0, job.raw_size.width)),
                        .height = static_cast<std::uint32_t>(std::max(0, job.raw_size.height)),
                        .steps = {},
                        .cfg = {},
                        .sampler = sampler.written.name ? sampler.name : "",
                        .scheduler = sampler.written.scheduler ? sampler.scheduler : "",
                        .denoise = sampler.denoise,
                        .checkpoint = job.model.file,
                        .loras = {},
                        .images = {},
                        .filename_prefix = {}};
  if (sampler.written.steps) values.steps = static_cast<std::uint32_t>(sampler.steps);
  if (sampler.written.cfg) values.cfg = sampler.cfg;
  for (const LoraSpec& lora : job.loras) values.loras.push_back({lora.file, lora.weight});
  for (const Digest& reference : job.references) values.images.push_back(reference.hex() + ".png");
  return values;
}

/// Jobs that are equal in this fit a workflow or do not, whatever their words are.
std::string shape_of(const Job& job) {
  const SamplerSpec& sampler = job.sampler;
  return fmt::format("{}|{}x{}|{}|{}|{}|{}{}{}{}{}{}{}|{}", job.workflow_name, job.raw_size.width,
                     job.raw_size.height, job.references.size(), job.loras.size(),
                     job.model.file.empty(), job.negative.empty(), sampler.written.name,
                     sampler.written.scheduler, sampler.written.steps, sampler.written.cfg,
                     sampler.cfg == 0, sampler.denoise.has_value(), job.seamless);
}

std::string why_not(const Job& job, const WorkflowTemplate& workflow) {
  if (job.seamless && !workflow.binding.seamless) {
    return fmt::format("workflow '{}': what it draws does not repeat without an edge",
                       workflow.name);
  }
  // On the wire, 0 stands for the workflow's own.
  if (job.sampler.written.cfg && job.sampler.cfg == 0) {
    return fmt::format("workflow '{}': a 'cfg' of 0 is not possible", workflow.name);
  }
  const auto bound = bind_workflow(workflow, values_of(job));
  return bound ? std::string() : bound.error().message;
}

Place place_of(const AssessedJob& assessed) {
  const auto& places = assessed.master->field_places;
  const auto found = places.find("style.workflow");
  return found == places.end() ? assessed.master->style.place : found->second;
}

Error no_workflow(const AssessedJob& assessed, const Workflows& workflows) {
  std::vector<std::string_view> names;
  for (const auto& known : workflows) names.push_back(known.first);
  return {.kind = ErrorKind::manifest,
          .message = fmt::format("there is no workflow '{}'", assessed.job.workflow_name),
          .hint = suggest(assessed.job.workflow_name, names, "`dgxp template ls` lists them"),
          .place = place_of(assessed)};
}

std::string hint_for(const Job& job) {
  if (job.seamless) return "take the workflow 'tile-sdxl', or write seamless: false";
  return is_workflow_file(job.workflow_name)
             ? "bind it in " + binding_path(job.workflow_name) + ", or remove it from the manifest"
             : fmt::format("`dgxp template show {} --binding` shows what it takes",
                           job.workflow_name);
}

}  // namespace

std::map<std::string, Bytes> encode_workflow_files(const Workflows& workflows) {
  std::map<std::string, Bytes> files;
  for (const auto& [name, workflow] : workflows) {
    if (is_workflow_file(name)) files.emplace(name, encode_workflow(workflow));
  }
  return files;
}

Result<Done> check_workflows(const std::vector<AssessedJob>& jobs, const Workflows& workflows) {
  std::set<std::string> seen;
  std::optional<Error> error;
  std::size_t count = 0;
  for (const AssessedJob& assessed : jobs) {
    const Job& job = assessed.job;
    if (job.workflow_name.empty() || !seen.insert(shape_of(job)).second) continue;
    const auto workflow = workflows.find(job.workflow_name);
    if (workflow == workflows.end()) return no_workflow(assessed, workflows);
    const std::string problem = why_not(job, workflow->second);
    if (problem.empty()) continue;
    const std::string message = fmt::format("'{}': {}", job.id, problem);
    ++count;
    if (!error) {
      error = Error{.kind = ErrorKind::manifest,
                    .message = message,
                    .hint = hint_for(job),
                    .place = place_of(assessed)};
    } else if (count <= kMostTold) {
      error->message += "; " + message;
    }
  }
  if (!error) return Done{};
  if (count > kMostTold) error->message += fmt::format("; and {} more", count - kMostTold);
  return *std::move(error);
}

}  // namespace dgxp
