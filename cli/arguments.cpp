#include "cli/arguments.hpp"

#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands/commands.hpp"
#include "cli/completion.hpp"
#include "cli/examples.hpp"
#include "cli/exit_status.hpp"
#include "cli/run_main.hpp"
#include "manifests/load_manifest.hpp"

namespace dgxp {
namespace {

constexpr const char* kFooter = R"(
Examples:
  dgxp init                          a first assets.yaml in this folder
  dgxp build                         make what assets.yaml asks for
  dgxp build --locked                the same from masters alone: no worker, no network (CI)
  dgxp explain hero                  why a sprite is stale or fresh
  dgxp recover raw.png -o sprite.png --palette ember.hex

Exit codes: 0 done or clean, 1 a sprite or check failed, 2 changes found, 64 usage, 65 manifest or
image, 69 worker, 74 reading or writing, 130/143 interrupted.)";

/// All that options are read into. One object a process, alive as long as the parser.
struct Options {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool version = false;
  std::string color = "auto";
  std::string folder;
  int threads = 0;

  BuildArguments build;
  PlanArguments plan;
  CheckArguments check;
  LintArguments lint;
  StatusArguments status;
  ExplainArguments explain;
  RerollArguments reroll;
  AdoptArguments adopt;
  PreviewArguments preview;
  CleanArguments clean;
  InitArguments init;
  DoctorArguments doctor;
  WorkerArguments worker;
  KeygenArguments keygen;
  bool is_keygen = false;
  JobsArguments jobs;
  ModelsArguments models;
  WireArguments wire;
  RecoverArguments recover;
  RecolorArguments recolor;
  PackArguments pack;
  PaletteArguments palette;
  TemplateArguments workflow;
  std::string shell;

  WorkerAccess access;
  bool needs_http = false;
  std::function<int(const Context&)> run;
};

class Parser {
 public:
  Parser() : app_("Compiles assets.yaml into pixel-true sprites for your game.", "dgxp") {
    app_.require_subcommand(0, 1);
    app_.fallthrough();
    app_.footer(kFooter);
    add_global_options();
    add_project_verbs();
    add_master_verbs();
    add_file_verbs();
    add_worker_verb();
    add_wire_verbs();
    add_other_verbs();
  }

  CLI::App& app() { return app_; }
  Options& options() { return options_; }

 private:
  void add_global_options() {
    app_.add_flag("--json", options_.json, "print one JSON document on stdout");
    app_.add_flag("-q,--quiet", options_.quiet, "print warnings and errors only");
    app_.add_flag("-v,--verbose", options_.verbose, "print more");
    app_.add_option("--color", options_.color, "auto, always or never (NO_COLOR is honoured)")
        ->check(CLI::IsMember({"auto", "always", "never"}));
    app_.add_option("-C", options_.folder, "work in this folder");
    app_.add_option("-j", options_.threads, "threads to use (default: all cores)")
        ->check(CLI::Range(1, 1024));
    app_.add_flag("--version", options_.version, "print the version");
  }

  CLI::App* verb(const char* name, const char* description,
                 int (*command)(const Context&, Options&)) {
    CLI::App* sub = app_.add_subcommand(name, description);
    sub->callback([this, command] {
      options_.run = [this, command](const Context& context) { return command(context, options_); };
    });
    return sub;
  }

  void needs_http(CLI::App* sub) {
    sub->preparse_callback([this](std::size_t) { options_.needs_http = true; });
  }

  static void add_manifest(CLI::App* sub, std::string& manifest) {
    sub->add_option("-m,--manifest", manifest, "the manifest (default: assets.yaml)");
  }
  void add_worker(CLI::App* sub, std::string& worker) {
    sub->add_option("--worker", worker,
                    "\"embedded\" or an endpoint such as tcp://127.0.0.1:5555 (default: "
                    "DGXP_WORKER, .dgxp/config.yaml, the user's config, embedded)");
    WorkerAccess& access = options_.access;
    sub->add_option("--worker-updates", access.updates,
                    "where its updates go out (default: the next port, or PATH.updates)");
    sub->add_option("--worker-server-key", access.server_key,
                    "the public key of an encrypted worker, or a file that holds it");
    sub->add_option("--worker-key", access.key, "the file of the secret key that it allows");
  }

