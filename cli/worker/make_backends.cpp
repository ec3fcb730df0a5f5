#include "cli/worker/make_backends.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "cli/builtin_workflows.hpp"
#include "core/backends/comfy_backend.hpp"
#include "core/backends/sdapi_backend.hpp"
#include "core/backends/sdcpp_backend.hpp"
#include "core/store/project_store.hpp"
#include "core/worker/procedural_backend.hpp"

namespace dgxp {
namespace {

namespace fs = std::filesystem;
using Backends = std::vector<std::shared_ptr<Backend>>;

constexpr std::size_t kLargestHeaderFile = 64U << 10U;
const std::string kComfyUrl = "http://127.0.0.1:8188";
const std::string kSdapiUrl = "http://127.0.0.1:7860";
const std::string kSdcppUrl = "http://127.0.0.1:1234";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path state_folder(const WorkerConfig& config) {
  if (config.state) return *config.state;
  const fs::path xdg = environment("XDG_STATE_HOME");
  const fs::path base = xdg.empty() ? fs::path(environment("HOME")) / ".local" / "state" : xdg;
  return base / "dgxp" / "worker";
}

/// A header is a secret until shown otherwise: no message repeats one.
Result<Done> check_header(std::string_view header) {
  const std::size_t colon = header.find(':');
  const bool has_name = colon != std::string_view::npos && colon > 0;
  const bool is_plain = std::ranges::all_of(
      header, [](char c) { return c == '\t' || (c >= ' ' && c != 0x7f) || (c & 0x80) != 0; });
  if (has_name && is_plain) return Done{};
  return Error{ErrorKind::usage, "a header is not written as 'Name: value'",
               "look at --header, the header file and DGXP_WORKER_HEADERS"};
}

void add_lines(std::vector<std::string>& lines, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with('#')) lines.emplace_back(line);
  }
}

Result<std::vector<std::string>> all_headers(const WorkerConfig& config,
                                             std::vector<std::string> headers) {
  if (config.header_file) {
    const auto text = read_plain_file(*config.header_file, kLargestHeaderFile);
    if (!text) return text.error();
    add_lines(headers, as_text(*text));
  }
  add_lines(headers, environment("DGXP_WORKER_HEADERS"));
  for (const std::string& header : headers) {
    if (auto done = check_header(header); !done) return done.error();
  }
  return headers;
}

std::vector<std::string> urls_of(const WorkerConfig& config, const std::string& standard) {
  return config.urls.empty() ? std::vector{standard} : config.urls;
}

Result<Backends> make_procedural(const WorkerConfig& config, int threads) {
  if (!config.urls.empty()) {
    return Error{ErrorKind::usage, "the procedural backend is in this process and at no URL",
                 "name what is there: --backend comfy"};
  }
  return Backends{make_procedural_backend(config.slots.value_or(threads))};
}

Result<Backends> make_comfy(const WorkerConfig& config, const HttpAccess& access) {
  Backends backends;
  for (const std::string& url : urls_of(config, kComfyUrl)) {
    ComfyOptions options{.url = url,
                         .access = access,
                         .templates = builtin_workflows(),
                         .state_folder = state_folder(config)};
    if (config.slots) options.slots = *config.slots;
    auto backend = make_comfy_backend(std::move(options));
    if (!backend) return backend.error();
    backends.push_back(*std::move(backend));
  }
  return backends;
}

Result<Backends> make_sdapi(const WorkerConfig& config, const HttpAccess& access) {
  if (config.slots.value_or(1) != 1) {
    return Error{ErrorKind::usage, "such a server draws one picture at a time",
                 "leave --slots out; name several servers to draw several pictures"};
  }
  Backends backends;
  for (const std::string& url : urls_of(config, kSdapiUrl)) {
    auto backend = make_sdapi_backend({.url = url, .access = access});
    if (!backend) return backend.error();
    backends.push_back(*std::move(backend));
  }
  return backends;
}

Result<Backends> make_sdcpp(const WorkerConfig& config, const HttpAccess& access) {
  Backends backends;
  for (const std::string& url : urls_of(config, kSdcppUrl)) {
    SdcppOptions options{.url = url, .access = access};
    options.slots = config.slots.value_or(options.slots);
    auto backend = make_sdcpp_backend(std::move(options));
    if (!backend) return backend.error();
    backends.push_back(*std::move(backend));
  }
  return backends;
}

}  // namespace

std::string backend_name(const WorkerConfig& config) {
  return config.backend.value_or("procedural");
}

Result<Backends> make_backends(const WorkerConfig& config, std::vector<std::string> headers,
                               int threads) {
  const std::string name = backend_name(config);
  if (name == "procedural") return make_procedural(config, threads);
  auto all = all_headers(config, std::move(headers));
  if (!all) return all.error();
  const HttpAccess access{.headers = *std::move(all)};
  if (name == "comfy") return make_comfy(config, access);
  if (name == "sdapi") return make_sdapi(config, access);
  if (name == "sdcpp") return make_sdcpp(config, access);
  return Error{ErrorKind::usage, fmt::format("there is no backend '{}'", name)};
}

}  // namespace dgxp
