#include "core/exporters/json_text.hpp"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace dgxp;

TEST_CASE("json_string reads back as the same text, whatever its bytes below 0x80") {
  std::string text;
  for (char c = 0; c < 127; ++c) text += c;
  text += "\x7f\xc3\xa9";
  const auto read = nlohmann::json::parse(json_string(text));
  CHECK(read.get<std::string>() == text);
}

TEST_CASE("json_number is the shortest text that reads back") {
  CHECK(json_number(0.5) == "0.5");
  CHECK(json_number(1) == "1");
  CHECK(json_number(0) == "0");
  CHECK(json_number(-0.25) == "-0.25");
  CHECK(json_number(1.0 / 3) == "0.3333333333333333");
  for (int i = 0; i < 2000; ++i) {
    const double value = i / 97.0 - 7;
    CHECK(nlohmann::json::parse(json_number(value)).get<double>() == value);
  }
}

TEST_CASE("containers spread over lines say one thing a line") {
  CHECK(json_object_lines(JsonMembers{{"b", "1"}, {"a", json_strings({"x", "y"})}}, 0) ==
        "{\n  \"a\": [\"x\",\"y\"],\n  \"b\": 1\n}");
  CHECK(json_object_lines(JsonOrderedMembers{{"b", "1"}, {"a", "2"}}, 1) ==
        "{\n    \"b\": 1,\n    \"a\": 2\n  }");
  CHECK(json_array_lines({"1", "2"}, 0) == "[\n  1,\n  2\n]");
  CHECK(json_object_lines(JsonMembers{}, 3) == "{}");
  CHECK(json_array_lines({}, 3) == "[]");
}

}  // namespace
