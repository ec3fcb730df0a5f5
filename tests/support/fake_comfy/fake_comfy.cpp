#include "tests/support/fake_comfy/fake_comfy.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/support/fake_comfy/fake_routes.hpp"

namespace dgxp {

namespace {

std::string u32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xffU);
  return bytes;
}

/// Event 1, or event 4 for those that said they know it.
std::string picture_frame(const FakeOutgoing& outgoing, bool with_metadata) {
  if (!with_metadata) return u32(1) + u32(outgoing.png ? 2 : 1) + outgoing.picture;
  const auto metadata = fake_dump(outgoing.data);
  return u32(4) + u32(static_cast<std::uint32_t>(metadata.size())) + metadata + outgoing.picture;
}

}  // namespace

class FakeComfy::Server {
 public:
  explicit Server(FakeComfyOptions given)
      : options_(std::move(given)),
        engine_(
            options_, faults_,
            {.send = [this](FakeOutgoing outgoing) { send(outgoing); },
             .close = [this](const std::string& client, int code) { close_client(client, code); }}),
        routes_(options_, engine_, faults_) {
    FakeHttpHandlers handlers;
    handlers.answer = [this](const FakeHttpRequest& request, const FakeReply& reply) {
      answer(request, reply);
    };
    handlers.plan_socket = [this](const FakeHttpRequest& request) { return plan(request); };
    handlers.socket_opened = [this](FakeSocketId socket, const FakeHttpRequest& request) {
      opened(socket, request);
    };
    handlers.socket_text = [this](FakeSocketId socket, const std::string& text) {
      heard(socket, text);
    };
    handlers.socket_closed = [this](FakeSocketId socket) { closed(socket); };
    http_ =
        std::make_unique<FakeHttpServer>(std::move(handlers), options_.max_upload, options_.port);
    {
      const std::scoped_lock lock(mutex_);
      ready_ = true;
    }
  }
  ~Server() {
    if (restarter_.joinable()) restarter_.join();
    {
      const std::scoped_lock lock(mutex_);
      ready_ = false;
    }
    http_.reset();
  }

  FakeComfyOptions options_;
  FakeFaultBox faults_;
  mutable std::mutex mutex_;
  std::vector<FakeRecord> records_;
  std::map<std::string, FakeSocketId> by_client_;
  std::map<FakeSocketId, std::string> client_of_;
  std::map<FakeSocketId, bool> spoke_;          ///< whether its first text is over
  std::map<std::string, bool> wants_metadata_;  ///< by client
  bool ready_ = false;
  std::unique_ptr<FakeHttpServer> http_;
  std::thread restarter_;
  FakeEngine engine_;  ///< after what it talks to: its thread ends first
  FakeRoutes routes_;

  void add_foreign(int count, std::uint64_t steps) {
    for (int i = 0; i < count; ++i) {
      FakeQueued prompt{.id = fake_uuid(), .graph = foreign_graph(steps), .outputs = {"7"}};
      prompt.extra = FakeJson::object();
      engine_.enqueue(std::move(prompt), nullptr, false);
    }
  }
  void restart() {
    http_->go_down();
    engine_.restart();
    http_->come_back();
  }
  std::size_t sockets() const {
    const std::scoped_lock lock(mutex_);
    return client_of_.size();
  }

