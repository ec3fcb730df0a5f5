// The pure half of comfy_api.hpp: answers of a server as values.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/backends/comfy_api.hpp"
#include "core/backends/server_json.hpp"

namespace dgxp {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostPrompts = 100'000;
constexpr std::size_t kMostImages = 4096;

/// The ids of `[[number, id, graph, extra, outputs], ...]`.
std::optional<std::vector<std::string>> read_prompts(const Json* list) {
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::vector<std::string> ids;
  for (const Json& entry : *list) {
    if (ids.size() == kMostPrompts) break;
    if (entry.is_array() && entry.size() > 1 && entry[1].is_string()) {
      ids.push_back(entry[1].get<std::string>());
    }
  }
  return ids;
}

std::vector<ComfyFile> read_images(const Json& output) {
  std::vector<ComfyFile> files;
  const Json* images = find_member(output, "images");
  if (images == nullptr || !images->is_array()) return files;
  for (const Json& image : *images) {
    if (files.size() == kMostImages) break;
    ComfyFile file{.filename = text_member(image, "filename", 1024),
                   .subfolder = text_member(image, "subfolder", 1024),
                   .type = text_member(image, "type", 32)};
    if (!file.filename.empty()) files.push_back(std::move(file));
  }
  return files;
}

std::vector<ComfyNodeOutput> read_outputs(const Json* outputs) {
  std::vector<ComfyNodeOutput> nodes;
  if (outputs == nullptr || !outputs->is_object()) return nodes;
  for (const auto& [id, output] : outputs->items()) {
    auto images = read_images(output);
    if (!images.empty()) nodes.push_back({.node = id, .images = std::move(images)});
  }
  return nodes;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// The last message decides: an ExecutionBlocked may stand before a success.
void read_messages(const Json* messages, ComfyHistory& history) {
  if (messages == nullptr || !messages->is_array()) return;
  for (const Json& message : *messages) {
    if (!message.is_array() || message.size() != 2 || !message[0].is_string()) continue;
    const auto& type = message[0].get_ref<const std::string&>();
    if (type == "execution_interrupted") history.interrupted = true;
    if (type != "execution_error") continue;
    const std::string text = text_member(message[1], "exception_message", 4096);
    history.error = ComfyExecutionError{.node = text_member(message[1], "node_id", 60),
                                        .class_type = text_member(message[1], "node_type", 100),
                                        .type = text_member(message[1], "exception_type", 100),
                                        .message = cut_text(first_line(text), 600)};
    // The sentence that tells of memory may stand in a later line.
    if (text.find("ran out of memory") != std::string::npos) history.error->type = "OutOfMemory";
  }
}

}  // namespace

std::optional<ComfyQueue> parse_comfy_queue(std::string_view body) {
  const auto answer = parse_json<Json>(body);
  if (!answer) return std::nullopt;
  auto running = read_prompts(find_member(*answer, "queue_running"));
  auto pending = read_prompts(find_member(*answer, "queue_pending"));
  if (!running || !pending) return std::nullopt;
  return ComfyQueue{.running = *std::move(running), .pending = *std::move(pending)};
}

std::optional<std::optional<ComfyHistory>> parse_comfy_history(std::string_view body,
                                                               const std::string& prompt) {
  const auto answer = parse_json<Json>(body);
  if (!answer || !answer->is_object()) return std::nullopt;
  const Json* entry = find_member(*answer, prompt);
  if (entry == nullptr) return std::optional<ComfyHistory>();
  if (!entry->is_object()) return std::nullopt;
  ComfyHistory history;
  history.outputs = read_outputs(find_member(*entry, "outputs"));
  if (const Json* status = find_member(*entry, "status")) {
    const Json* completed = find_member(*status, "completed");
    history.completed = completed != nullptr && completed->is_boolean() && completed->get<bool>();
    read_messages(find_member(*status, "messages"), history);
  }
  return std::optional(std::move(history));
}

}  // namespace dgxp
