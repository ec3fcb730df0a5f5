// What the fake does when it is told to misbehave: a test that relies on a fault must not pass
// because the fault never came.
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "core/image/png_codec.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/fake_comfy/fake_json.hpp"
#include "tests/support/fake_comfy/fake_picture.hpp"
#include "tests/support/fake_http/plain_client.hpp"

namespace dgxp {
namespace {

using Kind = FakeFaultKind;
using namespace std::chrono_literals;

constexpr auto kWait = std::chrono::seconds(10);
const std::string kId = "0d9bd9b1-0000-4000-8000-00000000000";

FakeJson sampler_graph(int seed) {
  return FakeJson::parse(R"({
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "tiny_sd15.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 48, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "knight", "clip": ["4", 1]}},
    "3": {"class_type": "KSampler", "inputs": {"seed": )" +
                         std::to_string(seed) + R"(, "steps": 3, "cfg": 7.0,
      "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": ["4", 0],
      "positive": ["6", 0], "negative": ["6", 0], "latent_image": ["5", 0]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "f/k"}}})");
}

/// Posts prompts to a fake and looks at their ends.
class Client {
 public:
  explicit Client(FakeComfyOptions options = {}) : fake(std::move(options)) {}
  PlainReply call(const std::string& method, const std::string& target, const FakeJson& body = {}) {
    return plain_call(fake.port(), method, target, body.is_null() ? "" : fake_dump(body), {}, 5s);
  }
  PlainReply post() {
    ++number;
    return call("POST", "/prompt",
                {{"prompt", sampler_graph(number)}, {"prompt_id", id()}, {"client_id", "c"}});
  }
  std::string id() const { return kId + std::to_string(number); }
  FakeJson end() {
    REQUIRE(fake.wait_until_idle(kWait));
    return fake_get(FakeJson::parse(call("GET", "/history/" + id()).body), id());
  }
  std::string status() { return fake_text(fake_get(end(), "status"), "status_str"); }
  PlainReply picture() {
    const auto file = end()["outputs"]["9"]["images"][0];
    return call("GET", "/view?type=output&subfolder=" + fake_text(file, "subfolder") +
                           "&filename=" + fake_text(file, "filename"));
  }
  FakeComfy fake;
  int number = 0;
};

/// The types of all messages until the socket falls silent or "over" comes.
std::string events(PlainSocket& socket, std::chrono::milliseconds silence = 300ms) {
  std::string types;
  while (const auto message = socket.next(silence)) {
    if (message->kind == PlainSocket::Message::Kind::close) return types + "CLOSED";
    if (message->kind != PlainSocket::Message::Kind::text) continue;
    const auto event = FakeJson::parse(message->payload, nullptr, false);
    const auto type = fake_text(event, "type");
    types += type + " ";
    if (type == "executing" && fake_get(fake_get(event, "data"), "node").is_null()) break;
  }
  return types;
}

bool until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kWait;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("HTTP faults replace or bend an answer, as often as was asked, on their route only") {
  Client client;
  client.fake.inject({.kind = Kind::http_status, .count = 2, .path = "/queue", .status = 503});
  CHECK(client.call("GET", "/prompt").status == 200);
  CHECK(client.call("GET", "/queue").status == 503);
  CHECK(client.call("GET", "/api/queue").status == 503);
  CHECK(client.call("GET", "/queue").status == 200);
  client.fake.inject({.kind = Kind::http_html, .status = 502});
  CHECK(client.call("GET", "/queue").body.starts_with("<html>"));
  client.fake.inject({.kind = Kind::http_reset});
  CHECK(client.call("GET", "/queue").status == 0);
  client.fake.inject({.kind = Kind::http_cut});
  CHECK(client.call("GET", "/queue").status == 0);
  client.fake.inject({.kind = Kind::http_garbage});
  CHECK(FakeJson::parse(client.call("GET", "/queue").body, nullptr, false).is_discarded());
  client.fake.inject({.kind = Kind::http_never});
  CHECK(plain_call(client.fake.port(), "GET", "/queue", "", {}, 100ms).status == 0);
  CHECK(client.call("GET", "/queue").status == 200);
}

TEST_CASE("a run that fails says so in history, and the next one is well") {
  Client client;
  for (const auto kind : {Kind::out_of_memory, Kind::execution_error}) {
    client.fake.inject({.kind = kind});
    client.post();
    CHECK(client.status() == "error");
    client.post();
    CHECK(client.status() == "success");
  }
  client.fake.inject({.kind = Kind::execution_blocked});
  PlainSocket socket(client.fake.port(), "/ws?clientId=c");
  client.post();
  CHECK(holds(events(socket), "execution_error"));
  CHECK(client.status() == "success");
}