 private:
  static FakeJson foreign_graph(std::uint64_t steps) {
    static std::atomic<std::uint64_t> seed = 1000000;
    const auto node = [](const char* type, const FakeJson& inputs) {
      return FakeJson{{"class_type", type}, {"inputs", inputs}};
    };
    return {{"1", node("CheckpointLoaderSimple", {{"ckpt_name", "tiny_sd15.safetensors"}})},
            {"2", node("CLIPTextEncode", {{"text", "foreign"}, {"clip", {"1", 1}}})},
            {"4", node("EmptyLatentImage", {{"width", 64}, {"height", 64}, {"batch_size", 1}})},
            {"5", node("KSampler", {{"seed", ++seed},
                                    {"steps", steps},
                                    {"cfg", 7.0},
                                    {"sampler_name", "euler"},
                                    {"scheduler", "normal"},
                                    {"denoise", 1.0},
                                    {"model", {"1", 0}},
                                    {"positive", {"2", 0}},
                                    {"negative", {"2", 0}},
                                    {"latent_image", {"4", 0}}})},
            {"6", node("VAEDecode", {{"samples", {"5", 0}}, {"vae", {"1", 2}}})},
            {"7", node("SaveImage", {{"images", {"6", 0}}, {"filename_prefix", "foreign"}})}};
  }

  // --- HTTP

  void answer(const FakeHttpRequest& request, const FakeReply& reply) {
    if (request.path.starts_with("/fake/")) return reply(control(request));
    const bool below_api = request.path.starts_with("/api/");
    const auto path = below_api ? request.path.substr(4) : request.path;
    record(request, path);
    if (is_foreign_origin(request)) {
      return reply({.status = 403, .type = "application/octet-stream"});
    }
    const auto fault = faults_.take_http(path);
    auto answer = fake_fault_answer(fault);
    if (!answer) answer = routes_.answer(request, path, below_api);
    fake_bend(*answer, fault);
    reply(*answer);
  }
  void record(const FakeHttpRequest& request, const std::string& path) {
    FakeRecord record{
        .method = request.method, .path = path, .headers = request.headers, .body = request.body};
    for (const auto& [name, value] : request.query) {
      record.query += (record.query.empty() ? "" : "&") + name + "=" + value;
    }
    const std::scoped_lock lock(mutex_);
    records_.push_back(std::move(record));
  }
  /// A page of another site must not drive a server on this machine.
  static bool is_foreign_origin(const FakeHttpRequest& request) {
    const auto origin = request.headers.find("origin");
    const auto host = request.headers.find("host");
    if (origin == request.headers.end() || host == request.headers.end()) return false;
    return !origin->second.ends_with("//" + host->second);
  }

