#include "core/backends/sdcpp_words.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/backends/base64.hpp"
#include "core/backends/http_answer.hpp"
#include "core/backends/server_json.hpp"
#include "core/base/suggest.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;

Error request_error(std::string message) {
  return {ErrorKind::worker, std::move(message)};
}

/// Our names (those of ComfyUI) and what stable-diffusion.cpp calls the same.
constexpr std::pair<std::string_view, std::string_view> kSampleMethods[] = {
    {"euler_ancestral", "euler_a"}, {"dpm_2", "dpm2"},         {"dpmpp_2s_ancestral", "dpm++2s_a"},
    {"dpmpp_2m", "dpm++2m"},        {"ddim", "ddim_trailing"},
};
constexpr std::pair<std::string_view, std::string_view> kSchedules[] = {{"normal", "discrete"}};

template <std::size_t Count>
std::string translated(const std::pair<std::string_view, std::string_view> (&table)[Count],
                       const std::string& ours) {
  const auto* found = std::ranges::find(table, ours, [](const auto& row) { return row.first; });
  return found == std::end(table) ? ours : std::string(found->second);
}

Result<Json> lora_list(const GenerateMessage& job, const SdcppServer& server) {
  std::vector<LoraEntry> wanted = job.loras;
  if (wanted.empty() && !job.lora.empty()) wanted.push_back({.file = job.lora});
  Json list = Json::array();
  for (const LoraEntry& lora : wanted) {
    auto path = std::ranges::find(server.loras, lora.file);
    if (path == server.loras.end()) {
      path = std::ranges::find_if(server.loras, [&](const std::string& known) {
        return stem_of(known) == stem_of(lora.file);
      });
    }
    if (path == server.loras.end()) {
      return request_error(fmt::format("LoRA '{}' is not on the server{}", lora.file,
                                       list_nearest(lora.file, server.loras)));
    }
    list.push_back({{"path", *path}, {"multiplier", lora.weight}});
  }
  return list;
}

Result<Done> check_job(const BackendJob& job, const SdcppServer& server) {
  const GenerateMessage& request = job.request;
  if (!request.model.empty() && !server.model.empty() && stem_of(request.model) != server.model) {
    return request_error(fmt::format("the server has model '{}', the job wants '{}'", server.model,
                                     stem_of(request.model)));
  }
  const auto [width, height] = request.size;
  const bool too_wide = server.max_width != 0 && width > server.max_width;
  const bool too_high = server.max_height != 0 && height > server.max_height;
  if (too_wide || too_high) {
    return request_error(fmt::format("the server draws at most {}x{}, not {}x{}", server.max_width,
                                     server.max_height, width, height));
  }
  if (job.references.size() > 1) return request_error("only one reference picture can be used");
  return Done{};
}

}  // namespace

std::optional<SdcppServer> read_sdcpp_server(std::string_view body) {
  constexpr std::size_t kMostLoras = 10'000;
  const auto answer = parse_json<Json>(body);
  if (!answer || !answer->is_object()) return std::nullopt;
  SdcppServer server;
  if (const Json* model = find_member(*answer, "model"); model != nullptr) {
    server.model = text_member(*model, "stem");
    if (server.model.empty()) server.model = stem_of(text_member(*model, "name"));
  }
  const Json* loras = find_member(*answer, "loras");
  if (loras != nullptr && loras->is_array()) {
    for (const Json& lora : *loras) {
      if (server.loras.size() == kMostLoras) break;
      auto path = text_member(lora, "path", 1024);
      if (!path.empty()) server.loras.push_back(std::move(path));
    }
  }
  if (const Json* limits = find_member(*answer, "limits"); limits != nullptr) {
    constexpr std::uint64_t kMost = 1U << 30U;
    server.max_width =
        static_cast<std::uint32_t>(std::min(kMost, count_member(*limits, "max_width")));
    server.max_height =
        static_cast<std::uint32_t>(std::min(kMost, count_member(*limits, "max_height")));
  }
  return server;
}

Result<std::string> make_sdcpp_request(const BackendJob& job, const SdcppServer& server) {
  const GenerateMessage& request = job.request;
  if (auto known = check_job(job, server); !known) return known.error();
  const auto loras = lora_list(request, server);
  if (!loras) return loras.error();
  Json sample = Json::object();
  if (request.steps > 0) sample["sample_steps"] = request.steps;
  if (request.cfg_scale > 0) sample["guidance"] = {{"txt_cfg", request.cfg_scale}};
  if (!request.sampler.empty()) {
    sample["sample_method"] = translated(kSampleMethods, request.sampler);
  }
  if (!request.scheduler.empty()) sample["scheduler"] = translated(kSchedules, request.scheduler);
  Json body = {{"prompt", request.prompt},         {"negative_prompt", request.negative},
               {"width", request.size[0]},         {"height", request.size[1]},
               {"seed", request.seed.value_or(0)}, {"batch_count", 1},
               {"sample_params", sample},          {"lora", *loras},
               {"output_format", "png"},           {"embed_image_metadata", false}};
  if (!job.references.empty() && job.references.front()) {
    body["init_image"] = to_base64(*job.references.front());
    body["strength"] = denoise_of(request);
  }
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<SdcppJob> read_sdcpp_job(std::string_view body) {
  const auto answer = parse_json<Json>(body);
  if (!answer || !answer->is_object()) return std::nullopt;
  SdcppJob job{.id = text_member(*answer, "id", 200), .status = text_member(*answer, "status", 40)};
  job.queue_position = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count_member(*answer, "queue_position"), 1U << 30U));
  if (const Json* error = find_member(*answer, "error"); error != nullptr) {
    job.error = text_member(*error, "message");
    if (job.error.empty()) job.error = text_member(*error, "code");
  }
  const Json* result = find_member(*answer, "result");
  const Json* images = result == nullptr ? nullptr : find_member(*result, "images");
  if (images != nullptr && images->is_array() && images->size() == 1) {
    const Json* text = find_member(images->front(), "b64_json");
    if (text != nullptr && text->is_string()) job.picture = text->get<std::string>();
  }
  return job;
}

}  // namespace dgxp