TEST_CASE("pictures can be of another size, broken, missing, or not be listed") {
  Client client;
  const auto size = [&] {
    const auto image = decode_png(as_bytes(client.picture().body));
    return image ? image->size : Size{};
  };
  client.post();
  CHECK(size() == Size{64, 48});
  client.fake.inject({.kind = Kind::other_size, .size = {32, 16}});
  client.post();
  CHECK(size() == Size{32, 16});
  for (const auto kind : {Kind::unreadable_image, Kind::truncated_image}) {
    client.fake.inject({.kind = kind});
    client.post();
    CHECK(size() == Size{});
  }
  client.fake.inject({.kind = Kind::view_missing});
  client.post();
  CHECK(client.picture().status == 404);
  client.fake.inject({.kind = Kind::no_images});
  client.post();
  CHECK(client.end()["outputs"]["9"]["images"].empty());
}

TEST_CASE("a prompt can be lost, answered under another name, or never run") {
  Client client;
  client.fake.inject({.kind = Kind::prompt_lost});
  client.post();
  CHECK(client.end().is_null());
  client.fake.inject({.kind = Kind::wrong_prompt_id});
  CHECK(!holds(client.post().body, client.id()));
  client.fake.inject({.kind = Kind::node_errors_in_200});
  CHECK(holds(client.post().body, "required_input_missing"));
  CHECK(client.status() == "success");
  client.fake.inject({.kind = Kind::worker_dead});
  client.post();
  const auto queue = FakeJson::parse(client.call("GET", "/queue").body);
  CHECK(queue["queue_running"].empty());
  CHECK(queue["queue_pending"].size() == 1);
  client.fake.restart();
  CHECK(client.call("GET", "/history").body == "{}");
  client.post();
  CHECK(client.status() == "success");
}

TEST_CASE("one id under one number twice ends the prompt thread, as it does there") {
  Client client;
  client.fake.inject({.kind = Kind::stall});
  client.post();  // so that the next two wait
  const FakeJson body = {{"prompt", sampler_graph(7)}, {"prompt_id", "twice"}, {"number", 5}};
  CHECK(client.call("POST", "/prompt", body).status == 200);
  CHECK(client.call("POST", "/prompt", body).status == 500);
  client.fake.release_stalled();
  CHECK(!client.fake.wait_until_idle(100ms));
}

TEST_CASE("sockets can be refused, closed, silenced, noisy and in pieces") {
  Client client;
  client.fake.inject({.kind = Kind::ws_refused, .status = 503});
  CHECK(PlainSocket(client.fake.port(), "/ws?clientId=c").status() == 503);
  {
    PlainSocket socket(client.fake.port(), "/ws?clientId=c");
    client.fake.inject({.kind = Kind::ws_closed, .event = "progress", .status = 1011});
    client.post();
    CHECK(events(socket).ends_with("CLOSED"));
    CHECK(client.status() == "success");
  }
  PlainSocket socket(client.fake.port(), "/ws?clientId=c");
  client.fake.inject({.kind = Kind::ws_silent, .event = "execution_success"});
  client.post();
  const auto silenced = events(socket);
  CHECK(holds(silenced, "executed"));
  CHECK(!holds(silenced, "execution_success"));
  client.fake.inject({.kind = Kind::ws_noise});
  client.post();
  CHECK(holds(events(socket), "crystools.monitor"));
  client.fake.inject({.kind = Kind::ws_fragments});
  client.post();
  CHECK(holds(events(socket), "execution_success"));
  CHECK(socket.pings() > 10);
}

TEST_CASE("when an older socket of a client ends, its newer one hears nothing more") {
  Client client;
  auto older = std::make_unique<PlainSocket>(client.fake.port(), "/ws?clientId=c");
  PlainSocket newer(client.fake.port(), "/ws?clientId=c");
  events(newer, 100ms);
  older.reset();
  REQUIRE(until([&] { return client.fake.sockets() == 1; }));
  client.post();
  CHECK(client.status() == "success");
  CHECK(events(newer, 100ms) == "");
}

TEST_CASE("a server of 0.38 wants UUIDs and cancels jobs by name") {
  Client client({.version = "0.38.1"});
  CHECK(
      holds(client.call("POST", "/prompt", {{"prompt", sampler_graph(1)}, {"prompt_id", "a"}}).body,
            "invalid_prompt_id"));
  client.fake.inject({.kind = Kind::stall});
  client.post();
  const auto job = "/api/jobs/" + client.id();
  REQUIRE(until([&] { return holds(client.call("GET", job).body, "in_progress"); }));
  CHECK(client.call("POST", job + "/cancel").body == R"({"cancelled":true})");
  REQUIRE(client.fake.wait_until_idle(kWait));
  CHECK(holds(client.call("GET", job).body, "cancelled"));
  CHECK(client.call("GET", "/jobs/" + client.id()).status == 404);
  CHECK(Client().call("GET", "/api/jobs/x").status == 404);
}

}  // namespace dgxp
