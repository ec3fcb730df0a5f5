#include "core/worker/protocol_reference.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include <doctest/doctest.h>

#include "core/worker/protocol.hpp"

using namespace dgxp;

TEST_CASE("docs/protocol.md is what the tables of the protocol say") {
  const std::string path = std::string(DGXP_SOURCE_DIR) + "/docs/protocol.md";
  const std::string wanted = protocol_reference();
  if (std::getenv("DGXP_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << wanted;
  std::ifstream file(path);
  const std::string found{std::istreambuf_iterator<char>(file), {}};
  CHECK(found == wanted);
}

TEST_CASE("docs/protocol.md has a heading for every message and every part of one") {
  const std::string text = protocol_reference();
  std::set<std::string_view> messages;
  for (const FieldDescription& field : describe_protocol()) messages.insert(field.message);
  CHECK(messages.size() > 20);
  for (const std::string_view message : messages) {
    if (message.empty()) continue;
    CHECK_MESSAGE(text.find("\n### `" + std::string(message) + "`\n") != std::string::npos,
                  message);
  }
}
