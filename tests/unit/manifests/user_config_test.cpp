#include "manifests/user_config.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

std::string worker_of(std::string_view text) {
  const auto config = parse_user_config("config.yaml", as_bytes(text));
  REQUIRE_MESSAGE(config, config.error().message);
  return config->worker ? config->worker->address : "none";
}

std::string error_of(std::string_view text) {
  const auto config = parse_user_config("config.yaml", as_bytes(text));
  if (config) return "";
  CHECK(config.error().kind == ErrorKind::manifest);
  return config.error().message + "\n" + config.error().hint;
}

TEST_CASE("a configuration names a worker or nothing") {
  CHECK(worker_of("worker: tcp://127.0.0.1:5555\n") == "tcp://127.0.0.1:5555");
  CHECK(worker_of("worker: \"ipc:///run/dgxp\"\n") == "ipc:///run/dgxp");
  CHECK(worker_of("worker: embedded\n") == "embedded");
  CHECK(worker_of("") == "none");
  CHECK(worker_of("# later\n") == "none");
  CHECK(worker_of("{}\n") == "none");
  CHECK(parse_user_config("config.yaml", as_bytes("worker_folder: /mnt/out\n"))->worker_folder ==
        "/mnt/out");
}

TEST_CASE("a configuration may say more of a worker than where it is") {
  const auto config = parse_user_config(
      "config.yaml",
      as_bytes("worker:\n  address: tcp://box.lan:5555\n  updates: tcp://box.lan:7000\n"
               "  server_key: box.pub\n  key: ~/me.key\n"));
  REQUIRE_MESSAGE(config, config.error().message);
  CHECK(*config->worker == WorkerEntry{.address = "tcp://box.lan:5555",
                                       .updates = "tcp://box.lan:7000",
                                       .server_key = "box.pub",
                                       .key = "~/me.key"});
  CHECK(error_of("worker: { updates: tcp://a:1 }\n") ==
        "config.yaml:1:1: worker has no 'address'\nadd 'address: embedded'");
  CHECK(error_of("worker: { address: embeded }\n")
            .starts_with("config.yaml:1:20: 'address' is neither 'embedded' nor an endpoint\n"));
  CHECK(error_of("worker: { address: ipc://x, key: a.key }\n") ==
        "config.yaml:1:1: 'server_key' and 'key' of 'worker' belong together\n"
        "`dgxp worker keygen` makes a key");
  CHECK(error_of("worker: { address: ipc://x, password: hush }\n") ==
        "config.yaml:1:29: unknown field 'password' in worker\n"
        "known are 'address', 'updates', 'server_key', 'key'");
}

TEST_CASE("a configuration tells what is wrong without repeating the line") {
  CHECK(error_of("worker: embeded\n") ==
        "config.yaml:1:9: 'worker' is neither 'embedded' nor an endpoint\n"
        "did you mean 'embedded'?; an endpoint looks like tcp://127.0.0.1:5555");
  CHECK(error_of("wroker: embedded\n") ==
        "config.yaml:1:1: unknown field 'wroker' in the configuration\n"
        "did you mean 'worker'?");
  CHECK(error_of("token: abc\n") ==
        "config.yaml:1:1: unknown field 'token' in the configuration\n"
        "known are 'worker', 'worker_folder'");
  CHECK(error_of("worker:\n") ==
        "config.yaml:1:1: 'worker' has no value\n"
        "write a value, for example embedded");
  CHECK(error_of("- worker\n") ==
        "config.yaml:1:1: the configuration is a list, not a map\n"
        "begin with 'worker: embedded'");
  CHECK(error_of("worker: tcp://\n").starts_with("config.yaml:1:9: 'worker' is neither"));
  CHECK(error_of("worker: //user:secret@host\n").find("secret") == std::string::npos);
  CHECK(error_of("worker: [tcp://user:secret@host\n").find("secret") == std::string::npos);
  CHECK(error_of("worker: &a tcp://user:secret@host\n").find("secret") == std::string::npos);
}

}  // namespace
}  // namespace dgxp