  void add_project_verbs() {
    CLI::App* sub =
        verb("build", "make what the manifest asks for",
             [](const Context& c, Options& o) { return run_build_command(c, o.build); });
    sub->add_option("manifest", options_.build.manifest, "the manifest (default: assets.yaml)");
    add_worker(sub, options_.build.worker);
    sub->add_option("--worker-folder", options_.build.worker_folder,
                    "where this machine sees the pictures of a worker of protocol 1.0 (default: "
                    "DGXP_WORKER_FOLDER, the configuration)");
    sub->add_option("--progress", options_.build.progress,
                    "line: how far it is, on a terminal; json: one object a line on stderr "
                    "(default: line)")
        ->check(CLI::IsMember({"line", "json"}));
    sub->add_flag("--locked", options_.build.locked,
                  "from masters and lock alone: no worker, no new master; drift is exit 2");
    sub->add_flag("--overwrite-edited", options_.build.overwrite_edited,
                  "draw masters again that were edited by hand and whose recipe changed");
    sub->add_flag("--repack", options_.build.repack, "give up the remembered atlas layout");
    sub->add_option("--plan", options_.build.plan, "apply a plan saved by `plan -o`, as it is");
    sub->add_flag("--no-fsync", options_.build.no_fsync,
                  "do not wait for the disk (throw-away checkouts only)");
    sub->add_option("--lock-timeout", options_.build.lock_timeout_seconds,
                    "seconds to wait for another dgxp (default: 60)")
        ->check(CLI::Range(0, 86400));

    sub = verb("plan", "say what build would generate, process and write",
               [](const Context& c, Options& o) { return run_plan_command(c, o.plan); });
    sub->add_option("manifest", options_.plan.manifest, "the manifest (default: assets.yaml)");
    add_worker(sub, options_.plan.worker);
    sub->add_option("-o,--output", options_.plan.output, "save the plan for `build --plan`");
    sub->add_flag("--detailed-exitcode", options_.plan.detailed_exit_code,
                  "exit 2 when there is something to do");
    sub->add_flag("--overwrite-edited", options_.plan.overwrite_edited,
                  "as `build --overwrite-edited` would");

    sub = verb("check", "say whether everything is up to date; writes nothing",
               [](const Context& c, Options& o) { return run_check_command(c, o.check); });
    sub->add_option("manifest", options_.check.manifest, "the manifest (default: assets.yaml)");
    sub->add_flag("--no-placeholders", options_.check.no_placeholders,
                  "fail when a master is a placeholder (the gate before a release)");

    sub = verb("lint", "look for pixels that seem unintended in finished sprites",
               [](const Context& c, Options& o) { return run_lint_command(c, o.lint); });
    sub->add_option("sprites", options_.lint.sprites, "ids or patterns (default: all)");
    add_manifest(sub, options_.lint.manifest);
    sub->add_flag("--sarif", options_.lint.sarif, "print SARIF 2.1.0 on stdout, not with --json");
    sub->add_flag("--strict", options_.lint.strict, "fail on warnings too");

    sub = verb("status", "list masters that are not fresh, and the worker in use",
               [](const Context& c, Options& o) { return run_status_command(c, o.status); });
    sub->add_option("manifest", options_.status.manifest, "the manifest (default: assets.yaml)");
    add_worker(sub, options_.status.worker);

    sub = verb("explain", "say why sprites are stale or fresh",
               [](const Context& c, Options& o) { return run_explain_command(c, o.explain); });
    sub->add_option("sprites", options_.explain.sprites, "ids or patterns (default: all)");
    add_manifest(sub, options_.explain.manifest);
    add_worker(sub, options_.explain.worker);
  }

  void add_master_verbs() {
    CLI::App* sub =
        verb("reroll", "ask for a new seed; the next build draws again",
             [](const Context& c, Options& o) { return run_reroll_command(c, o.reroll); });
    sub->add_option("sprites", options_.reroll.sprites, "ids or patterns")->required();
    add_manifest(sub, options_.reroll.manifest);
    sub->add_flag("--overwrite-edited", options_.reroll.overwrite_edited,
                  "also masters that were edited by hand");

    sub = verb("adopt", "take edited or hand-made masters as approved",
               [](const Context& c, Options& o) { return run_adopt_command(c, o.adopt); });
    sub->add_option("sprites", options_.adopt.sprites, "ids or patterns");
    add_manifest(sub, options_.adopt.manifest);
    sub->add_flag("--all", options_.adopt.all, "all masters");
    sub->add_flag("--redraw", options_.adopt.redraw,
                  "rewrite the masters in today's palette and forget former colours");

    sub = verb("preview", "draw all sprites on one contact sheet",
               [](const Context& c, Options& o) { return run_preview_command(c, o.preview); });
    sub->add_option("sprites", options_.preview.sprites, "ids or patterns (default: all)");
    sub->add_option("--sheet", options_.preview.sheet, "the PNG to write")->required();
    sub->add_option("--scale", options_.preview.scale, "screen pixels a sprite pixel (default: 4)")
        ->check(CLI::Range(1, 32));
    add_manifest(sub, options_.preview.manifest);
  }

