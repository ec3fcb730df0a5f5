#include "core/backends/http_answer.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/backends/server_json.hpp"
#include "core/base/text.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostText = 300;

/// The first text among the members that servers use for it, one level deep.
std::string said_by(const Json& answer) {
  for (const char* name : {"detail", "message", "errors", "error"}) {
    const Json* member = find_member(answer, name);
    if (member == nullptr) continue;
    if (member->is_object()) {
      auto text = text_member(*member, "message", kMostText);
      if (!text.empty()) return text;
    }
    if (member->is_array() && !member->empty()) {  // what FastAPI says of a bad field
      auto text = text_member(member->front(), "msg", kMostText);
      if (!text.empty()) return text;
    }
    auto text = text_member(answer, name, kMostText);
    if (!text.empty()) return text;
  }
  return {};
}

std::string first_line(std::string_view text) {
  std::string line(text.substr(0, std::min(text.find('\n'), kMostText)));
  std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return is_utf8(line) ? line : std::string();
}

}  // namespace

Error refusal_of(const HttpReply& reply, std::string_view asked) {
  const auto text = as_text(reply.body);
  const auto start = text.find_first_not_of(" \t\r\n");
  const bool is_page = reply.content_type.find("html") != std::string::npos ||
                       (start != std::string_view::npos && text[start] == '<');
  std::string said = is_page ? "a web page" : "";
  if (const auto answer = is_page ? std::nullopt : parse_json<Json>(text)) said = said_by(*answer);
  if (said.empty() && !is_page) said = first_line(text);
  return {ErrorKind::worker, fmt::format("{}: the server answered {}{}{}", asked, reply.status,
                                         said.empty() ? "" : ": ", said)};
}

Result<Size> size_of_job(const GenerateMessage& job) {
  constexpr std::uint32_t kMostEdge = 16384;
  const auto [width, height] = job.size;
  if (width == 0 || height == 0 || width > kMostEdge || height > kMostEdge) {
    return Error{ErrorKind::worker, fmt::format("no picture can be {}x{}", width, height)};
  }
  return Size{static_cast<int>(width), static_cast<int>(height)};
}

double denoise_of(const GenerateMessage& job) {
  constexpr double kDefault = 0.6;
  return std::clamp(job.denoise.value_or(kDefault), 0.0, 1.0);
}

std::size_t most_answer_bytes(Size size) {
  constexpr std::size_t kRest = 4U << 20U;  // infotexts, echoed parameters
  const auto raw = static_cast<std::size_t>(size.area()) * 5 + kRest;
  return raw / 3 * 4 + kRest;
}

std::string stem_of(std::string_view file) {
  file.remove_prefix(std::min(file.size(), file.find_last_of("/\\") + 1));
  for (const std::string_view ending : {".safetensors", ".ckpt", ".gguf", ".pt", ".pth", ".sft"}) {
    if (!file.ends_with(ending)) continue;
    file.remove_suffix(ending.size());
    break;
  }
  return std::string(file);
}

}  // namespace dgxp
