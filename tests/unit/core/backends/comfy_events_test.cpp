#include "core/backends/comfy_events.hpp"

#include <doctest/doctest.h>

using namespace dgxp;
using Kind = ComfyEvent::Kind;

namespace {

Bytes bytes_of(std::initializer_list<int> head, std::string_view tail = {}) {
  Bytes bytes;
  for (const int byte : head) bytes.push_back(static_cast<std::uint8_t>(byte));
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

const std::string kPng("\x89PNG\r\n\x1A\n....", 12);

}  // namespace

TEST_CASE("parse_comfy_event reads what a server sends during a run") {
  const auto status = parse_comfy_event(
      R"({"type":"status","data":{"status":{"exec_info":{"queue_remaining":3}},"sid":"x"}})");
  REQUIRE(status);
  CHECK(status->kind == Kind::status);
  CHECK(status->queue_remaining == 3);

  const auto cached = parse_comfy_event(
      R"({"type":"execution_cached","data":{"nodes":["4","6"],"prompt_id":"p","timestamp":1}})");
  REQUIRE(cached);
  CHECK(cached->kind == Kind::cached);
  CHECK(cached->prompt == "p");
  CHECK(cached->nodes == std::vector<std::string>{"4", "6"});

  const auto progress = parse_comfy_event(
      R"({"type":"progress","data":{"value":2,"max":4,"prompt_id":"p","node":"3"}})");
  REQUIRE(progress);
  CHECK(progress->kind == Kind::progress);
  CHECK(progress->node == "3");
  CHECK(progress->value == 2);
  CHECK(progress->max == 4);

  const auto state = parse_comfy_event(
      R"({"type":"progress_state","data":{"prompt_id":"p","nodes":{
          "4":{"value":1.0,"max":1.0,"state":"finished"},
          "3":{"value":2,"max":8,"state":"running"}}}})");
  REQUIRE(state);
  CHECK(state->kind == Kind::state);
  CHECK(state->nodes == std::vector<std::string>{"4"});
  CHECK(state->node == "3");
  CHECK(state->max == 8);

  const auto over =
      parse_comfy_event(R"({"type":"executing","data":{"node":null,"prompt_id":"p"}})");
  REQUIRE(over);
  CHECK(over->kind == Kind::executing);
  CHECK(over->node.empty());

  CHECK(parse_comfy_event(R"({"type":"execution_success","data":{"prompt_id":"p"}})")->kind ==
        Kind::success);
  CHECK(parse_comfy_event(R"({"type":"execution_interrupted","data":{"prompt_id":"p"}})")->kind ==
        Kind::interrupted);
  const auto error = parse_comfy_event(
      R"({"type":"execution_error","data":{"prompt_id":"p","node_id":"3","traceback":["a"]}})");
  REQUIRE(error);
  CHECK(error->kind == Kind::error);
  CHECK(error->node == "3");
}

TEST_CASE("R17: unknown events, null outputs, odd types and rubbish harm nobody") {
  CHECK(parse_comfy_event(R"({"type":"crystools.monitor","data":[1]})")->kind == Kind::unknown);
  CHECK(parse_comfy_event(
            R"({"type":"executed","data":{"node":"9","output":null,"prompt_id":"p","new":1}})")
            ->kind == Kind::executed);
  const auto odd = parse_comfy_event(
      R"({"type":"progress","data":{"value":"2","max":null,"prompt_id":7,"node":["3"]}})");
  REQUIRE(odd);
  CHECK(odd->max == 0);
  CHECK(odd->prompt.empty());
  CHECK(parse_comfy_event(R"({"type":"progress_state","data":{"nodes":[1,2]}})"));
  for (const char* bad : {"", "{", "null", "[]", "7", R"({"data":{}})", R"({"type":1,"data":{}})",
                          R"({"type":"status"})", R"({"type":"status","data":[]})", "\xFF\xFE"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_comfy_event(bad));
  }
  CHECK_FALSE(parse_comfy_event(std::string(100'000, '[')));
  CHECK_FALSE(
      parse_comfy_event(R"({"type":"status","data":)" + std::string(5U << 20U, ' ') + "{}}"));
}

TEST_CASE("R21: binary frames 1, 3 and 4 are read") {
  const Bytes plain = bytes_of({0, 0, 0, 1, 0, 0, 0, 2}, kPng);
  const auto image = parse_comfy_frame(plain);
  REQUIRE(image);
  CHECK(image->kind == ComfyFrame::Kind::image);
  CHECK(image->format == ComfyFrame::Format::png);
  CHECK(as_text(image->content) == kPng);
  CHECK(image->prompt.empty());

  const Bytes words = bytes_of({0, 0, 0, 3, 0, 0, 0, 2}, "12hello");
  const auto text = parse_comfy_frame(words);
  REQUIRE(text);
  CHECK(text->kind == ComfyFrame::Kind::text);
  CHECK(text->node == "12");
  CHECK(as_text(text->content) == "hello");

  const std::string metadata = R"({"node_id":"3","prompt_id":"p","image_type":"image/jpeg"})";
  const Bytes labelled = bytes_of({0, 0, 0, 4, 0, 0, 0, static_cast<int>(metadata.size())},
                                  metadata + "\xFF\xD8\xFF\xE0");
  const auto preview = parse_comfy_frame(labelled);
  REQUIRE(preview);
  CHECK(preview->format == ComfyFrame::Format::jpeg);
  CHECK(preview->prompt == "p");
  CHECK(preview->node == "3");
  CHECK(preview->content.size() == 4);
}

TEST_CASE("R21: a binary frame that is too short for what it says is nothing") {
  CHECK(parse_comfy_frame(bytes_of({0, 0, 0, 99}, "x"))->kind == ComfyFrame::Kind::unknown);
  CHECK_FALSE(parse_comfy_frame({}));
  CHECK_FALSE(parse_comfy_frame(bytes_of({0, 0, 1})));
  CHECK_FALSE(parse_comfy_frame(bytes_of({0, 0, 0, 1, 0, 0})));
  CHECK_FALSE(parse_comfy_frame(bytes_of({0, 0, 0, 3, 0, 0, 0, 9}, "short")));
  CHECK_FALSE(parse_comfy_frame(bytes_of({0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF}, "{}")));
  CHECK_FALSE(parse_comfy_frame(bytes_of({0, 0, 0, 4, 0, 0, 0, 2}, "{[")));
  const auto relabelled = parse_comfy_frame(bytes_of({0, 0, 0, 1, 0, 0, 0, 2}, "\xFF\xD8\xFF"));
  REQUIRE(relabelled);
  CHECK(relabelled->format == ComfyFrame::Format::jpeg);
}
