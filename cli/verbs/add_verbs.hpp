#pragma once

#include "cli/verbs/options.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace dgxp {

// What can be typed, by families of verbs: each function adds its verbs to the parser. Their
// options are read into `options`, and the verb that was typed becomes `options.run`; both live as
// long as the parser.

/// build, watch, plan, check, lint, status, explain.
void add_project_verbs(CLI::App& app, Options& options);
/// reroll, adopt, preview.
void add_master_verbs(CLI::App& app, Options& options);
/// recover, recolor, pack, palette, template.
void add_file_verbs(CLI::App& app, Options& options);
/// worker, jobs, models, wire.
void add_worker_verbs(CLI::App& app, Options& options);
/// init, schema, doctor, clean, completion, version.
void add_other_verbs(CLI::App& app, Options& options);

using Command = int (*)(const Context&, Options&);

/// A verb, or an action of a verb that has several.
CLI::App* add_verb(CLI::App& parent, Options& options, const char* name, const char* description,
                   Command command);
/// The manifest as the verb's first word.
void add_manifest_place(CLI::App& verb, std::string& manifest);
/// -m,--manifest, for verbs whose words are something else.
void add_manifest(CLI::App& verb, std::string& manifest);
/// --worker and what opens it.
void add_worker(CLI::App& verb, Options& options, std::string& worker);

}  // namespace dgxp
