#include "tests/support/fake_comfy/fake_routes.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "tests/support/fake_comfy/fake_nodes.hpp"
#include "tests/support/fake_comfy/fake_validate.hpp"

namespace dgxp {

namespace {

constexpr const char* kFolders[] = {
    "checkpoints",   "configs",          "loras",         "vae",
    "text_encoders", "diffusion_models", "clip_vision",   "style_models",
    "embeddings",    "diffusers",        "vae_approx",    "controlnet",
    "gligen",        "upscale_models",   "custom_nodes",  "hypernetworks",
    "photomaker",    "classifiers",      "model_patches", "audio_encoders"};

/// "0.38.1" is above "0.3.64".
bool is_modern(const std::string& version) {
  const auto dot = version.find('.');
  if (dot == std::string::npos) return false;
  return version[0] > '0' || std::atoi(version.c_str() + dot + 1) >= 38;
}

bool is_canonical_uuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

FakeHttpAnswer prompt_refusal(const char* type, const char* message, std::string details) {
  return fake_json_answer({{"error",
                            {{"type", type},
                             {"message", message},
                             {"details", std::move(details)},
                             {"extra_info", FakeJson::object()}}},
                           {"node_errors", FakeJson::object()}},
                          400);
}

FakeHttpAnswer handler_failed() {
  return fake_text_answer(500, "500 Internal Server Error\n\nServer got itself in trouble");
}

/// One part of a multipart form.
struct Part {
  std::string name;
  std::string file;
  std::string content;
};

std::string attribute(std::string_view head, const std::string& name) {
  const auto at = head.find(" " + name + "=\"");
  if (at == std::string_view::npos) return "";
  const auto from = at + name.size() + 3;
  return std::string(head.substr(from, head.find('"', from) - from));
}

std::vector<Part> parts_of(const FakeHttpRequest& request) {
  std::vector<Part> parts;
  const auto type = request.headers.find("content-type");
  const auto at =
      type == request.headers.end() ? std::string::npos : type->second.find("boundary=");
  if (at == std::string::npos) return parts;
  auto boundary = "--" + type->second.substr(at + 9);
  std::erase(boundary, '"');
  std::string_view rest = request.body;
  for (auto from = rest.find(boundary); from != std::string_view::npos;
       from = rest.find(boundary)) {
    rest.remove_prefix(from + boundary.size());
    const auto head_end = rest.find("\r\n\r\n");
    const auto end = rest.find("\r\n" + boundary);
    if (head_end == std::string_view::npos || end == std::string_view::npos || end < head_end + 4) {
      break;
    }
    const auto head = rest.substr(0, head_end);
    parts.push_back({attribute(head, "name"), attribute(head, "filename"),
                     std::string(rest.substr(head_end + 4, end - head_end - 4))});
  }
  return parts;
}

bool escapes(const std::string& path) {
  return path.starts_with('/') || path.find("..") != std::string::npos;
}

std::string text_at(const std::map<std::string, std::string>& map, const std::string& key,
                    std::string otherwise = "") {
  const auto found = map.find(key);
  return found == map.end() ? std::move(otherwise) : found->second;
}

}  // namespace

FakeHttpAnswer fake_json_answer(const FakeJson& value, int status) {
  return {.status = status, .body = fake_dump(value)};
}

FakeHttpAnswer fake_text_answer(int status, std::string text) {
  return {.status = status, .type = "text/plain; charset=utf-8", .body = std::move(text)};
}

std::string fake_uuid() {
  static std::mutex mutex;
  static std::mt19937_64 random{std::random_device{}()};
  const std::scoped_lock lock(mutex);
  const auto a = random();
  const auto b = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a >> 32U, a >> 16U & 0xffffU,
                     a & 0xfffU, b >> 52U, b & 0xffffffffffffU);
}

FakeRoutes::FakeRoutes(const FakeComfyOptions& options, FakeEngine& engine, FakeFaultBox& faults)
    : options_(options), engine_(engine), faults_(faults), modern_(is_modern(options.version)) {}

std::vector<FakePrompt> FakeRoutes::prompts() const {
  const std::scoped_lock lock(mutex_);
  return prompts_;
}

void FakeRoutes::forget_prompts() {
  const std::scoped_lock lock(mutex_);
  prompts_.clear();
}

FakeHttpAnswer FakeRoutes::answer(const FakeHttpRequest& request, const std::string& path,
                                  bool below_api) {
  if (path.starts_with("/jobs")) {
    return modern_ && below_api ? jobs(request, path) : fake_text_answer(404, "404: Not Found");
  }
  if (request.method == "GET") return get(request, path);
  if (request.method == "POST") return post(request, path);
  return fake_text_answer(405, "405: Method Not Allowed");
}

