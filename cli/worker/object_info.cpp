#include "cli/worker/object_info.hpp"

#include <chrono>

#include <fmt/format.h>

#include "core/backends/http_client.hpp"

namespace dgxp {

Result<std::string> read_object_info(const std::string& url, std::stop_token stop) {
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
  return std::string(as_text(outcome->body));
}

}  // namespace dgxp
