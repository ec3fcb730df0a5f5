#include "core/worker/job_message.hpp"

#include <algorithm>

namespace dgxp {
namespace {

std::uint32_t natural(int value) {
  return static_cast<std::uint32_t>(std::max(0, value));
}

GenerateMessage::Extent extent(Size size) {
  return {natural(size.width), natural(size.height)};
}

std::string hex_or_nothing(const Digest& digest) {
  return digest.empty() ? std::string() : digest.hex();
}

/// What the manifest does not say is left to the workflow.
void put_sampler(const Job& job, GenerateMessage& message) {
  const SamplerSpec& sampler = job.sampler;
  const bool all = job.workflow_name.empty();
  if (all || sampler.written.steps) message.steps = natural(sampler.steps);
  if (all || sampler.written.cfg) message.cfg_scale = sampler.cfg;
  if (all || sampler.written.name) message.sampler = sampler.name;
  if (all || sampler.written.scheduler) message.scheduler = sampler.scheduler;
  message.denoise = sampler.denoise;
}

}  // namespace

GenerateMessage make_generate(const Job& job) {
  GenerateMessage message;
  message.id = job.key.hex();
  message.prompt = job.prompt;
  message.model = job.model.file;
  message.size = extent(job.raw_size);
  put_sampler(job, message);
  message.model_sha256 = job.model.sha256;
  message.negative = job.negative;
  message.seed = job.seed;
  for (const LoraSpec& lora : job.loras) {
    message.loras.push_back({.file = lora.file, .weight = lora.weight, .sha256 = lora.sha256});
  }
  if (!job.loras.empty()) message.lora = job.loras.front().file;
  message.frame_size = extent(job.frame_size);
  message.frames = natural(job.frames);
  message.render_scale = natural(job.render_scale);
  message.animation = job.animation;
  message.direction = job.direction;
  message.view = job.view;
  message.seamless = job.seamless;
  for (const Rgb color : job.palette) message.palette.push_back(to_hex(color));
  message.background = to_text(job.background);
  message.workflow_name = job.workflow_name;
  message.workflow = hex_or_nothing(job.workflow);
  for (const Digest& reference : job.references) message.references.push_back(reference.hex());
  return message;
}

}  // namespace dgxp
