#include "manifests/worker_config.hpp"

#include <doctest/doctest.h>

namespace dgxp {
namespace {

std::string error_of(std::string_view text) {
  const auto config = parse_worker_config("worker.yaml", as_bytes(text));
  if (config) return "";
  CHECK(config.error().kind == ErrorKind::manifest);
  return config.error().message + "\n" + config.error().hint;
}

TEST_CASE("a worker's configuration says everything that its options say") {
  const auto config = parse_worker_config("worker.yaml", as_bytes(R"(
listen: tcp://0.0.0.0:5555
publish: tcp://0.0.0.0:7000
pub_framing: topic
backend: comfy
urls: [http://127.0.0.1:8188, https://gpu.lan/comfy]
slots: 2
header_file: /etc/dgxp/headers
state: /var/lib/dgxp
key: /etc/dgxp/worker.key
allow: /etc/dgxp/clients
insecure: false
metrics: 127.0.0.1:9400
)"));
  REQUIRE_MESSAGE(config, config.error().message);
  CHECK(*config == WorkerConfig{.listen = "tcp://0.0.0.0:5555",
                                .publish = "tcp://0.0.0.0:7000",
                                .pub_framing = "topic",
                                .backend = "comfy",
                                .urls = {"http://127.0.0.1:8188", "https://gpu.lan/comfy"},
                                .slots = 2,
                                .header_file = "/etc/dgxp/headers",
                                .state = "/var/lib/dgxp",
                                .key = "/etc/dgxp/worker.key",
                                .allow = "/etc/dgxp/clients",
                                .insecure = false,
                                .metrics = "127.0.0.1:9400"});
  const auto nothing = parse_worker_config("worker.yaml", as_bytes("# nothing yet\n"));
  REQUIRE(nothing);
  CHECK(*nothing == WorkerConfig{});
}

TEST_CASE("what the command line says goes before the file") {
  const WorkerConfig flags{.listen = "ipc://a", .urls = {"http://x"}};
  const WorkerConfig file{
      .listen = "ipc://b", .backend = "comfy", .urls = {"http://y"}, .slots = 3, .insecure = true};
  CHECK(merge_worker_configs(flags, file) == WorkerConfig{.listen = "ipc://a",
                                                          .backend = "comfy",
                                                          .urls = {"http://x"},
                                                          .slots = 3,
                                                          .insecure = true});
}

TEST_CASE("a worker's configuration tells what is wrong without repeating the line") {
  CHECK(error_of("backend: comfi\n") ==
        "worker.yaml:1:10: 'backend' cannot be 'comfi'\ndid you mean 'comfy'?");
  CHECK(error_of("lisen: ipc://x\n") ==
        "worker.yaml:1:1: unknown field 'lisen' in the configuration\ndid you mean 'listen'?");
  CHECK(error_of("url: http://u:secret@x\n") ==
        "worker.yaml:1:1: unknown field 'url' in the configuration\ndid you mean 'urls'?");
  CHECK(error_of("token: secret\n") ==
        "worker.yaml:1:1: unknown field 'token' in the configuration\ndelete it");
  CHECK(error_of("slots: 0\n").starts_with("worker.yaml:1:8: 'slots' "));
  CHECK(error_of("urls: http://u:secret@x\n").find("secret") == std::string::npos);
  CHECK(error_of("urls: [{a: secret}]\n").find("secret") == std::string::npos);
  CHECK_FALSE(error_of("urls: http://u:secret@x\n").empty());
}

}  // namespace
}  // namespace dgxp
