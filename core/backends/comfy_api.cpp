#include "core/backends/comfy_api.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/backends/server_json.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;
using Why = ComfyFailure::Why;

constexpr std::size_t kMostAnswer = 1U << 20U;
constexpr std::size_t kMostQueue = 32U << 20U;  // it holds whole graphs
constexpr std::size_t kMostNodes = 64U << 20U;
constexpr std::size_t kMostModels = 20'000;

std::string json_text(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view path_only(std::string_view path) {
  return path.substr(0, path.find('?'));
}

/// One line of what a server wrote that is no JSON of ours.
std::string excerpt(const Bytes& body) {
  std::string text(as_text(body).substr(0, 120));
  if (!is_utf8(text) && !is_utf8(cut_text(text, 117))) return "bytes that are no text";
  if (!is_utf8(text)) text = cut_text(text, 117);
  std::ranges::replace_if(text, [](char c) { return static_cast<std::uint8_t>(c) < 0x20; }, ' ');
  return "'" + text + "'";
}

}  // namespace

ComfyApi::ComfyApi(HttpBase base, HttpAccess access, ComfyTimes times)
    : http_(std::move(base), std::move(access)), times_(times) {}

ComfyFailure ComfyApi::failure_of(const HttpFailure& failure) const {
  Why why = failure.maybe_sent ? Why::silent : Why::unreachable;
  if (failure.problem == HttpProblem::stopped) why = Why::stopped;
  if (failure.problem == HttpProblem::too_large) why = Why::broken;
  return {.why = why, .message = failure.message};
}

ComfyFailure ComfyApi::malformed(std::string_view path) const {
  return {
      .why = Why::broken,
      .status = 200,
      .message = fmt::format("{}{}: the answer is not ComfyUI's", base().url(), path_only(path))};
}

ComfyResult<Bytes> ComfyApi::ask(const HttpRequest& request, const std::stop_token& stop) {
  HttpOutcome outcome = http_.send(request, stop);
  if (!outcome) return tl::unexpected(failure_of(outcome.error()));
  if (outcome->status == 200) return std::move(outcome->body);
  const bool is_rejected = outcome->status >= 400 && outcome->status < 500;
  return tl::unexpected(
      ComfyFailure{is_rejected ? Why::rejected : Why::broken, outcome->status,
                   fmt::format("{} {}{}: HTTP status {}, {}", request.method, base().url(),
                               path_only(request.path), outcome->status, excerpt(outcome->body))});
}

ComfyResult<bool> ComfyApi::tell(std::string path, std::string body, const std::stop_token& stop) {
  const auto answer = ask({.method = "POST",
                           .path = std::move(path),
                           .body = std::move(body),
                           .content_type = "application/json",
                           .timeout = times_.request,
                           .max_body = kMostAnswer},
                          stop);
  if (!answer) return tl::unexpected(answer.error());
  return true;
}

ComfyResult<ComfyPosted> ComfyApi::post_prompt(const std::string& graph, const std::string& prompt,
                                               const std::string& client, bool wants_previews,
                                               const std::stop_token& stop) {
  HttpRequest request{.method = "POST",
                      .path = "/prompt",
                      .content_type = "application/json",
                      .timeout = times_.post,
                      .max_body = kMostNodes,
                      .fresh_connection = true,
                      .stop_grace = times_.post_grace};
  request.body = fmt::format(R"({{"prompt":{},"client_id":{},"prompt_id":{}{}}})", graph,
                             json_text(client), json_text(prompt),
                             wants_previews ? "" : R"(,"extra_data":{"preview_method":"none"})");
  HttpOutcome outcome = http_.send(request, stop);
  if (!outcome) return tl::unexpected(failure_of(outcome.error()));
  const std::string_view body = as_text(outcome->body);
  const auto options = [&](const std::string& class_type, const std::string& input) {
    return options_of(class_type, input, stop);
  };
  if (outcome->status != 200) {
    const std::string problems = describe_rejection(body, graph, options);
    const bool is_rejected = outcome->status >= 400 && outcome->status < 500;
    return tl::unexpected(ComfyFailure{
        is_rejected ? Why::rejected : Why::broken, outcome->status,
        problems.empty() ? fmt::format("POST {}/prompt: HTTP status {}, {}", base().url(),
                                       outcome->status, excerpt(outcome->body))
                         : "ComfyUI refused the graph: " + problems});
  }
  const auto answer = parse_json<Json>(body);
  if (!answer || !answer->is_object()) return tl::unexpected(malformed("/prompt"));
  ComfyPosted posted{.prompt = text_member(*answer, "prompt_id"), .problems = {}};
  const Json* node_errors = find_member(*answer, "node_errors");
  if (node_errors != nullptr && !node_errors->empty()) {
    posted.problems = describe_rejection(body, graph, options);
    if (posted.problems.empty()) posted.problems = "some of its nodes";
  }
  return posted;
}

