#include "cli/verbs/add_verbs.hpp"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include "cli/arguments.hpp"
#include "cli/completion.hpp"
#include "manifests/load_manifest.hpp"

namespace dgxp {

void add_other_verbs(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "init", "write a first assets.yaml",
               [](const Context& c, Options& o) { return run_init_command(c, o.init); });
  sub->add_option("folder", options.init.folder, "where (default: here)");

  add_verb(app, options, "schema", "print the JSON Schema of the manifest",
           [](const Context& c, Options&) {
             c.terminal->data(manifest_schema());
             return 0;
           });

  sub = add_verb(app, options, "doctor", "look at manifest, cache and worker and say what is wrong",
                 [](const Context& c, Options& o) { return run_doctor_command(c, o.doctor); });
  add_manifest_place(*sub, options.doctor.manifest);
  add_worker(*sub, options, options.doctor.worker);

  sub = add_verb(app, options, "clean", "remove raw images and caches; masters and outputs stay",
                 [](const Context& c, Options& o) { return run_clean_command(c, o.clean); });
  add_manifest_place(*sub, options.clean.manifest);
  sub->add_flag("--dry-run", options.clean.dry_run, "only say what would be removed");

  sub = add_verb(app, options, "completion", "print a completion script",
                 [](const Context& c, Options& o) {
                   c.terminal->data(*completion_script(o.shell, command_help()));
                   return 0;
                 });
  sub->add_option("shell", options.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));

  add_verb(app, options, "version", "print the version", [](const Context& c, Options&) {
    c.terminal->data(version_text(c.terminal->json()));
    return 0;
  });
}

}  // namespace dgxp
