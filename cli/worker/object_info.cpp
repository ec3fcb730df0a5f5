#include "cli/worker/object_info.hpp"

#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/backends/http_client.hpp"

namespace dgxp {
namespace {

/// An old one does not say, and one that does not answer this is not asked again.
std::string read_release(HttpClient& client, const std::stop_token& stop) {
  HttpRequest request;
  request.path = "/system_stats";
  request.timeout = std::chrono::seconds(10);
  request.max_body = 1U << 20U;
  const HttpOutcome outcome = client.send(request, stop);
  if (!outcome || outcome->status != 200) return {};
  const auto stats = nlohmann::json::parse(as_text(outcome->body), nullptr, false);
  if (!stats.is_object() || !stats.contains("system")) return {};
  const auto& system = stats["system"];
  if (!system.is_object() || !system.contains("comfyui_version")) return {};
  const auto& release = system["comfyui_version"];
  return release.is_string() ? release.get<std::string>().substr(0, 64) : std::string();
}

}  // namespace

Result<ComfyAnswer> ask_comfy(const std::string& url, std::stop_token stop) {
  auto base = parse_http_base(url);
  if (!base) return base.error();
  HttpClient client(*std::move(base), {});
  HttpRequest request;
  request.path = "/object_info";
  request.timeout = std::chrono::minutes(1);
  request.max_body = 64U << 20U;
  const HttpOutcome outcome = client.send(request, stop);
  if (!outcome) {
    Error error = to_error(outcome.error());
    error.hint = "is ComfyUI running there? its address is printed when it starts";
    return error;
  }
  if (outcome->status != 200) {
    return Error{.kind = ErrorKind::worker,
                 .message = fmt::format("{} answered /object_info with status {}",
                                        client.base().url(), outcome->status),
                 .hint = "is this the address of a ComfyUI?"};
  }
  return ComfyAnswer{.object_info = std::string(as_text(outcome->body)),
                     .release = read_release(client, stop)};
}

}  // namespace dgxp
