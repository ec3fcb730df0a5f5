#include "core/backends/sdapi_words.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/backends/base64.hpp"
#include "core/backends/http_answer.hpp"
#include "core/backends/server_json.hpp"
#include "core/backends/server_picture.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;

Error answer_error(std::string message) {
  return {ErrorKind::worker, std::move(message)};
}

/// Our names (those of ComfyUI) and what the web UI calls the same.
constexpr std::pair<std::string_view, std::string_view> kSamplers[] = {
    {"euler", "Euler"},
    {"euler_ancestral", "Euler a"},
    {"heun", "Heun"},
    {"lms", "LMS"},
    {"dpm_2", "DPM2"},
    {"dpm_2_ancestral", "DPM2 a"},
    {"dpm_fast", "DPM fast"},
    {"dpm_adaptive", "DPM adaptive"},
    {"dpmpp_2s_ancestral", "DPM++ 2S a"},
    {"dpmpp_sde", "DPM++ SDE"},
    {"dpmpp_2m", "DPM++ 2M"},
    {"dpmpp_2m_sde", "DPM++ 2M SDE"},
    {"dpmpp_3m_sde", "DPM++ 3M SDE"},
    {"ddim", "DDIM"},
    {"uni_pc", "UniPC"},
    {"lcm", "LCM"},
};

std::string sampler_name(const std::string& ours) {
  const auto* found = std::ranges::find(kSamplers, ours, [](const auto& row) { return row.first; });
  return found == std::end(kSamplers) ? ours : std::string(found->second);
}

/// "<word:" opens a tag of the web UI; with a blank between it is text.
std::string without_tags(std::string_view prompt) {
  std::string text;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    text += prompt[i];
    if (prompt[i] != '<') continue;
    auto end = i + 1;
    while (end < prompt.size() &&
           (std::isalnum(static_cast<unsigned char>(prompt[end])) != 0 || prompt[end] == '_')) {
      ++end;
    }
    if (end < prompt.size() && prompt[end] == ':') text += ' ';
  }
  return text;
}

std::vector<LoraEntry> loras_of(const GenerateMessage& job) {
  if (!job.loras.empty() || job.lora.empty()) return job.loras;
  return {{.file = job.lora}};
}

/// What `info` tells about the picture: a JSON text inside the JSON.
Result<Done> check_info(const Json& answer, const GenerateMessage& job) {
  const Json* info_text = find_member(answer, "info");
  if (info_text == nullptr || !info_text->is_string()) return Done{};
  const auto info = parse_json<Json>(info_text->get_ref<const std::string&>());
  if (!info) return Done{};
  const Json* seeds = find_member(*info, "all_seeds");
  const Json* seed = seeds != nullptr && seeds->is_array() && !seeds->empty()
                         ? &seeds->front()
                         : find_member(*info, "seed");
  const std::uint64_t wanted = job.seed.value_or(0);
  if (seed != nullptr && seed->is_number() && *seed != Json(wanted)) {
    return answer_error(
        fmt::format("the server drew with seed {} instead of {}", seed->dump(), wanted));
  }
  const auto model = stem_of(text_member(*info, "sd_model_name"));
  if (!model.empty() && !job.model.empty() && model != stem_of(job.model)) {
    return answer_error(
        fmt::format("the server drew with model '{}' instead of '{}'", model, stem_of(job.model)));
  }
  return Done{};
}

}  // namespace

Result<std::string> prompt_with_loras(const GenerateMessage& job) {
  std::string prompt = without_tags(job.prompt);
  for (const LoraEntry& lora : loras_of(job)) {
    const auto name = stem_of(lora.file);
    if (name.empty() || name.find_first_of("<>:") != std::string::npos) {
      return answer_error(fmt::format("LoRA '{}': its name cannot stand in a prompt", lora.file));
    }
    prompt += fmt::format(" <lora:{}:{}>", name, lora.weight);
  }
  return prompt;
}