ComfyResult<ComfyQueue> ComfyApi::queue(const std::stop_token& stop) {
  const auto answer =
      ask({.path = "/queue", .timeout = times_.request, .max_body = kMostQueue}, stop);
  if (!answer) return tl::unexpected(answer.error());
  auto queue = parse_comfy_queue(as_text(*answer));
  if (!queue) return tl::unexpected(malformed("/queue"));
  return *std::move(queue);
}

ComfyResult<std::optional<ComfyHistory>> ComfyApi::history(const std::string& prompt,
                                                           const std::stop_token& stop) {
  const std::string path = "/history/" + percent_encode(prompt);
  const auto answer = ask({.path = path, .timeout = times_.request, .max_body = kMostQueue}, stop);
  if (!answer) return tl::unexpected(answer.error());
  auto history = parse_comfy_history(as_text(*answer), prompt);
  if (!history) return tl::unexpected(malformed(path));
  return *std::move(history);
}

ComfyResult<Bytes> ComfyApi::view(const ComfyFile& file, std::size_t most,
                                  const std::stop_token& stop) {
  return ask(
      {.path = fmt::format("/view?filename={}&subfolder={}&type={}", percent_encode(file.filename),
                           percent_encode(file.subfolder), percent_encode(file.type)),
       .timeout = times_.transfer,
       .stall = std::chrono::seconds(20),
       .max_body = most},
      stop);
}

ComfyResult<bool> ComfyApi::interrupt(const std::string& prompt, const std::stop_token& stop) {
  return tell("/interrupt", fmt::format(R"({{"prompt_id":{}}})", json_text(prompt)), stop);
}

ComfyResult<bool> ComfyApi::delete_pending(const std::string& prompt, const std::stop_token& stop) {
  return tell("/queue", fmt::format(R"({{"delete":[{}]}})", json_text(prompt)), stop);
}

ComfyResult<std::optional<bool>> ComfyApi::cancel_job(const std::string& prompt,
                                                      const std::stop_token& stop) {
  const auto answer = ask({.method = "POST",
                           .path = fmt::format("/api/jobs/{}/cancel", percent_encode(prompt)),
                           .timeout = times_.request,
                           .max_body = kMostAnswer},
                          stop);
  if (!answer && (answer.error().status == 404 || answer.error().status == 405)) {
    return std::optional<bool>();
  }
  if (!answer) return tl::unexpected(answer.error());
  const auto body = parse_json<Json>(as_text(*answer));
  const Json* cancelled = body ? find_member(*body, "cancelled") : nullptr;
  if (cancelled == nullptr || !cancelled->is_boolean()) {
    return tl::unexpected(malformed("/api/jobs/cancel"));
  }
  return std::optional(cancelled->get<bool>());
}

ComfyResult<bool> ComfyApi::free_memory(const std::stop_token& stop) {
  return tell("/free", R"({"unload_models":true,"free_memory":true})", stop);
}

ComfyResult<std::string> ComfyApi::upload(const std::string& name, Bytes png,
                                          const std::stop_token& stop) {
  const auto field = [](std::string part, std::string_view value) {
    return HttpFormPart{
        .name = std::move(part), .filename = {}, .content_type = {}, .data = to_bytes(value)};
  };
  const auto answer = ask({.method = "POST",
                           .path = "/upload/image",
                           .form = {{.name = "image",
                                     .filename = name,
                                     .content_type = "image/png",
                                     .data = std::move(png)},
                                    field("type", "input"),
                                    field("subfolder", "dgxp")},
                           .timeout = times_.transfer,
                           .max_body = kMostAnswer},
                          stop);
  if (!answer) return tl::unexpected(answer.error());
  const auto body = parse_json<Json>(as_text(*answer));
  const std::string stored = body ? text_member(*body, "name", 1024) : std::string();
  if (stored.empty()) return tl::unexpected(malformed("/upload/image"));
  const std::string subfolder = text_member(*body, "subfolder", 1024);
  return subfolder.empty() ? stored : subfolder + "/" + stored;
}