FakeHttpAnswer FakeRoutes::get(const FakeHttpRequest& request, const std::string& path) {
  const auto tail = [&](std::string_view route) { return path.substr(route.size()); };
  if (path == "/prompt") {
    return fake_json_answer({{"exec_info", {{"queue_remaining", engine_.remaining()}}}});
  }
  if (path == "/queue") return fake_json_answer(engine_.queue());
  if (path == "/history") return fake_json_answer(engine_.history(""));
  if (path.starts_with("/history/")) return fake_json_answer(engine_.history(tail("/history/")));
  if (path == "/view") return view(request);
  if (path == "/object_info") return fake_json_answer(engine_.object_info());
  if (path.starts_with("/object_info/")) {
    const auto name = tail("/object_info/");
    const auto info = engine_.object_info();
    FakeJson found = FakeJson::object();
    if (info.contains(name)) found[name] = info[name];
    return fake_json_answer(found);
  }
  if (path == "/models") return fake_json_answer(kFolders);
  if (path.starts_with("/models/")) return models(tail("/models/"));
  if (path == "/embeddings") return fake_json_answer(FakeJson::array());
  if (path == "/system_stats") return system_stats();
  if (path == "/features") {
    return fake_json_answer(
        {{"supports_preview_metadata", true}, {"max_upload_size", options_.max_upload}});
  }
  return fake_text_answer(404, "404: Not Found");
}

FakeHttpAnswer FakeRoutes::post(const FakeHttpRequest& request, const std::string& path) {
  if (path == "/upload/image" || path == "/upload/mask") return post_upload(request);
  const auto body = FakeJson::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
  if (path == "/prompt") return body.is_object() ? post_prompt(body) : handler_failed();
  if (path == "/interrupt") {
    engine_.interrupt(fake_text(body, "prompt_id"));
    return {.type = "application/octet-stream"};
  }
  if (body.is_discarded()) return handler_failed();
  if (path == "/queue") return post_queue(body);
  if (path == "/history") return post_history(body);
  if (path == "/free") return {.type = "application/octet-stream"};
  return fake_text_answer(404, "404: Not Found");
}

FakeHttpAnswer FakeRoutes::post_prompt(const FakeJson& body) {
  FakeQueued prompt{.id = fake_text(body, "prompt_id"), .graph = fake_get(body, "prompt")};
  if (prompt.graph.is_null()) {
    return prompt_refusal("no_prompt", "No prompt provided", "No prompt provided");
  }
  if (prompt.id.empty()) prompt.id = fake_uuid();
  if (modern_ && !is_canonical_uuid(prompt.id)) {
    return prompt_refusal("invalid_prompt_id", "prompt_id must be a canonical UUID", prompt.id);
  }
  const auto validation = fake_validate(prompt.graph, engine_.object_info(), modern_);
  if (!validation.error.is_null()) {
    return fake_json_answer({{"error", validation.error}, {"node_errors", validation.node_errors}},
                            400);
  }
  const auto extra = fake_get(body, "extra_data");
  prompt.extra = extra.is_object() ? extra : FakeJson::object();
  prompt.client_id = fake_text(body, "client_id");
  if (body.contains("client_id")) prompt.extra["client_id"] = body["client_id"];
  prompt.outputs = validation.outputs;
  return accept_prompt(body, std::move(prompt), validation.node_errors);
}

FakeHttpAnswer FakeRoutes::accept_prompt(const FakeJson& body, FakeQueued prompt,
                                         FakeJson node_errors) {
  const auto text = prompt.text();
  auto echoed = prompt.id;
  if (faults_.take(FakeFaultKind::wrong_prompt_id, text)) echoed = fake_uuid();
  if (faults_.take(FakeFaultKind::node_errors_in_200, text)) {
    node_errors[prompt.outputs.front()] = {
        {"errors",
         {{{"type", "required_input_missing"},
           {"message", "Required input is missing"},
           {"details", "images"},
           {"extra_info", {{"input_name", "images"}}}}}},
        {"dependent_outputs", FakeJson::array({prompt.outputs.front()})},
        {"class_type", prompt.graph[prompt.outputs.front()]["class_type"]}};
  }
  {
    const std::scoped_lock lock(mutex_);
    prompts_.push_back({prompt.id, prompt.client_id, fake_dump(prompt.graph)});
  }
  const auto number =
      engine_.enqueue(std::move(prompt), fake_get(body, "number"), fake_get(body, "front") == true);
  if (!number) return handler_failed();
  return fake_json_answer(
      {{"prompt_id", echoed}, {"number", *number}, {"node_errors", node_errors}});
}

FakeHttpAnswer FakeRoutes::post_queue(const FakeJson& body) {
  if (fake_get(body, "clear") == true) engine_.clear_pending();
  for (const auto& id : fake_get(body, "delete")) {
    if (id.is_string()) engine_.erase_pending(id.get<std::string>());
  }
  return {.type = "application/octet-stream"};
}