  void add_file_verbs() {
    CLI::App* sub =
        verb("recover", "find the true pixels of a generated image",
             [](const Context& c, Options& o) { return run_recover_command(c, o.recover); });
    RecoverArguments& recover = options_.recover;
    sub->add_option("input", recover.inputs, "a PNG; with --refresh: sprites");
    sub->add_option("-o,--output", recover.output, "the PNG to write");
    sub->add_option("--palette", recover.palette, "use only colours of this palette file");
    sub->add_option("--grid", recover.grid, "size of a cell in raw pixels (default: found)")
        ->check(CLI::Range(1.0, 4096.0));
    sub->add_option("--offset", recover.offset,
                    "with --grid or --size: where the first cell begins, in raw pixels: X Y")
        ->expected(2)
        ->check(CLI::Range(-4096, 4096));
    sub->add_option("--size", recover.size, "how many cells the picture shows: WIDTH HEIGHT")
        ->expected(2)
        ->check(CLI::Range(1, 4096));
    sub->add_option("--explain", recover.explain,
                    "also write this PNG: the grid over the picture, doubtful pixels framed");
    sub->add_option("--background", recover.background,
                    "none, border_flood or chroma_key (default: none; with --key: chroma_key)");
    sub->add_option("--key", recover.key, "the background's colour, for chroma_key");
    sub->add_option("--alpha", recover.alpha, "a lower alpha is transparent (default: 128)")
        ->check(CLI::Range(1, 255));
    sub->add_option("--despeckle", recover.despeckle,
                    "remove doubtful figures of fewer pixels (default: 0)")
        ->check(CLI::Range(0, 4096));
    CLI::Option* refresh =
        sub->add_flag("--refresh", recover.refresh,
                      "recover masters of the project again from their stored raw images");
    // What it does is said by the manifest, for each master.
    for (const char* name : {"--output", "--palette", "--grid", "--offset", "--size", "--explain",
                             "--background", "--key", "--alpha", "--despeckle"})
      refresh->excludes(sub->get_option(name));
    sub->add_option("-m,--manifest", recover.manifest,
                    "with --refresh: the manifest (default: assets.yaml)")
        ->needs(refresh);
    sub->parse_complete_callback([sub, &recover] {
      const bool is_other = sub->count("--background") > 0 && recover.background != "chroma_key";
      if (sub->count("--key") > 0 && is_other)
        throw CLI::ValidationError("--key is the colour of chroma_key, --background says " +
                                   recover.background);
    });

    sub = verb("recolor", "give a picture other palette colours",
               [](const Context& c, Options& o) { return run_recolor_command(c, o.recolor); });
    RecolorArguments& recolor = options_.recolor;
    sub->add_option("input", recolor.input, "a PNG")->required();
    sub->add_option("-o,--output", recolor.output, "the PNG to write")->required();
    CLI::Option* palette = sub->add_option("--palette", recolor.palette, "the palette to use");
    CLI::Option* from =
        sub->add_option("--from", recolor.from,
                        "with --palette: the picture's palette; position follows position")
            ->needs(palette);
    sub->add_option("--map", recolor.map, "single colours, as \"#a53030=#3c5e8b\"");
    sub->add_option("--metric", recolor.metric,
                    "with --palette: rgb, oklab, hyab, ciede2000 or recover (default: oklab)")
        ->needs(palette)
        ->excludes(from);
    sub->add_option("--dither", recolor.dither,
                    "with --palette: none, bayer2, bayer4, bayer8, floyd_steinberg or atkinson "
                    "(default: none)")
        ->needs(palette)
        ->excludes(from);

    sub = verb("pack", "pack pictures into a sheet",
               [](const Context& c, Options& o) { return run_pack_command(c, o.pack); });
    PackArguments& pack = options_.pack;
    sub->add_option("inputs", pack.inputs, "PNG files")->required();
    sub->add_option("-o,--output", pack.output, "the PNG to write; its .dgxp.json stands beside it")
        ->required();
    sub->add_option("--padding", pack.padding, "pixels between frames (default: 2)")
        ->check(CLI::Range(0, 64));
    sub->add_option("--extrude", pack.extrude, "pixels of copied edge (default: 1)")
        ->check(CLI::Range(0, 16));
    sub->add_option("--max-size", pack.max_size, "largest side of a page (default: 2048)")
        ->check(CLI::Range(16, 16384));
    sub->add_flag("--grid", pack.grid, "equal cells in rows");
    sub->add_flag("--power-of-two", pack.power_of_two, "sides that are powers of two");

    add_palette_verbs();
    add_template_verbs();
  }