Result<SdapiCall> make_sdapi_call(const BackendJob& job, const std::string& task) {
  const GenerateMessage& request = job.request;
  auto prompt = prompt_with_loras(request);
  if (!prompt) return prompt.error();
  if (job.references.size() > 1) return answer_error("only one reference picture can be used");
  Json body = {{"prompt", *prompt},
               {"negative_prompt", without_tags(request.negative)},
               {"width", request.size[0]},
               {"height", request.size[1]},
               {"seed", request.seed.value_or(0)},
               {"subseed_strength", 0},
               {"batch_size", 1},
               {"n_iter", 1},
               {"tiling", request.seamless},
               {"send_images", true},
               {"save_images", false},
               {"do_not_save_grid", true},
               {"force_task_id", task}};
  if (request.steps > 0) body["steps"] = request.steps;
  if (request.cfg_scale > 0) body["cfg_scale"] = request.cfg_scale;
  if (!request.sampler.empty()) body["sampler_name"] = sampler_name(request.sampler);
  if (!request.scheduler.empty()) body["scheduler"] = request.scheduler;
  if (!request.model.empty()) {
    body["override_settings"] = {{"sd_model_checkpoint", stem_of(request.model)}};
    body["override_settings_restore_afterwards"] = false;  // else each job loads its model twice
  }
  SdapiCall call{.path = "/sdapi/v1/txt2img"};
  if (!job.references.empty() && job.references.front()) {
    call.path = "/sdapi/v1/img2img";
    body["init_images"] = Json::array({to_base64(*job.references.front())});
    body["denoising_strength"] = denoise_of(job.request);
  }
  call.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return call;
}

Result<Bytes> read_sdapi_picture(std::string_view body, const GenerateMessage& job) {
  const auto size = size_of_job(job);
  if (!size) return size.error();
  const auto answer = parse_json<Json>(body);
  if (!answer) return answer_error("the server's answer is no JSON");
  const Json* images = find_member(*answer, "images");
  if (images == nullptr || !images->is_array() || images->empty() || !images->front().is_string()) {
    return answer_error("the server's answer holds no picture");
  }
  if (auto known = check_info(*answer, job); !known) return known.error();
  const auto png = parse_base64(images->front().get_ref<const std::string&>());
  if (!png) return answer_error("the server's picture is no base64");
  auto picture = accept_picture(*png, *size);
  if (!picture) return picture.error();
  return std::move(picture->png);
}

std::optional<SdapiProgress> read_sdapi_progress(std::string_view body) {
  const auto answer = parse_json<Json>(body);
  if (!answer || !answer->is_object()) return std::nullopt;
  static constexpr std::uint64_t kMostSteps = 100'000;
  const auto small = [](const Json& object, std::string_view name) {
    return static_cast<std::uint32_t>(std::min(kMostSteps, count_member(object, name)));
  };
  SdapiProgress progress;
  progress.fraction = std::clamp(number_member(*answer, "progress"), 0.0, 1.0);
  progress.eta_seconds = std::clamp(number_member(*answer, "eta_relative"), 0.0, 86400.0);
  progress.task = text_member(*answer, "current_task");
  if (const Json* state = find_member(*answer, "state"); state != nullptr) {
    progress.step = small(*state, "sampling_step");
    progress.steps = small(*state, "sampling_steps");
    progress.queue = small(*state, "job_count");
  }
  return progress;
}

std::optional<std::vector<ModelEntry>> read_sdapi_models(std::string_view body,
                                                         std::string_view type) {
  constexpr std::size_t kMostModels = 10'000;
  const auto answer = parse_json<Json>(body);
  if (!answer || !answer->is_array()) return std::nullopt;
  std::vector<ModelEntry> models;
  for (const Json& row : *answer) {
    if (models.size() == kMostModels) break;
    ModelEntry model{.model_type = std::string(type)};
    for (const char* name : {"filename", "path", "model_name", "title", "name"}) {
      if (model.name.empty()) model.name = text_member(row, name, 1024);
    }
    model.path = model.name;
    model.name = model.name.substr(model.name.find_last_of("/\\") + 1);
    if (!model.name.empty()) models.push_back(std::move(model));
  }
  return models;
}

void read_sdapi_memory(std::string_view body, BackendStatus& status) {
  const auto answer = parse_json<Json>(body);
  const Json* cuda = answer ? find_member(*answer, "cuda") : nullptr;
  const Json* system = cuda == nullptr ? nullptr : find_member(*cuda, "system");
  if (system == nullptr) return;
  status.vram_free_mb = count_member(*system, "free") >> 20U;
  status.vram_total_mb = count_member(*system, "total") >> 20U;
}

}  // namespace dgxp