ComfyResult<std::string> ComfyApi::object_info(const std::stop_token& stop) {
  const auto answer =
      ask({.path = "/object_info", .timeout = times_.transfer, .max_body = kMostNodes}, stop);
  if (!answer) return tl::unexpected(answer.error());
  return std::string(as_text(*answer));
}

std::vector<std::string> ComfyApi::options_of(const std::string& class_type,
                                              const std::string& input,
                                              const std::stop_token& stop) {
  const auto answer = ask({.path = "/object_info/" + percent_encode(class_type),
                           .timeout = times_.request,
                           .max_body = kMostQueue},
                          stop);
  const auto info = answer ? parse_json<Json>(as_text(*answer)) : std::nullopt;
  const Json* node = info ? find_member(*info, class_type) : nullptr;
  const Json* inputs = node == nullptr ? nullptr : find_member(*node, "input");
  std::vector<std::string> options;
  for (const char* group : {"required", "optional"}) {
    const Json* members = inputs == nullptr ? nullptr : find_member(*inputs, group);
    const Json* config = members == nullptr ? nullptr : find_member(*members, input);
    if (config == nullptr || !config->is_array() || config->empty()) continue;
    const Json* list = &(*config)[0];
    if (!list->is_array() && config->size() > 1) list = find_member((*config)[1], "options");
    if (list == nullptr || !list->is_array()) continue;
    for (const Json& option : *list) {
      if (option.is_string() && options.size() < kMostModels) options.push_back(option);
    }
  }
  return options;
}

ComfyResult<std::vector<std::string>> ComfyApi::models(const std::string& folder,
                                                       const std::stop_token& stop) {
  const std::string path = "/models/" + percent_encode(folder);
  const auto answer = ask({.path = path, .timeout = times_.request, .max_body = kMostQueue}, stop);
  if (!answer) return tl::unexpected(answer.error());
  const auto list = parse_json<Json>(as_text(*answer));
  if (!list || !list->is_array()) return tl::unexpected(malformed(path));
  std::vector<std::string> names;
  for (const Json& name : *list) {
    if (name.is_string() && names.size() < kMostModels) {
      names.push_back(cut_text(name.get<std::string>(), 1024));
    }
  }
  return names;
}

ComfyResult<ComfyStats> ComfyApi::stats(const std::stop_token& stop) {
  const auto answer =
      ask({.path = "/system_stats", .timeout = times_.request, .max_body = kMostAnswer}, stop);
  if (!answer) return tl::unexpected(answer.error());
  const auto body = parse_json<Json>(as_text(*answer));
  const Json* system = body ? find_member(*body, "system") : nullptr;
  if (system == nullptr) return tl::unexpected(malformed("/system_stats"));
  ComfyStats stats{.version = text_member(*system, "comfyui_version", 64)};
  const Json* devices = find_member(*body, "devices");
  if (devices != nullptr && devices->is_array() && !devices->empty()) {
    stats.vram_free_mb = count_member((*devices)[0], "vram_free") >> 20U;
    stats.vram_total_mb = count_member((*devices)[0], "vram_total") >> 20U;
  }
  return stats;
}

ComfyResult<std::uint64_t> ComfyApi::max_upload(const std::stop_token& stop) {
  const auto answer =
      ask({.path = "/features", .timeout = times_.request, .max_body = kMostAnswer}, stop);
  if (!answer && answer.error().status == 404) return 0;  // older than the route
  if (!answer) return tl::unexpected(answer.error());
  const auto body = parse_json<Json>(as_text(*answer));
  if (!body) return tl::unexpected(malformed("/features"));
  return count_member(*body, "max_upload_size");
}

ComfyResult<std::uint32_t> ComfyApi::queue_length(const std::stop_token& stop) {
  const auto answer =
      ask({.path = "/prompt", .timeout = times_.request, .max_body = kMostAnswer}, stop);
  if (!answer) return tl::unexpected(answer.error());
  const auto body = parse_json<Json>(as_text(*answer));
  const Json* info = body ? find_member(*body, "exec_info") : nullptr;
  if (info == nullptr) return tl::unexpected(malformed("/prompt"));
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count_member(*info, "queue_remaining"), UINT32_MAX));
}

}  // namespace dgxp
