#include "cli/verbs/add_verbs.hpp"

#include <CLI/CLI.hpp>

#include "cli/run_main.hpp"

namespace dgxp {
namespace {

void add_keygen(CLI::App& worker, Options& options) {
  CLI::App* sub = worker.add_subcommand("keygen", "make a pair of keys, for a worker or a client");
  sub->add_option("-o,--output", options.keygen.folder, "the folder to write to (default: here)");
  sub->add_option("--name", options.keygen.name,
                  "NAME.key is the secret half, NAME.pub the public one (default: dgxp)");
  // Behind that of the verb it belongs to.
  sub->parse_complete_callback([&options] { options.is_keygen = true; });
}

void add_worker_verb(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "worker", "draw for others: listen, take jobs, answer with pictures",
               [](const Context& c, Options& o) { return c.http->worker(c, o.worker); });
  sub->preparse_callback([&options](std::size_t) { options.needs_http = true; });
  WorkerConfig& worker = options.worker.options;
  sub->add_option("--config", options.worker.config,
                  "a YAML file that says what these options say; they go before it");
  sub->add_option("--listen", worker.listen,
                  "where requests come in: tcp://HOST:PORT (port 0: a free one) or ipc://PATH "
                  "(default: tcp://127.0.0.1:5555)");
  sub->add_option("--publish", worker.publish,
                  "where updates go out (default: the next port, or PATH.updates)");
  sub->add_option("--backend", worker.backend,
                  "what draws: procedural, comfy, sdapi (A1111, Forge) or sdcpp (sd-server) "
                  "(default: procedural)")
      ->check(CLI::IsMember({"procedural", "comfy", "sdapi", "sdcpp"}));
  sub->add_option("--url,--comfy", worker.urls,
                  "where it is (default: the backend's own port on this machine); several share "
                  "the queue");
  sub->add_option("--header", options.worker.headers,
                  "\"Name: value\" with every request to it; other users see it in the list of "
                  "processes: better in a file, or in DGXP_WORKER_HEADERS");
  sub->add_option("--header-file", worker.header_file, "a file with such headers, one a line");
  sub->add_option("--state", worker.state,
                  "the folder where it remembers what it has begun (default: "
                  "$XDG_STATE_HOME/dgxp/worker)");
  sub->add_option("--slots", worker.slots, "jobs at once (default: as the backend likes)")
      ->check(CLI::Range(1, 1024));
  sub->add_option("--pub-framing", worker.pub_framing,
                  "body: an update is one frame; topic: two, the first of which is its topic "
                  "(default: body)")
      ->check(CLI::IsMember({"body", "topic"}));
  sub->add_option("--key", worker.key,
                  "the file of the worker's secret key: talk to nobody without encryption");
  sub->add_option("--allow", worker.allow,
                  "a file with the public keys of clients, one a line: nobody else gets an "
                  "answer");
  sub->add_flag("--insecure", worker.insecure,
                "listen beyond this machine without keys: anybody on the way can read, change "
                "and order pictures");
  sub->add_option("--metrics", worker.metrics, "offer metrics for Prometheus at HOST:PORT");
  add_keygen(*sub, options);
}

void add_jobs(CLI::App& app, Options& options) {
  CLI::App* jobs = app.add_subcommand("jobs", "list, watch or cancel the jobs of a worker");
  jobs->require_subcommand(1);
  CLI::App* sub =
      add_verb(*jobs, options, "ls", "list its jobs and how they stand",
               [](const Context& c, Options& o) { return run_jobs_ls_command(c, o.jobs); });
  add_worker(*sub, options, options.jobs.worker);
  sub = add_verb(*jobs, options, "watch", "tell of its jobs as they go on, until none is left",
                 [](const Context& c, Options& o) { return run_jobs_watch_command(c, o.jobs); });
  sub->add_option("ids", options.jobs.ids, "ids or beginnings of ids (default: all)");
  add_worker(*sub, options, options.jobs.worker);
  sub->add_option("--previews", options.jobs.previews,
                  "a folder to keep pictures of unfinished jobs in");
  sub->add_flag("--follow", options.jobs.follow, "until interrupted");
  sub = add_verb(*jobs, options, "cancel", "cancel jobs that are queued or running",
                 [](const Context& c, Options& o) { return run_jobs_cancel_command(c, o.jobs); });
  sub->add_option("ids", options.jobs.ids, "ids or beginnings of ids");
  add_worker(*sub, options, options.jobs.worker);
  sub->add_flag("--all", options.jobs.all, "all of them, whoever asked for them");
}

void add_models(CLI::App& app, Options& options) {
  CLI::App* models = app.add_subcommand("models", "list the models of a worker");
  models->require_subcommand(1);
  CLI::App* sub =
      add_verb(*models, options, "ls", "list its checkpoints, LoRAs and VAEs",
               [](const Context& c, Options& o) { return run_models_command(c, o.models); });
  add_worker(*sub, options, options.models.worker);
}

void add_wire(CLI::App& app, Options& options) {
  CLI::App* wire = app.add_subcommand("wire", "show and record what clients and a worker say");
  wire->require_subcommand(1);
  CLI::App* sub =
      add_verb(*wire, options, "tap", "stand between clients and a worker until interrupted",
               [](const Context& c, Options& o) { return run_wire_tap_command(c, o.wire); });
  sub->add_option("--listen", options.wire.listen, "where clients come in, as --worker of theirs")
      ->required();
  add_worker(*sub, options, options.wire.worker);
  sub->add_option("--record", options.wire.record, "also write everything to this file");
  sub = add_verb(*wire, options, "replay", "print a recording, or play its worker's side",
                 [](const Context& c, Options& o) { return run_wire_replay_command(c, o.wire); });
  sub->add_option("file", options.wire.file, "what `wire tap --record` wrote")->required();
  sub->add_option("--listen", options.wire.listen, "answer clients here until interrupted");
}

}  // namespace

void add_worker_verbs(CLI::App& app, Options& options) {
  add_worker_verb(app, options);
  add_jobs(app, options);
  add_models(app, options);
  add_wire(app, options);
}

}  // namespace dgxp
