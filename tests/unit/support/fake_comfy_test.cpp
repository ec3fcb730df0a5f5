// The fake against recordings of the real one: for the same graph the same events, answers and
// history, word for word. Ids and times are replaced, pictures are compared by their kind.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/image/png_codec.hpp"
#include "tests/support/fake_comfy/fake_comfy.hpp"
#include "tests/support/fake_comfy/fake_json.hpp"
#include "tests/support/fake_http/plain_client.hpp"

namespace dgxp {
namespace {

constexpr auto kLimit = std::chrono::seconds(10);

std::string corpus(const std::string& name) {
  std::ifstream in(std::string(DGXP_SOURCE_DIR) + "/tests/corpus/comfyui/" + name);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<FakeJson> recorded_lines(const std::string& name) {
  std::vector<FakeJson> lines;
  const auto text = corpus(name);
  for (std::size_t from = 0; from < text.size();) {
    const auto end = text.find('\n', from);
    lines.push_back(FakeJson::parse(text.substr(from, end - from)));
    from = end + 1;
  }
  return lines;
}

/// Whatever differs from run to run, made equal.
FakeJson normal(FakeJson value, const std::string& id) {
  if (value.is_string() && value == id) return "ID";
  if (!value.is_structured()) return value;
  FakeJson out = value.is_object() ? FakeJson::object() : FakeJson::array();
  if (value.is_array()) {
    for (const auto& item : value) out.push_back(normal(item, id));
    return out;
  }
  for (const auto& [key, item] : value.items()) {
    if (key == "timestamp") {
      out[key] = item.is_number_integer() ? "TIME" : "no number";
    } else if (key == "sid") {
      out[key] = "SID";
    } else if (key == "traceback") {
      out[key] = item.is_array() ? "TRACE" : "no list";
    } else {
      out[key == id ? "ID" : key] = normal(item, id);
    }
  }
  return out;
}

std::string base64_decoded(const std::string& text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6U | static_cast<unsigned>(digits.find(c));
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xffU);
    }
  }
  return out;
}

/// "binary 1 1 jpeg": event, format and what the bytes really are.
std::string binary_kind(const std::string& frame) {
  if (frame.size() < 12) return "binary, short";
  const std::string magic = frame.substr(8, 4);
  const std::string kind = magic == "\x89PNG"                  ? "png"
                           : magic.starts_with("\xff\xd8\xff") ? "jpeg"
                                                               : "unknown";
  return "binary " + std::to_string(frame[3]) + " " + std::to_string(frame[7]) + " " + kind;
}

std::string recorded_message(const FakeJson& line, const std::string& id) {
  if (line["ws"] == "text") return fake_dump(normal(line["msg"], id));
  // The recording without a client kept no bytes; its pictures were previews like the others.
  if (!line.contains("head_b64")) return "binary 1 1 jpeg";
  return binary_kind(base64_decoded(line["head_b64"].get<std::string>()));
}

std::string heard_message(const PlainSocket::Message& message, const std::string& id) {
  if (message.kind == PlainSocket::Message::Kind::binary) return binary_kind(message.payload);
  return fake_dump(normal(FakeJson::parse(message.payload, nullptr, false), id));
}

/// One message a line, so that a failure shows them.
std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

struct Posted {
  int status = 0;
  FakeJson answer;
  std::string id;
};

Posted post(const FakeComfy& fake, const FakeJson& request) {
  const auto reply = plain_call(fake.port(), "POST", "/prompt", fake_dump(request));
  auto answer = FakeJson::parse(reply.body, nullptr, false);
  return {.status = reply.status, .answer = answer, .id = fake_text(answer, "prompt_id")};
}

FakeJson history(const FakeComfy& fake, const std::string& id) {
  return FakeJson::parse(plain_call(fake.port(), "GET", "/history/" + id).body);
}

/// Everything up to and with the message that says "over".
std::vector<std::string> hear_run(PlainSocket& socket, const std::string& id) {
  std::vector<std::string> heard;
  while (auto message = socket.next(kLimit)) {
    heard.push_back(heard_message(*message, id));
    if (heard.back() == R"({"type":"executing","data":{"node":null,"prompt_id":"ID"}})") {
      break;
    }
  }
  return heard;
}

/// A recording: what was posted, and what must come back.
struct Recording {
  FakeJson request;
  std::string answer;
  std::string client;
  std::vector<std::string> messages;
  std::string history;
};

Recording recording(const std::string& name) {
  Recording all;
  std::string id;
  for (const auto& line : recorded_lines(name)) {
    if (line.contains("ws")) {
      all.messages.push_back(recorded_message(line, id));
    } else if (line["http"] == "POST /prompt") {
      all.request = line["request"];
      all.client = fake_text(all.request, "client_id");
      id = fake_text(line["response"], "prompt_id");
      all.answer = line["status"].dump() + " " + fake_dump(normal(line["response"], id));
    } else {
      all.history = fake_dump(normal(line["response"], id));
    }
  }
  return all;
}

std::string answer_text(const Posted& posted) {
  return std::to_string(posted.status) + " " + fake_dump(normal(posted.answer, posted.id));
}

