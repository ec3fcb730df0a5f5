// The verb `worker`: a server of the wire protocol in front of something that draws.
#include "cli/worker/serve.hpp"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_status.hpp"
#include "cli/key_files.hpp"
#include "cli/worker/make_backends.hpp"
#include "core/service/metrics_server.hpp"
#include "core/service/metrics_text.hpp"
#include "core/service/notify_manager.hpp"
#include "core/store/project_store.hpp"
#include "core/worker/worker_server.hpp"

namespace dgxp {
namespace {

using Backends = std::vector<std::shared_ptr<Backend>>;

constexpr std::size_t kLargestConfig = 64U << 10U;
constexpr std::chrono::milliseconds kLongestEnd{1500};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The options, and where they say nothing the file.
Result<WorkerConfig> read_config(const WorkerArguments& arguments) {
  if (arguments.config.empty()) return arguments.options;
  const auto text = read_plain_file(arguments.config, kLargestConfig);
  if (!text) return text.error();
  const auto file = parse_worker_config(arguments.config, *text);
  if (!file) return file.error();
  return merge_worker_configs(arguments.options, *file);
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

Result<std::unique_ptr<MetricsServer>> offer_metrics(const WorkerConfig& config,
                                                     const WorkerServer& server,
                                                     Backends backends) {
  if (!config.metrics) return std::unique_ptr<MetricsServer>();
  const auto text = [&server, backends = std::move(backends)] {
    std::vector<NamedBackendStatus> statuses;
    for (const auto& backend : backends) {
      statuses.push_back({backend->info().name, backend->status()});
    }
    return metrics_text(server.counters(), statuses, DGXP_VERSION);
  };
  return MetricsServer::start(
      *config.metrics, config.insecure.value_or(false) ? RemotePeers::allow : RemotePeers::refuse,
      text);
}

/// Whoever started the worker waits for this line: it is out before anything else happens.
void announce(const WorkerServer& server, const MetricsServer* metrics, const std::string& backend,
              bool is_encrypted, const Terminal& terminal) {
  if (terminal.json()) {
    nlohmann::ordered_json document = {{"requests", server.address()},
                                       {"updates", server.update_address()},
                                       {"backend", backend},
                                       {"encrypted", is_encrypted}};
    if (metrics != nullptr) document["metrics"] = metrics->url();
    terminal.data(document.dump() + "\n");
  } else {
    terminal.line(fmt::format(
        "listening at {}, updates at {}{}{}, backend {}", server.address(), server.update_address(),
        is_encrypted ? ", encrypted" : "",
        metrics != nullptr ? fmt::format(", metrics at {}", metrics->url()) : "", backend));
  }
  static_cast<void>(terminal.finish());  // a closed stdout is no reason to end
}

/// How often the service manager wants a sign of life; nothing when it does not.
std::optional<std::chrono::microseconds> watchdog_interval() {
  const std::string pid = environment("WATCHDOG_PID");
  if (!pid.empty() && pid != std::to_string(getpid())) return std::nullopt;
  const std::string text = environment("WATCHDOG_USEC");
  std::chrono::microseconds::rep count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc() || end != text.data() + text.size() || count <= 0) return std::nullopt;
  return std::chrono::microseconds(count);
}

/// Says that it is alive as long as its answering thread is, twice in each interval.
void wait_for_stop(const std::stop_token& stop, const ServiceManager& manager,
                   const WorkerServer& server) {
  const auto watchdog = watchdog_interval();
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    if (!watchdog) {
      stopped.wait(lock, stop, [] { return false; });
      continue;
    }
    const auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(*watchdog / 4);
    if (server.responds_within(pause)) manager.alive();
    stopped.wait_for(lock, stop, pause, [] { return false; });
  }
}

/// Ends the process when what follows takes too long: a backend that draws on although it was asked
/// to stop. Nothing is lost: clients ask again, and the state folder knows what was begun.
class LastCall {
 public:
  LastCall()
      : thread_([this](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          ended_.wait_for(lock, stop, kLongestEnd, [] { return false; });
          if (!stop.stop_requested()) _exit(static_cast<int>(ExitStatus::terminated));
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;
};

}  // namespace

int run_worker_command(const Context& context, const WorkerArguments& arguments) {
  std::optional<LastCall> last_call;  // outlives the server
  const auto config = read_config(arguments);
  if (!config) return fail(context, config.error());
  const auto options = make_options(*config);
  if (!options) return fail(context, options.error());
  const auto backends = make_backends(*config, arguments.headers, context.threads);
  if (!backends) return fail(context, backends.error());
  const auto server = WorkerServer::start(*options, *backends);
  if (!server) return fail(context, server.error());
  const auto metrics = offer_metrics(*config, **server, *backends);
  if (!metrics) return fail(context, metrics.error());
  announce(**server, metrics->get(), backend_name(*config), options->guard.has_value(),
           *context.terminal);
  const ServiceManager manager(environment("NOTIFY_SOCKET"));
  manager.ready(fmt::format("listening at {}", (*server)->address()));
  wait_for_stop(context.stop, manager, **server);
  manager.stopping();
  last_call.emplace();
  return static_cast<int>(ExitStatus::interrupted);
}

}  // namespace dgxp
