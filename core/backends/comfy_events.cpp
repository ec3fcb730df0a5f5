#include "core/backends/comfy_events.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/backends/server_json.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;
using Kind = ComfyEvent::Kind;

constexpr std::size_t kMostEventText = 4U << 20U;
constexpr std::size_t kMostNodes = 4096;
constexpr std::size_t kMostMetadata = 64U << 10U;

struct KindName {
  std::string_view name;
  Kind kind;
};
constexpr KindName kKinds[] = {
    {"status", Kind::status},           {"execution_start", Kind::start},
    {"execution_cached", Kind::cached}, {"executing", Kind::executing},
    {"progress", Kind::progress},       {"progress_state", Kind::state},
    {"executed", Kind::executed},       {"execution_success", Kind::success},
    {"execution_error", Kind::error},   {"execution_interrupted", Kind::interrupted},
};

void read_cached(const Json& data, ComfyEvent& event) {
  const Json* nodes = find_member(data, "nodes");
  if (nodes == nullptr || !nodes->is_array()) return;
  for (const Json& node : *nodes) {
    if (event.nodes.size() == kMostNodes) return;
    if (node.is_string()) event.nodes.push_back(node.get<std::string>());
  }
}

void read_state(const Json& data, ComfyEvent& event) {
  const Json* nodes = find_member(data, "nodes");
  if (nodes == nullptr || !nodes->is_object()) return;
  for (const auto& [id, node] : nodes->items()) {
    if (event.nodes.size() == kMostNodes) return;
    const std::string state = text_member(node, "state");
    if (state == "finished") event.nodes.push_back(id);
    if (state != "running") continue;
    event.node = id;
    event.value = number_member(node, "value");
    event.max = number_member(node, "max");
  }
}

void read_status(const Json& data, ComfyEvent& event) {
  const Json* status = find_member(data, "status");
  const Json* info = status == nullptr ? nullptr : find_member(*status, "exec_info");
  if (info == nullptr) return;
  event.queue_remaining = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count_member(*info, "queue_remaining"), UINT32_MAX));
}

std::uint32_t read_big_endian(ByteView bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
         std::uint32_t{bytes[at + 2]} << 8U | bytes[at + 3];
}

/// What the bytes themselves say: a wrong label must not turn a preview into a result.
ComfyFrame::Format format_of(ByteView picture) {
  const std::string_view text = as_text(picture);
  if (text.starts_with("\xFF\xD8\xFF")) return ComfyFrame::Format::jpeg;
  if (text.starts_with("\x89PNG\r\n\x1A\n")) return ComfyFrame::Format::png;
  return ComfyFrame::Format::unknown;
}

/// A length of four bytes, so much of text, and the rest.
struct Prefixed {
  ByteView text;
  ByteView rest;
};
std::optional<Prefixed> read_prefixed(ByteView body) {
  if (body.size() < 4) return std::nullopt;
  const std::size_t length = read_big_endian(body, 0);
  if (length > body.size() - 4) return std::nullopt;
  return Prefixed{body.subspan(4, length), body.subspan(4 + length)};
}

std::optional<ComfyFrame> read_plain_image(ByteView body) {
  if (body.size() < 4) return std::nullopt;
  const ByteView picture = body.subspan(4);
  return ComfyFrame{.kind = ComfyFrame::Kind::image,
                    .format = format_of(picture),
                    .prompt = {},
                    .node = {},
                    .content = picture};
}

std::optional<ComfyFrame> read_text(ByteView body) {
  const auto parts = read_prefixed(body);
  if (!parts) return std::nullopt;
  return ComfyFrame{.kind = ComfyFrame::Kind::text,
                    .format = {},
                    .prompt = {},
                    .node = cut_text(std::string(as_text(parts->text)), 512),
                    .content = parts->rest};
}

std::optional<ComfyFrame> read_image_with_metadata(ByteView body) {
  const auto parts = read_prefixed(body);
  if (!parts || parts->text.size() > kMostMetadata) return std::nullopt;
  const auto metadata = parse_json<Json>(as_text(parts->text));
  if (!metadata) return std::nullopt;
  return ComfyFrame{.kind = ComfyFrame::Kind::image,
                    .format = format_of(parts->rest),
                    .prompt = text_member(*metadata, "prompt_id"),
                    .node = text_member(*metadata, "node_id"),
                    .content = parts->rest};
}

}  // namespace

std::optional<ComfyEvent> parse_comfy_event(std::string_view text) {
  if (text.size() > kMostEventText) return std::nullopt;
  const auto message = parse_json<Json>(text);
  const Json* type = message ? find_member(*message, "type") : nullptr;
  if (type == nullptr || !type->is_string()) return std::nullopt;
  ComfyEvent event;
  const auto* known =
      std::ranges::find(kKinds, type->get_ref<const std::string&>(), &KindName::name);
  if (known == std::end(kKinds)) return event;
  const Json* data = find_member(*message, "data");
  if (data == nullptr || !data->is_object()) return std::nullopt;
  event.kind = known->kind;
  event.prompt = text_member(*data, "prompt_id");
  event.node = text_member(*data, "node");
  if (event.kind == Kind::status) read_status(*data, event);
  if (event.kind == Kind::cached) read_cached(*data, event);
  if (event.kind == Kind::state) read_state(*data, event);
  if (event.kind == Kind::progress) {
    event.value = number_member(*data, "value");
    event.max = number_member(*data, "max");
  }
  if (event.kind == Kind::error) event.node = text_member(*data, "node_id");
  return event;
}

std::optional<ComfyFrame> parse_comfy_frame(ByteView frame) {
  if (frame.size() < 4) return std::nullopt;
  const ByteView body = frame.subspan(4);
  switch (read_big_endian(frame, 0)) {
    case 1:
      return read_plain_image(body);
    case 3:
      return read_text(body);
    case 4:
      return read_image_with_metadata(body);
    default:
      return ComfyFrame{};
  }
}

}  // namespace dgxp
