#include "cli/verbs/add_verbs.hpp"

#include <CLI/CLI.hpp>

namespace dgxp {

CLI::App* add_verb(CLI::App& parent, Options& options, const char* name, const char* description,
                   Command command) {
  CLI::App* verb = parent.add_subcommand(name, description);
  verb->callback([&options, command] {
    options.run = [&options, command](const Context& context) { return command(context, options); };
  });
  return verb;
}

void add_manifest_place(CLI::App& verb, std::string& manifest) {
  verb.add_option("manifest", manifest, "the manifest (default: assets.yaml)");
}

void add_manifest(CLI::App& verb, std::string& manifest) {
  verb.add_option("-m,--manifest", manifest, "the manifest (default: assets.yaml)");
}

void add_worker(CLI::App& verb, Options& options, std::string& worker) {
  verb.add_option("--worker", worker,
                  "\"embedded\" or an endpoint such as tcp://127.0.0.1:5555 (default: "
                  "DGXP_WORKER, .dgxp/config.yaml, the user's config, embedded)");
  WorkerAccess& access = options.access;
  verb.add_option("--worker-updates", access.updates,
                  "where its updates go out (default: the next port, or PATH.updates)");
  verb.add_option("--worker-server-key", access.server_key,
                  "the public key of an encrypted worker, or a file that holds it");
  verb.add_option("--worker-key", access.key, "the file of the secret key that it allows");
}

}  // namespace dgxp
