#include "cli/verbs/add_verbs.hpp"

#include <CLI/CLI.hpp>

namespace dgxp {
namespace {

void add_build_verb(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "build", "make what the manifest asks for",
               [](const Context& c, Options& o) { return run_build_command(c, o.build); });
  add_manifest_place(*sub, options.build.manifest);
  add_worker(*sub, options, options.build.worker);
  sub->add_option("--worker-folder", options.build.worker_folder,
                  "where this machine sees the pictures of a worker of protocol 1.0 (default: "
                  "DGXP_WORKER_FOLDER, the configuration)");
  sub->add_option("--progress", options.build.progress,
                  "line: how far it is, on a terminal; json: one object a line on stderr "
                  "(default: line)")
      ->check(CLI::IsMember({"line", "json"}));
  sub->add_flag("--locked", options.build.locked,
                "from masters and lock alone: no worker, no new master; drift is exit 2");
  sub->add_flag("--overwrite-edited", options.build.overwrite_edited,
                "draw masters again that were edited by hand and whose recipe changed");
  sub->add_flag("--repack", options.build.repack, "give up the remembered atlas layout");
  sub->add_option("--plan", options.build.plan, "apply a plan saved by `plan -o`, as it is");
  sub->add_flag("--no-fsync", options.build.no_fsync,
                "do not wait for the disk (throw-away checkouts only)");
  sub->add_option("--lock-timeout", options.build.lock_timeout_seconds,
                  "seconds to wait for another dgxp (default: 60)")
      ->check(CLI::Range(0, 86400));
  // What git holds is all that --locked looks at.
  for (const char* name : {"--worker", "--overwrite-edited", "--repack", "--plan"})
    sub->get_option("--locked")->excludes(sub->get_option(name));
}

void add_watch_verb(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "watch", "build, and again whenever a file of the project changes",
               [](const Context& c, Options& o) { return run_watch_command(c, o.watch); });
  WatchArguments& watch = options.watch;
  add_manifest_place(*sub, watch.manifest);
  add_worker(*sub, options, watch.worker);
  sub->add_option("--worker-folder", watch.worker_folder, "as `build --worker-folder`");
  sub->add_option("--events", watch.events,
                  "text: a line a build; jsonl: one JSON object a line on stdout (default: text)")
      ->check(CLI::IsMember({"text", "jsonl"}));
  sub->add_flag("--exit-on-stdin-eof", watch.exit_on_stdin_eof,
                "end when standard input is closed, as a game does that dies");
  sub->add_option("--poll", watch.poll_ms,
                  "look at the files every so many milliseconds (default: when the kernel tells of "
                  "a change)")
      ->check(CLI::Range(10, 60000));
  sub->add_flag("--no-fsync", watch.no_fsync, "do not wait for the disk");
}

void add_sarif(CLI::App& sub, bool& sarif) {
  sub.add_flag("--sarif", sarif, "print SARIF 2.1.0 on stdout, not with --json");
}

}  // namespace

void add_project_verbs(CLI::App& app, Options& options) {
  add_build_verb(app, options);
  add_watch_verb(app, options);

  CLI::App* sub =
      add_verb(app, options, "plan", "say what build would generate, process and write",
               [](const Context& c, Options& o) { return run_plan_command(c, o.plan); });
  add_manifest_place(*sub, options.plan.manifest);
  add_worker(*sub, options, options.plan.worker);
  sub->add_option("-o,--output", options.plan.output, "save the plan for `build --plan`");
  sub->add_flag("--detailed-exitcode", options.plan.detailed_exit_code,
                "exit 2 when there is something to do");
  sub->add_flag("--overwrite-edited", options.plan.overwrite_edited,
                "as `build --overwrite-edited` would");

  sub = add_verb(app, options, "check", "say whether everything is up to date; writes nothing",
                 [](const Context& c, Options& o) { return run_check_command(c, o.check); });
  add_manifest_place(*sub, options.check.manifest);
  sub->add_flag("--no-placeholders", options.check.no_placeholders,
                "fail when a master is a placeholder (the gate before a release)");
  add_sarif(*sub, options.check.sarif);

  sub = add_verb(app, options, "lint", "look for pixels that seem unintended in finished sprites",
                 [](const Context& c, Options& o) { return run_lint_command(c, o.lint); });
  sub->add_option("sprites", options.lint.sprites, "ids or patterns (default: all)");
  add_manifest(*sub, options.lint.manifest);
  add_sarif(*sub, options.lint.sarif);
  sub->add_flag("--strict", options.lint.strict, "fail on warnings too");

  sub = add_verb(app, options, "status", "list masters that are not fresh, and the worker in use",
                 [](const Context& c, Options& o) { return run_status_command(c, o.status); });
  add_manifest_place(*sub, options.status.manifest);
  add_worker(*sub, options, options.status.worker);

  sub = add_verb(app, options, "explain", "say why sprites are stale or fresh",
                 [](const Context& c, Options& o) { return run_explain_command(c, o.explain); });
  sub->add_option("sprites", options.explain.sprites, "ids or patterns (default: all)");
  add_manifest(*sub, options.explain.manifest);
  add_worker(*sub, options, options.explain.worker);
}

void add_master_verbs(CLI::App& app, Options& options) {
  CLI::App* sub =
      add_verb(app, options, "reroll", "ask for a new seed; the next build draws again",
               [](const Context& c, Options& o) { return run_reroll_command(c, o.reroll); });
  sub->add_option("sprites", options.reroll.sprites, "ids or patterns")->required();
  add_manifest(*sub, options.reroll.manifest);
  sub->add_flag("--overwrite-edited", options.reroll.overwrite_edited,
                "also masters that were edited by hand");

  sub = add_verb(app, options, "adopt", "take edited or hand-made masters as approved",
                 [](const Context& c, Options& o) { return run_adopt_command(c, o.adopt); });
  sub->add_option("sprites", options.adopt.sprites, "ids or patterns");
  add_manifest(*sub, options.adopt.manifest);
  sub->add_flag("--all", options.adopt.all, "all masters that are no placeholders")
      ->excludes(sub->get_option("sprites"));
  sub->add_flag("--redraw", options.adopt.redraw,
                "rewrite the masters in today's palette and forget former colours");

  sub = add_verb(app, options, "preview", "draw all sprites on one contact sheet",
                 [](const Context& c, Options& o) { return run_preview_command(c, o.preview); });
  sub->add_option("sprites", options.preview.sprites, "ids or patterns (default: all)");
  sub->add_option("--sheet", options.preview.sheet, "the PNG to write")->required();
  sub->add_option("--scale", options.preview.scale, "screen pixels a sprite pixel (default: 4)")
      ->check(CLI::Range(1, 32));
  add_manifest(*sub, options.preview.manifest);
}

}  // namespace dgxp