FakeHttpAnswer FakeRoutes::post_history(const FakeJson& body) {
  if (fake_get(body, "clear") == true) engine_.clear_history();
  for (const auto& id : fake_get(body, "delete")) {
    if (id.is_string()) engine_.erase_history(id.get<std::string>());
  }
  return {.type = "application/octet-stream"};
}

FakeHttpAnswer FakeRoutes::post_upload(const FakeHttpRequest& request) {
  Part image;
  std::string type = "input";
  std::string subfolder;
  bool overwrite = false;
  for (const auto& part : parts_of(request)) {
    if (part.name == "image") image = part;
    if (part.name == "type") type = part.content;
    if (part.name == "subfolder") subfolder = part.content;
    if (part.name == "overwrite") overwrite = part.content == "true" || part.content == "1";
  }
  if (image.file.empty() || escapes(image.file) || escapes(subfolder)) {
    return {.status = 400, .type = "application/octet-stream"};
  }
  if (type != "input" && type != "temp" && type != "output") return handler_failed();
  return fake_json_answer(
      engine_.files().upload(image.file, subfolder, type, image.content, overwrite));
}

FakeHttpAnswer FakeRoutes::view(const FakeHttpRequest& request) {
  const auto name = text_at(request.query, "filename");
  const auto type = text_at(request.query, "type", "output");
  const auto subfolder = text_at(request.query, "subfolder");
  if (name.empty()) return {.status = 404, .type = "application/octet-stream"};
  if (escapes(name) || (type != "output" && type != "input" && type != "temp")) {
    return {.status = 400, .type = "application/octet-stream"};
  }
  if (escapes(subfolder)) return {.status = 403, .type = "application/octet-stream"};
  const auto path = subfolder.empty() ? name : subfolder + "/" + name;
  if (faults_.take(FakeFaultKind::view_missing, path)) engine_.files().erase(type, path);
  const auto file = engine_.files().read(type, path);
  if (!file) return {.status = 404, .type = "application/octet-stream"};
  return {.type = "image/png",
          .body = *file,
          .headers = {{"Content-Disposition", "filename=\"" + name + "\""}}};
}

FakeHttpAnswer FakeRoutes::models(const std::string& folder) const {
  if (std::ranges::find(kFolders, folder) == std::end(kFolders)) {
    return {.status = 404, .type = "application/octet-stream"};
  }
  const auto found = options_.models.find(folder);
  return fake_json_answer(found == options_.models.end() ? FakeJson::array()
                                                         : FakeJson(found->second));
}

FakeHttpAnswer FakeRoutes::system_stats() const {
  constexpr std::uint64_t kMemory = 25276514304;
  constexpr std::uint64_t kFree = 22957862912;
  FakeJson argv = {"main.py", "--cpu", "--preview-method",
                   options_.previews ? "latent2rgb" : "none"};
  return fake_json_answer({{"system",
                            {{"os", "posix"},
                             {"ram_total", kMemory},
                             {"ram_free", kFree},
                             {"comfyui_version", options_.version},
                             {"required_frontend_version", "1.27.10"},
                             {"installed_templates_version", nullptr},
                             {"required_templates_version", "0.1.95"},
                             {"python_version", "3.11.2"},
                             {"pytorch_version", "1.13.0a0"},
                             {"embedded_python", false},
                             {"argv", argv}}},
                           {"devices",
                            {{{"name", "cpu"},
                              {"type", "cpu"},
                              {"index", nullptr},
                              {"vram_total", kMemory},
                              {"vram_free", kFree},
                              {"torch_vram_total", kMemory},
                              {"torch_vram_free", kFree}}}}});
}

bool FakeRoutes::cancel(const std::string& id) {
  const auto status = engine_.job_status(id);
  if (status == "pending") return engine_.erase_pending(id);
  return status == "in_progress" && engine_.interrupt(id);
}

FakeHttpAnswer FakeRoutes::jobs(const FakeHttpRequest& request, const std::string& path) {
  if (request.method == "POST" && path == "/jobs/cancel") {
    const auto body = FakeJson::parse(request.body, nullptr, false);
    FakeJson cancelled = FakeJson::array();
    for (const auto& id : fake_get(body, "job_ids")) {
      if (id.is_string() && cancel(id.get<std::string>())) cancelled.push_back(id);
    }
    return fake_json_answer({{"cancelled", cancelled}});
  }
  if (!path.starts_with("/jobs/")) return fake_text_answer(404, "404: Not Found");
  auto id = path.substr(6);
  if (request.method == "POST" && id.ends_with("/cancel")) {
    id.resize(id.size() - 7);
    if (engine_.job_status(id).empty()) return fake_json_answer({{"error", "Job not found"}}, 404);
    return fake_json_answer({{"cancelled", cancel(id)}});
  }
  const auto status = engine_.job_status(id);
  if (status.empty()) return fake_json_answer({{"error", "Job not found"}}, 404);
  return fake_json_answer({{"id", id}, {"status", status}});
}

}  // namespace dgxp
