// The verb `worker`: a server of the wire protocol in front of something that draws.
#include "cli/worker/serve.hpp"

#include <condition_variable>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"
#include "cli/key_files.hpp"
#include "core/store/project_store.hpp"
#include "core/worker/procedural_backend.hpp"
#include "core/worker/worker_server.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestConfig = 64U << 10U;

/// The options, and where they say nothing the file.
Result<WorkerConfig> read_config(const WorkerArguments& arguments) {
  if (arguments.config.empty()) return arguments.options;
  const auto text = read_plain_file(arguments.config, kLargestConfig);
  if (!text) return text.error();
  const auto file = parse_worker_config(arguments.config, *text);
  if (!file) return file.error();
  return merge_worker_configs(arguments.options, *file);
}

std::string backend_name(const WorkerConfig& config) {
  return config.backend.value_or("procedural");
}

Result<std::vector<std::shared_ptr<Backend>>> make_backends(const WorkerConfig& config,
                                                            int threads) {
  std::vector<std::shared_ptr<Backend>> backends;
  if (backend_name(config) != "procedural") {
    return Error{ErrorKind::usage, fmt::format("there is no backend '{}'", backend_name(config))};
  }
  backends.push_back(make_procedural_backend(config.slots.value_or(threads)));
  return backends;
}

Result<std::optional<CurveGuard>> make_guard(const WorkerConfig& config) {
  if (!config.key && !config.allow) return std::optional<CurveGuard>();
  if (!config.key || !config.allow) {
    return Error{ErrorKind::usage, "a worker with keys needs its own and those of its clients",
                 "give both --key and --allow; `dgxp worker keygen` makes keys"};
  }
  auto keys = load_secret_key(*config.key);
  if (!keys) return keys.error();
  auto allowed = load_public_keys(*config.allow);
  if (!allowed) return allowed.error();
  return std::optional(CurveGuard{*std::move(keys), *std::move(allowed)});
}

Result<ServerOptions> make_options(const WorkerConfig& config) {
  auto guard = make_guard(config);
  if (!guard) return guard.error();
  ServerOptions options;
  options.address = config.listen.value_or(options.address);
  options.updates = config.publish.value_or("");
  options.framing = config.pub_framing == "topic" ? PubFraming::topic : PubFraming::body;
  if (config.insecure.value_or(false)) options.remote_peers = RemotePeers::allow;
  options.guard = *std::move(guard);
  return options;
}

/// Whoever started the worker waits for this line: it is out before anything else happens.
void announce(const WorkerServer& server, const std::string& backend, bool is_encrypted,
              const Terminal& terminal) {
  if (terminal.json()) {
    const nlohmann::ordered_json document = {{"requests", server.address()},
                                             {"updates", server.update_address()},
                                             {"backend", backend},
                                             {"encrypted", is_encrypted}};
    terminal.data(document.dump() + "\n");
  } else {
    terminal.line(fmt::format("listening at {}, updates at {}, backend {}{}", server.address(),
                              server.update_address(), backend, is_encrypted ? ", encrypted" : ""));
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
  const auto config = read_config(arguments);
  if (!config) return fail(context, config.error());
  const auto options = make_options(*config);
  if (!options) return fail(context, options.error());
  auto backends = make_backends(*config, context.threads);
  if (!backends) return fail(context, backends.error());
  const auto server = WorkerServer::start(*options, *std::move(backends));
  if (!server) return fail(context, server.error());
  announce(**server, backend_name(*config), options->guard.has_value(), *context.terminal);
  wait_for_stop(context.stop);
  return static_cast<int>(ExitStatus::interrupted);
}

}  // namespace dgxp