  void add_template_verbs() {
    CLI::App* sub = app_.add_subcommand("template", "list, show or check ComfyUI workflows");
    sub->require_subcommand(1);
    TemplateArguments& workflow = options_.workflow;
    const auto action = [&](const char* name, const char* description) {
      CLI::App* child = sub->add_subcommand(name, description);
      child->callback([this, name] {
        options_.workflow.action = name;
        options_.needs_http = options_.needs_http || !options_.workflow.comfy.empty();
        options_.run = [this](const Context& c) {
          return run_template_command(c, options_.workflow);
        };
      });
      return child;
    };
    action("ls", "list the workflows that come with dgxp");
    CLI::App* show = action("show", "print a workflow that comes with dgxp");
    show->add_option("name", workflow.input, "its name")->required();
    show->add_flag("--binding", workflow.binding, "its binding instead of its graph");
    CLI::App* check = action("check", "say whether a graph and its binding fit each other");
    check
        ->add_option("file", workflow.input,
                     "a graph exported with \"Export (API)\"; FILE.bind.yaml stands beside "
                     "FILE.json. Or the name of a workflow that comes with dgxp")
        ->required();
    check->add_option("--comfy", workflow.comfy,
                      "also ask the ComfyUI at this URL: classes, inputs, ranges, models");
  }

  void add_palette_verbs() {
    CLI::App* sub = app_.add_subcommand("palette", "show, convert, extract or compare palettes");
    sub->require_subcommand(1);
    const auto action = [&](const char* name, const char* description, const char* inputs) {
      CLI::App* child = sub->add_subcommand(name, description);
      child->add_option("inputs", options_.palette.inputs, inputs)->required();
      child->callback([this, name] {
        options_.palette.action = name;
        options_.run = [this](const Context& c) {
          return run_palette_command(c, options_.palette);
        };
      });
      return child;
    };
    action("show", "print the colours of a palette file", "a palette file")
        ->get_option("inputs")
        ->expected(1);
    CLI::App* convert = action("convert", "write a palette in another format", "a palette file");
    convert->get_option("inputs")->expected(1);
    convert
        ->add_option("-o,--output", options_.palette.output,
                     "the file to write; its suffix is the format")
        ->required();
    action("compare", "say how well a second palette can stand for a first", "two palette files")
        ->get_option("inputs")
        ->expected(2);
    CLI::App* extract =
        action("extract", "make the best palette for a set of pictures", "PNG files");
    extract->add_option("-n,--colors", options_.palette.colors, "how many (default: 16)")
        ->check(CLI::Range(1, 256));
    extract->add_option("--extend", options_.palette.extend,
                        "keep the colours of this palette file and put so many more behind them");
    extract->add_option("-o,--output", options_.palette.output, "the file to write");
  }

  /// A verb of several actions, each of which is asked for by its name.
  CLI::App* action(CLI::App* parent, const char* name, const char* description,
                   int (*command)(const Context&, Options&)) {
    CLI::App* child = parent->add_subcommand(name, description);
    child->callback([this, command] {
      options_.run = [this, command](const Context& context) { return command(context, options_); };
    });
    return child;
  }