/// Posts what was posted, and compares all that comes back.
void replay(FakeComfy& fake, PlainSocket& socket, const std::string& name) {
  INFO(name);
  const auto wanted = recording(name);
  const auto posted = post(fake, wanted.request);
  CHECK(answer_text(posted) == wanted.answer);
  CHECK(joined(hear_run(socket, posted.id)) == joined(wanted.messages));
  CHECK(fake_dump(normal(history(fake, posted.id), posted.id)) == wanted.history);
}

FakeJson sampler_request(std::uint64_t seed) {
  auto request = recording("ksampler_preview_ev1.jsonl").request;
  request["prompt"]["3"]["inputs"]["seed"] = seed;
  return request;
}

}  // namespace

TEST_CASE("the fake tells fresh, cached, sampled and websocket runs as the recordings do") {
  FakeComfy fake;
  const auto client = recording("emptyimage_fresh.jsonl").client;
  PlainSocket socket(fake.port(), "/ws?clientId=" + client);
  REQUIRE(socket.is_open());
  replay(fake, socket, "emptyimage_fresh.jsonl");
  replay(fake, socket, "emptyimage_all_cached.jsonl");
  replay(fake, socket, "ksampler_preview_ev1.jsonl");
  const auto between = post(fake, sampler_request(2));  // the recordings lack this one
  hear_run(socket, between.id);
  replay(fake, socket, "saveimagewebsocket_ev1.jsonl");
  // It was interrupted in its third step.
  fake.inject({.kind = FakeFaultKind::stall, .step = 3});
  const auto wanted = recording("interrupted_mid_sampling.jsonl");
  const auto posted = post(fake, wanted.request);
  CHECK(answer_text(posted) == wanted.answer);
  std::vector<std::string> heard;
  while (heard.size() < 15) {
    const auto message = socket.next(kLimit);
    REQUIRE(message);
    heard.push_back(heard_message(*message, posted.id));
  }
  plain_call(fake.port(), "POST", "/interrupt", R"({"prompt_id": ")" + posted.id + R"("})");
  for (auto& message : hear_run(socket, posted.id)) heard.push_back(std::move(message));
  CHECK(joined(heard) == joined(wanted.messages));
  CHECK(fake_dump(normal(history(fake, posted.id), posted.id)) == wanted.history);
}

TEST_CASE("without a client id every socket hears progress and status, and nothing else") {
  FakeComfy fake;
  auto first = sampler_request(1);
  first.erase("client_id");
  post(fake, first);
  REQUIRE(fake.wait_until_idle(kLimit));
  PlainSocket socket(fake.port(), "/ws?clientId=");
  auto request = sampler_request(2);
  request.erase("client_id");
  const auto posted = post(fake, request);

  std::vector<std::string> wanted;
  std::string id;
  for (const auto& line : recorded_lines("no_client_id.jsonl")) {
    if (line.contains("ws") && line["ws"] == "text" && id.empty()) {
      id = fake_text(line["msg"]["data"], "prompt_id");
    }
  }
  for (const auto& line : recorded_lines("no_client_id.jsonl")) {
    if (line.contains("ws")) wanted.push_back(recorded_message(line, id));
  }
  std::vector<std::string> heard;
  while (heard.size() < wanted.size()) {
    const auto message = socket.next(kLimit);
    REQUIRE(message);
    heard.push_back(heard_message(*message, posted.id));
  }
  CHECK(joined(heard) == joined(wanted));
}

TEST_CASE("the fake rejects what was rejected, with the same words") {
  FakeComfy fake;
  for (const auto* name : {"reject_bad_link.jsonl", "reject_bad_missing_model.jsonl",
                           "reject_bad_node.jsonl", "reject_bad_seed.jsonl"}) {
    CAPTURE(name);
    const auto wanted = recording(name);
    CHECK(answer_text(post(fake, wanted.request)) == wanted.answer);
  }
  CHECK(fake.prompts().empty());
}

TEST_CASE("the fake's GET routes answer as recorded") {
  FakeComfy fake;
  plain_call(fake.port(), "POST", "/upload/image");
  const auto get = [&](const std::string& target) {
    return FakeJson::parse(plain_call(fake.port(), "GET", target).body);
  };
  const auto file = [](const std::string& name) { return FakeJson::parse(corpus(name)); };
  CHECK(get("/features") == file("GET_features.json"));
  CHECK(get("/api/models") == file("GET_models.json"));
  CHECK(get("/models/checkpoints") == file("GET_models_checkpoints.json"));
  CHECK(get("/models/loras") == file("GET_models_loras.json"));
  CHECK(get("/prompt") == file("GET_prompt.json"));
  CHECK(get("/queue") == file("GET_queue.json"));
  for (const std::string name :
       {"CheckpointLoaderSimple", "EmptyLatentImage", "KSampler", "LoraLoader", "SaveImage"}) {
    auto answer = get("/object_info/" + name);
    answer[name].erase("description");
    CHECK(fake_dump(answer) == fake_dump(file("GET_object_info_" + name + ".json")));
  }
  const auto stats = get("/system_stats");
  const auto wanted = file("GET_system_stats.json");
  CHECK(stats["system"]["comfyui_version"] == wanted["system"]["comfyui_version"]);
  CHECK(stats["devices"] == wanted["devices"]);
}

}  // namespace dgxp