  /// For tests of whole programs: faults, restarts, and what was asked.
  FakeHttpAnswer control(const FakeHttpRequest& request) {
    const auto body = FakeJson::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
    const auto number = [&](const char* key, int otherwise) {
      const auto value = fake_get(body, key);
      return value.is_number() ? value.get<int>() : otherwise;
    };
    if (request.path == "/fake/faults" && request.method == "POST") {
      const auto fault = parse_fault(body);
      if (!fault) return fake_text_answer(400, "unknown fault");
      faults_.add(*fault);
    } else if (request.path == "/fake/faults" && request.method == "DELETE") {
      faults_.clear();
    } else if (request.path == "/fake/requests") {
      return fake_json_answer(records_json());
    } else if (request.path == "/fake/prompts") {
      return fake_json_answer(prompts_json());
    } else if (request.path == "/fake/drawings") {
      return fake_json_answer(engine_.drawings().size());
    } else if (request.path == "/fake/release") {
      engine_.release_stalled();
    } else if (request.path == "/fake/pace") {
      engine_.set_pace(std::chrono::milliseconds(number("node_ms", 0)),
                       std::chrono::milliseconds(number("step_ms", 0)));
    } else if (request.path == "/fake/foreign") {
      add_foreign(number("count", 1), static_cast<std::uint64_t>(number("steps", 4)));
    } else if (request.path == "/fake/restart") {
      restart_later(std::chrono::milliseconds(number("down_ms", 0)));
    } else {
      return fake_text_answer(404, "no such control");
    }
    return fake_json_answer(FakeJson::object());
  }
  /// On a thread of its own: this one answers first, and the server's thread must not wait for
  /// itself.
  void restart_later(std::chrono::milliseconds down) {
    if (restarter_.joinable()) restarter_.join();
    restarter_ = std::thread([this, down] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the answer goes out
      http_->go_down();
      engine_.restart();
      std::this_thread::sleep_for(down);
      http_->come_back();
    });
  }
  FakeJson records_json() const {
    FakeJson all = FakeJson::array();
    const std::scoped_lock lock(mutex_);
    for (const auto& record : records_) {
      all.push_back({{"method", record.method},
                     {"path", record.path},
                     {"query", record.query},
                     {"headers", record.headers},
                     {"body", record.body}});
    }
    return all;
  }
  FakeJson prompts_json() const {
    FakeJson all = FakeJson::array();
    for (const auto& prompt : routes_.prompts()) {
      all.push_back({{"id", prompt.id},
                     {"client_id", prompt.client_id},
                     {"graph", FakeJson::parse(prompt.graph)}});
    }
    return all;
  }

  // --- sockets

  FakeSocketPlan plan(const FakeHttpRequest& request) {
    const bool below_api = request.path.starts_with("/api/");
    const auto path = below_api ? request.path.substr(4) : request.path;
    record(request, path);
    if (path != "/ws") return {.refusal = fake_text_answer(404, "404: Not Found")};
    if (is_foreign_origin(request)) return {.refusal = fake_text_answer(403, "403: Forbidden")};
    if (const auto fault = faults_.take(FakeFaultKind::ws_refused)) {
      return {.refusal = fake_text_answer(fault->status, "no sockets here")};
    }
    return {.deaf = faults_.take(FakeFaultKind::ws_deaf).has_value()};
  }
  void opened(FakeSocketId socket, const FakeHttpRequest& request) {
    const auto asked = request.query.find("clientId");
    const bool named = asked != request.query.end() && !asked->second.empty();
    const auto client = named ? asked->second : fake_uuid();
    {
      const std::scoped_lock lock(mutex_);
      by_client_[client] = socket;  // an older socket of the same client hears nothing more
      client_of_[socket] = client;
      wants_metadata_.erase(client);
    }
    const FakeJson info = {{"exec_info", {{"queue_remaining", engine_.remaining()}}}};
    send({.client_id = client, .type = "status", .data = {{"status", info}, {"sid", client}}});
    const auto node = engine_.running_node(client);
    if (!node.empty()) {
      send({.client_id = client, .type = "executing", .data = {{"node", node}}});
    }
  }
  /// As the real one does it, when an older socket ends its newer heir goes silent with it.
  void closed(FakeSocketId socket) {
    const std::scoped_lock lock(mutex_);
    by_client_.erase(client_of_[socket]);
    client_of_.erase(socket);
    spoke_.erase(socket);
  }
  void heard(FakeSocketId socket, const std::string& text) {
    std::string client;
    {
      const std::scoped_lock lock(mutex_);
      if (std::exchange(spoke_[socket], true)) return;  // only the first text counts
      client = client_of_[socket];
      const auto message = FakeJson::parse(text, nullptr, false);
      if (fake_text(message, "type") != "feature_flags") return;
      wants_metadata_[client] =
          fake_get(fake_get(message, "data"), "supports_preview_metadata") == true;
    }
    send({.client_id = client,
          .type = "feature_flags",
          .data = {{"supports_preview_metadata", true}, {"max_upload_size", options_.max_upload}}});
  }

  void send(const FakeOutgoing& outgoing) {
    const std::scoped_lock lock(mutex_);
    if (!ready_) return;
    for (const auto& [client, socket] : by_client_) {
      if (!outgoing.client_id.empty() && outgoing.client_id != client) continue;
      if (outgoing.noisy) send_noise(socket);
      send_to(socket, client, outgoing);
    }
  }
  void send_to(FakeSocketId socket, const std::string& client, const FakeOutgoing& outgoing) {
    if (!outgoing.picture.empty()) {
      const auto found = wants_metadata_.find(client);
      const bool with_metadata = found != wants_metadata_.end() && found->second;
      return http_->send(socket, {.binary = true,
                                  .payload = picture_frame(outgoing, with_metadata),
                                  .fragmented = outgoing.fragmented});
    }
    auto data = outgoing.data;
    if (outgoing.noisy) data["of_the_future"] = {{"answer", 42}};
    http_->send(socket, {.payload = fake_dump({{"type", outgoing.type}, {"data", data}}),
                         .fragmented = outgoing.fragmented});
  }
  void send_noise(FakeSocketId socket) {
    const std::string texts[] = {R"({"type": "crystools.monitor", "data": {"cpu": 12.5}})",
                                 R"({"type": "executed", "data": null})", R"({"data": 7})",
                                 R"([1, 2)", R"("text")"};
    for (const auto& text : texts) http_->send(socket, {.payload = text});
    // An unknown event, an empty frame, a text for a node, and metadata that claims too much.
    for (const auto& frame :
         {u32(99) + "noise", std::string(), u32(3) + u32(1) + "9hello", u32(4) + u32(4000000000)}) {
      http_->send(socket, {.binary = true, .payload = frame});
    }
  }
  void close_client(const std::string& client, int code) {
    const std::scoped_lock lock(mutex_);
    if (!ready_) return;
    for (const auto& [name, socket] : by_client_) {
      if (client.empty() || name == client) {
        http_->close(socket, static_cast<std::uint16_t>(code));
      }
    }
  }
};

