// The verb `worker`: a server of the wire protocol in front of something that draws.
#include "cli/worker/serve.hpp"

#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"
#include "core/worker/procedural_backend.hpp"
#include "core/worker/worker_server.hpp"

namespace dgxp {
namespace {

std::vector<std::shared_ptr<Backend>> make_backends(const WorkerArguments& arguments, int threads) {
  return {make_procedural_backend(arguments.slots > 0 ? arguments.slots : threads)};
}

/// Whoever started the worker waits for this line: it is out before anything else happens.
void announce(const WorkerServer& server, const WorkerArguments& arguments,
              const Terminal& terminal) {
  if (terminal.json()) {
    const nlohmann::ordered_json document = {{"requests", server.address()},
                                             {"updates", server.update_address()},
                                             {"backend", arguments.backend}};
    terminal.data(document.dump() + "\n");
  } else {
    terminal.line(fmt::format("listening at {}, updates at {}, backend {}", server.address(),
                              server.update_address(), arguments.backend));
  }
  static_cast<void>(terminal.finish());  // a closed stdout is no reason to end
}

void wait_for_stop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
}

}  // namespace

int run_worker_command(const Context& context, const WorkerArguments& arguments) {
  const Terminal& terminal = *context.terminal;
  const ServerOptions options{
      .address = arguments.listen,
      .updates = arguments.publish,
      .framing = arguments.framing == "topic" ? PubFraming::topic : PubFraming::body};
  const auto server = WorkerServer::start(options, make_backends(arguments, context.threads));
  if (!server) return fail(context, server.error());
  announce(**server, arguments, terminal);
  wait_for_stop(context.stop);
  return static_cast<int>(ExitStatus::interrupted);
}

}  // namespace dgxp