  void add_wire_verbs() {
    CLI::App* jobs = app_.add_subcommand("jobs", "list, watch or cancel the jobs of a worker");
    jobs->require_subcommand(1);
    CLI::App* sub =
        action(jobs, "ls", "list its jobs and how they stand",
               [](const Context& c, Options& o) { return run_jobs_ls_command(c, o.jobs); });
    add_worker(sub, options_.jobs.worker);
    sub = action(jobs, "watch", "tell of its jobs as they go on, until none is left",
                 [](const Context& c, Options& o) { return run_jobs_watch_command(c, o.jobs); });
    sub->add_option("ids", options_.jobs.ids, "ids or beginnings of ids (default: all)");
    add_worker(sub, options_.jobs.worker);
    sub->add_option("--previews", options_.jobs.previews,
                    "a folder to keep pictures of unfinished jobs in");
    sub->add_flag("--follow", options_.jobs.follow, "until interrupted");
    sub = action(jobs, "cancel", "cancel jobs that are queued or running",
                 [](const Context& c, Options& o) { return run_jobs_cancel_command(c, o.jobs); });
    sub->add_option("ids", options_.jobs.ids, "ids or beginnings of ids");
    add_worker(sub, options_.jobs.worker);
    sub->add_flag("--all", options_.jobs.all, "all of them, whoever asked for them");

    CLI::App* models = app_.add_subcommand("models", "list the models of a worker");
    models->require_subcommand(1);
    sub = action(models, "ls", "list its checkpoints, LoRAs and VAEs",
                 [](const Context& c, Options& o) { return run_models_command(c, o.models); });
    add_worker(sub, options_.models.worker);

    CLI::App* wire = app_.add_subcommand("wire", "show and record what clients and a worker say");
    wire->require_subcommand(1);
    sub = action(wire, "tap", "stand between clients and a worker until interrupted",
                 [](const Context& c, Options& o) { return run_wire_tap_command(c, o.wire); });
    sub->add_option("--listen", options_.wire.listen,
                    "where clients come in, as --worker of theirs")
        ->required();
    add_worker(sub, options_.wire.worker);
    sub->add_option("--record", options_.wire.record, "also write everything to this file");
    sub = action(wire, "replay", "print a recording, or play its worker's side",
                 [](const Context& c, Options& o) { return run_wire_replay_command(c, o.wire); });
    sub->add_option("file", options_.wire.file, "what `wire tap --record` wrote")->required();
    sub->add_option("--listen", options_.wire.listen, "answer clients here until interrupted");
  }

  void add_worker_verb() {
    CLI::App* sub = verb("worker", "draw for others: listen, take jobs, answer with pictures",
                         [](const Context& c, Options& o) { return c.http->worker(c, o.worker); });
    needs_http(sub);
    WorkerConfig& worker = options_.worker.options;
    sub->add_option("--config", options_.worker.config,
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
    sub->add_option("--header", options_.worker.headers,
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
    add_keygen(sub);
  }

  void add_keygen(CLI::App* worker) {
    CLI::App* sub =
        worker->add_subcommand("keygen", "make a pair of keys, for a worker or a client");
    sub->add_option("-o,--output", options_.keygen.folder,
                    "the folder to write to (default: here)");
    sub->add_option("--name", options_.keygen.name,
                    "NAME.key is the secret half, NAME.pub the public one (default: dgxp)");
    // Behind that of the verb it belongs to.
    sub->parse_complete_callback([this] { options_.is_keygen = true; });
  }

  void add_other_verbs() {
    CLI::App* sub = verb("init", "write a first assets.yaml",
                         [](const Context& c, Options& o) { return run_init_command(c, o.init); });
    sub->add_option("folder", options_.init.folder, "where (default: here)");

    verb("schema", "print the JSON Schema of the manifest", [](const Context& c, Options&) {
      c.terminal->data(manifest_schema());
      return 0;
    });

    sub = verb("doctor", "look at manifest, cache and worker and say what is wrong",
               [](const Context& c, Options& o) { return run_doctor_command(c, o.doctor); });
    sub->add_option("manifest", options_.doctor.manifest, "the manifest (default: assets.yaml)");
    add_worker(sub, options_.doctor.worker);

    sub = verb("clean", "remove raw images and caches; masters and outputs stay",
               [](const Context& c, Options& o) { return run_clean_command(c, o.clean); });
    sub->add_option("manifest", options_.clean.manifest, "the manifest (default: assets.yaml)");
    sub->add_flag("--dry-run", options_.clean.dry_run, "only say what would be removed");

    sub = verb("completion", "print a completion script", [](const Context& c, Options& o) {
      c.terminal->data(*completion_script(o.shell, command_help()));
      return 0;
    });
    sub->add_option("shell", options_.shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));

    verb("version", "print the version", [](const Context& c, Options&) {
      c.terminal->data(fmt::format("dgxp {}\n", DGXP_VERSION));
      return 0;
    });
  }

  CLI::App app_;
  Options options_;
};

ColorMode color_mode(const std::string& text) {
  if (text == "always") return ColorMode::always;
  return text == "never" ? ColorMode::never : ColorMode::automatic;
}

/// The verb of words such as "jobs watch", which is known to be one.
CLI::App* find_verb(CLI::App& app, const std::string& words) {
  CLI::App* verb = &app;
  for (const std::string& word : CLI::detail::split(words, ' ')) verb = verb->get_subcommand(word);
  return verb;
}

void add_examples(CLI::App& app) {
  for (const auto& [verb, example] : verb_examples()) {
    find_verb(app, std::string(verb))->footer(fmt::format("\nExample:\n  {}", example));
  }
}

std::vector<OptionHelp> options_of(const CLI::App& app) {
  std::vector<OptionHelp> options;
  for (const CLI::Option* option : app.get_options()) {
    OptionHelp help{.description = option->get_description(),
                    .takes_value = option->get_items_expected_max() > 0};
    for (const std::string& name : option->get_snames()) help.names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) help.names.push_back("--" + name);
    if (!help.names.empty()) options.push_back(std::move(help));
  }
  return options;
}

/// "dgxp palette show": the verbs that were understood.
std::string words_of(const CLI::App& app) {
  std::string words = app.get_name();
  const CLI::App* verb = &app;
  while (!verb->get_subcommands().empty()) {
    verb = verb->get_subcommands().front();
    words += " " + verb->get_name();
  }
  return words;
}

ParsedArguments with_error(ParsedArguments parsed, const CLI::App& app,
                           const std::string& message) {
  parsed.exit_code = static_cast<int>(ExitStatus::usage);
  parsed.error = fmt::format("error: {}\nhint: see `{} --help`\n", escape_for_terminal(message),
                             words_of(app));
  return parsed;
}

}  // namespace

