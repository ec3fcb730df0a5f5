// `dgxp-worker`: dgxp with an HTTP client.
#include "cli/run_main.hpp"
#include "cli/worker/object_info.hpp"
#include "cli/worker/serve.hpp"

int main(int count, char** values) {
  constexpr dgxp::HttpVerbs kVerbs{.worker = &dgxp::run_worker_command,
                                   .ask_comfy = &dgxp::ask_comfy};
  return dgxp::run_main(count, values, &kVerbs);
}
