#include "core/plan/job_key.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dgxp {
namespace {

using nlohmann::json;

json lora_json(const LoraSpec& lora) {
  return {{"file", lora.file}, {"sha256", lora.sha256}, {"weight", lora.weight}};
}

/// A workflow has its own for whatever the manifest does not say.
json sampler_json(const Job& job) {
  const SamplerSpec& sampler = job.sampler;
  const bool all = job.workflow_name.empty();
  json result = json::object();
  if (all || sampler.written.cfg) result["cfg"] = sampler.cfg;
  if (sampler.denoise) result["denoise"] = *sampler.denoise;
  if (all || sampler.written.name) result["name"] = sampler.name;
  if (all || sampler.written.scheduler) result["scheduler"] = sampler.scheduler;
  if (all || sampler.written.steps) result["steps"] = sampler.steps;
  return result;
}

std::string workflow_text(const Job& job) {
  return job.workflow.empty() ? job.workflow_name : job.workflow.hex();
}

json recipe_json(const Job& job) {
  json loras = json::array();
  for (const LoraSpec& lora : job.loras) loras.push_back(lora_json(lora));
  json references = json::array();
  for (const Digest& reference : job.references) references.push_back(reference.hex());
  return {
      {"animation", job.animation},
      {"background", to_text(job.background)},
      {"direction", job.direction},
      {"frames", job.frames},
      {"loras", loras},
      {"model", {{"file", job.model.file}, {"sha256", job.model.sha256}}},
      {"negative", job.negative},
      {"prompt", job.prompt},
      {"references", references},
      {"render_scale", job.render_scale},
      {"sampler", sampler_json(job)},
      {"seamless", job.seamless},
      {"size", {job.frame_size.width, job.frame_size.height}},
      {"view", job.view},
      {"workflow", workflow_text(job)},
  };
}

/// Text that is not UTF-8 cannot reach this point from a manifest, but must not throw either.
std::string canonical(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// The content of `path`, or nothing.
template <typename Content>
const Content* find_file(const std::map<std::string, Content>* files, const std::string& path) {
  if (files == nullptr) return nullptr;
  const auto found = files->find(path);
  return found == files->end() ? nullptr : &found->second;
}

void add_reference(const JobContext& context, const std::string& path, Job& job) {
  static const auto kEmpty = std::make_shared<const Bytes>();
  const auto* content = find_file(context.references, path);
  job.reference_contents.push_back(content == nullptr ? kEmpty : *content);
  job.references.push_back(sha256(ByteView(*job.reference_contents.back())));
}

/// Of canonical JSON, which needs no library here: numbers and hexadecimal digits alone.
Digest key_of(const Job& job) {
  std::string text = "{\"palette\":[";
  for (const Rgb color : job.palette) {
    fmt::format_to(std::back_inserter(text), "{}\"{}\"", text.back() == '[' ? "" : ",",
                   to_hex(color));
  }
  fmt::format_to(std::back_inserter(text), "],\"recipe\":\"{}\",\"seed\":{}}}", job.recipe.hex(),
                 job.seed);
  return sha256(text);
}

void collect_changes(const json& before, const json& after, const std::string& path,
                     std::vector<std::string>& changed) {
  if (before == after) return;
  if (!before.is_object() || !after.is_object()) {
    changed.push_back(path);
    return;
  }
  const auto path_of = [&](const std::string& name) {
    return path.empty() ? name : path + "." + name;
  };
  for (const auto& [name, value] : after.items()) {
    collect_changes(before.value(name, json{}), value, path_of(name), changed);
  }
  for (const auto& [name, value] : before.items()) {
    if (!after.contains(name)) changed.push_back(path_of(name));
  }
}

}  // namespace

std::uint32_t derive_seed(std::uint64_t project_seed, std::string_view job_id, int reroll) {
  const Digest digest = sha256(fmt::format("dgxp seed\n{}\n{}\n{}", project_seed, job_id, reroll));
  std::uint32_t seed = 0;
  for (std::size_t i = 0; i < 4; ++i) seed = seed << 8U | digest.bytes.at(i);
  return seed;
}

Job make_job(const MasterSpec& master, const JobContext& context) {
  Job job;
  job.id = master.id;
  job.prompt = master.prompt;
  job.negative = master.negative;
  job.model = master.style.checkpoint.value_or(ModelFile{});
  job.loras = master.style.loras;
  job.sampler = master.style.sampler;
  job.workflow_name = master.style.workflow;
  if (const Bytes* content = find_file(context.workflows, job.workflow_name)) {
    job.workflow_content = *content;
    job.workflow = sha256(job.workflow_content);
  }
  job.frame_size = master.frame_size;
  job.frames = master.frames;
  job.render_scale = master.style.render_scale;
  job.raw_size = {master.frame_size.width * master.frames * job.render_scale,
                  master.frame_size.height * job.render_scale};
  job.animation = master.animation;
  if (master.direction) job.direction = to_text(*master.direction);
  job.view = master.style.view;
  job.seamless = master.seamless;
  job.background = master.recover.background;
  for (const std::string& path : master.references) {
    add_reference(context, path, job);
  }
  job.seed = master.seed.value_or(derive_seed(context.project_seed, master.id, context.reroll));
  job.palette = context.palette;
  job.recipe_text = canonical(recipe_json(job));
  job.recipe = sha256(job.recipe_text);
  job.key = key_of(job);
  return job;
}

Digest recovery_digest(const RecoverSpec& recover) {
  json options = {{"alpha", recover.alpha},
                  {"background", to_text(recover.background)},
                  {"despeckle", recover.despeckle},
                  {"dither", to_text(recover.dither)},
                  {"metric", to_text(recover.metric)}};
  if (recover.grid) options["grid"] = *recover.grid;
  if (recover.offset) options["offset"] = {recover.offset->x, recover.offset->y};
  if (recover.size) options["size"] = {recover.size->width, recover.size->height};
  if (recover.key) options["key"] = to_hex(*recover.key);
  // Only where it is asked for: masters of older locks stay fresh.
  if (recover.holes) options["holes"] = true;
  return sha256(canonical(options));
}

std::vector<std::string> changed_recipe_fields(std::string_view before, std::string_view after) {
  const json old_recipe = json::parse(before, nullptr, false);
  const json new_recipe = json::parse(after, nullptr, false);
  std::vector<std::string> changed;
  if (old_recipe.is_object() && new_recipe.is_object()) {
    collect_changes(old_recipe, new_recipe, "", changed);
  }
  std::ranges::sort(changed);
  return changed;
}

}  // namespace dgxp