ParsedArguments parse_arguments(int count, const char* const* values) {
  auto parser = std::make_shared<Parser>();
  add_examples(parser->app());
  Options& options = parser->options();
  ParsedArguments parsed;
  try {
    parser->app().parse(count, values);
  } catch (const CLI::CallForHelp&) {
    parsed.out = parser->app().help();
    return parsed;
  } catch (const CLI::ParseError& error) {
    return with_error(std::move(parsed), parser->app(), error.what());
  }
  parsed.terminal = {.json = options.json,
                     .verbosity = options.quiet     ? Verbosity::quiet
                                  : options.verbose ? Verbosity::verbose
                                                    : Verbosity::normal,
                     .color = color_mode(options.color)};
  parsed.folder = options.folder;
  if (options.lint.sarif && !parsed.folder.empty()) {
    // A log names files from where dgxp was started: so lint stays there.
    options.lint.manifest =
        (std::filesystem::path(parsed.folder) / options.lint.manifest).lexically_normal().string();
    parsed.folder.clear();
  }
  parsed.threads = options.threads;
  parsed.access = options.access;
  parsed.needs_http = options.needs_http;
  if (options.version) {
    parsed.out = fmt::format("dgxp {}\n", DGXP_VERSION);
  } else if (!options.run) {
    return with_error(std::move(parsed), parser->app(), "a verb is missing");
  } else {
    parsed.run = [parser](const Context& context) { return parser->options().run(context); };
    if (options.is_keygen) {
      parsed.needs_http = false;
      parsed.run = [parser](const Context& context) {
        return run_keygen_command(context, parser->options().keygen);
      };
    }
  }
  return parsed;
}

CommandHelp command_help() {
  Parser parser;
  CommandHelp help{.global = options_of(parser.app()), .verbs = {}};
  for (const CLI::App* sub : parser.app().get_subcommands({})) {
    VerbHelp verb{.name = sub->get_name(),
                  .description = sub->get_description(),
                  .options = options_of(*sub)};
    for (const CLI::App* action : sub->get_subcommands({})) {
      for (OptionHelp& option : options_of(*action)) verb.options.push_back(std::move(option));
    }
    help.verbs.push_back(std::move(verb));
  }
  return help;
}

}  // namespace dgxp
