#include "manifests/user_config.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

std::string error_of(std::string_view text) {
  const auto config = parse_user_config("config.yaml", as_bytes(text));
  if (config) return "";
  CHECK(config.error().kind == ErrorKind::manifest);
  return config.error().message + "\n" + config.error().hint;
}

TEST_CASE("a configuration names a worker or nothing") {
  CHECK(*parse_user_config("c", as_bytes("worker: tcp://127.0.0.1:5555\n"))->worker ==
        "tcp://127.0.0.1:5555");
  CHECK(*parse_user_config("c", as_bytes("worker: embedded\n"))->worker == "embedded");
  CHECK_FALSE(parse_user_config("c", as_bytes(""))->worker);
  CHECK_FALSE(parse_user_config("c", as_bytes("# later\n"))->worker);
}

TEST_CASE("a configuration tells what is wrong without repeating the line") {
  CHECK(error_of("worker: embeded\n") ==
        "config.yaml:1:9: 'worker' is neither 'embedded' nor an endpoint\n"
        "did you mean 'embedded'?; an endpoint looks like tcp://127.0.0.1:5555");
  CHECK(error_of("wroker: embedded\n") ==
        "config.yaml:1:1: unknown field 'wroker' in the configuration\n"
        "did you mean 'worker'?");
  CHECK(error_of("worker: //user:pass@host\n").find("pass") == std::string::npos);
}

}  // namespace
}  // namespace dgxp
