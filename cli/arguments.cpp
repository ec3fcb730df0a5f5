#include "cli/arguments.hpp"

#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/examples.hpp"
#include "cli/exit_status.hpp"
#include "cli/verbs/add_verbs.hpp"

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

void add_global_options(CLI::App& app, Options& options) {
  app.add_flag("--json", options.json, "print one JSON document on stdout");
  app.add_flag("-q,--quiet", options.quiet, "print warnings and errors only");
  app.add_flag("-v,--verbose", options.verbose, "print more");
  app.add_option("--color", options.color, "auto, always or never (NO_COLOR is honoured)")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_option("-C", options.folder, "work in this folder");
  app.add_option("-j", options.threads, "threads to use (default: all cores)")
      ->check(CLI::Range(1, 1024));
  app.add_flag("--version", options.version, "print the version");
}

/// The parser and what it reads into, which must not move.
struct Parser {
  Parser() {
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.footer(kFooter);
    add_global_options(app, options);
    add_project_verbs(app, options);
    add_master_verbs(app, options);
    add_file_verbs(app, options);
    add_worker_verbs(app, options);
    add_other_verbs(app, options);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  CLI::App app{"Compiles assets.yaml into pixel-true sprites for your game.", "dgxp"};
  Options options;
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

/// A log names files from where dgxp was started: so it stays there, and the manifest is named from
/// there.
void stay_here(ParsedArguments& parsed, std::string& manifest) {
  manifest = (std::filesystem::path(parsed.folder) / manifest).lexically_normal().string();
  parsed.folder.clear();
}

}  // namespace

ParsedArguments parse_arguments(int count, const char* const* values) {
  auto parser = std::make_shared<Parser>();
  add_examples(parser->app);
  Options& options = parser->options;
  ParsedArguments parsed;
  try {
    parser->app.parse(count, values);
  } catch (const CLI::CallForHelp&) {
    parsed.out = parser->app.help();
    return parsed;
  } catch (const CLI::ParseError& error) {
    return with_error(std::move(parsed), parser->app, error.what());
  }
  parsed.terminal = {.json = options.json,
                     .verbosity = options.quiet     ? Verbosity::quiet
                                  : options.verbose ? Verbosity::verbose
                                                    : Verbosity::normal,
                     .color = color_mode(options.color)};
  parsed.folder = options.folder;
  if (options.lint.sarif) stay_here(parsed, options.lint.manifest);
  if (options.check.sarif) stay_here(parsed, options.check.manifest);
  parsed.threads = options.threads;
  parsed.access = options.access;
  parsed.needs_http = options.needs_http;
  if (options.version) {
    parsed.out = fmt::format("dgxp {}\n", DGXP_VERSION);
  } else if (!options.run) {
    return with_error(std::move(parsed), parser->app, "a verb is missing");
  } else {
    parsed.run = [parser](const Context& context) { return parser->options.run(context); };
    if (options.is_keygen) {
      parsed.needs_http = false;
      parsed.run = [parser](const Context& context) {
        return run_keygen_command(context, parser->options.keygen);
      };
    }
  }
  return parsed;
}

CommandHelp command_help() {
  Parser parser;
  CommandHelp help{.global = options_of(parser.app), .verbs = {}};
  for (const CLI::App* sub : parser.app.get_subcommands({})) {
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