FakeComfy::FakeComfy(FakeComfyOptions options)
    : server_(std::make_unique<Server>(std::move(options))) {}

FakeComfy::~FakeComfy() = default;

std::string FakeComfy::url() const {
  return "http://127.0.0.1:" + std::to_string(port());
}
std::uint16_t FakeComfy::port() const {
  return server_->http_->port();
}
void FakeComfy::inject(FakeFault fault) {
  server_->faults_.add(std::move(fault));
}
void FakeComfy::clear_faults() {
  server_->faults_.clear();
}
void FakeComfy::release_stalled() {
  server_->engine_.release_stalled();
}
void FakeComfy::restart() {
  server_->restart();
}
void FakeComfy::go_down() {
  server_->http_->go_down();
}
void FakeComfy::come_back() {
  server_->http_->come_back();
}
void FakeComfy::add_foreign(int count, std::uint64_t steps) {
  server_->add_foreign(count, steps);
}
void FakeComfy::set_pace(std::chrono::milliseconds node_time, std::chrono::milliseconds step_time) {
  server_->engine_.set_pace(node_time, step_time);
}
std::vector<FakeRecord> FakeComfy::requests() const {
  const std::scoped_lock lock(server_->mutex_);
  return server_->records_;
}
std::vector<FakePrompt> FakeComfy::prompts() const {
  return server_->routes_.prompts();
}
std::string FakeComfy::picture_of(const std::string& prompt) const {
  const FakeJson history = server_->engine_.history(prompt);
  if (!history.contains(prompt)) return "";
  for (const FakeJson& output : history[prompt]["outputs"]) {
    for (const FakeJson& image : output.value("images", FakeJson::array())) {
      const std::string folder = image["subfolder"];
      const std::string name = image["filename"];
      const std::string path = folder.empty() ? name : folder + "/" + name;
      return server_->engine_.files().read(image["type"], path).value_or("");
    }
  }
  return "";
}

std::vector<FakeDrawing> FakeComfy::drawings() const {
  return server_->engine_.drawings();
}
std::size_t FakeComfy::sockets() const {
  return server_->sockets();
}
bool FakeComfy::wait_until_stalled(std::chrono::milliseconds limit) const {
  return server_->engine_.wait_until_stalled(limit);
}

bool FakeComfy::wait_until_idle(std::chrono::milliseconds limit) const {
  return server_->engine_.wait_until_idle(limit);
}

}  // namespace dgxp
