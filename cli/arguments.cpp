#include "cli/arguments.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/examples.hpp"
#include "cli/exit_status.hpp"
#include "cli/verbs/add_verbs.hpp"
#include "core/base/suggest.hpp"

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

/// The verb that was understood last; `app` itself when none was.
const CLI::App& last_verb(const CLI::App& app) {
  const CLI::App* verb = &app;
  while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
  return *verb;
}

/// Of a word that stands where a verb is wanted and is none.
std::optional<Error> find_unknown_verb(const CLI::App& app) {
  std::vector<std::string_view> verbs;
  for (const CLI::App* verb : last_verb(app).get_subcommands({})) verbs.push_back(verb->get_name());
  const std::vector<std::string> unread = app.remaining(true);
  if (verbs.empty() || unread.empty() || unread.front().starts_with('-')) return std::nullopt;
  const std::string_view near = find_nearest(unread.front(), verbs);
  return Error{.kind = ErrorKind::usage,
               .message = fmt::format("'{}' is no verb of {}", unread.front(), words_of(app)),
               .hint = near.empty() ? fmt::format("see `{} --help`", words_of(app))
                                    : fmt::format("did you mean '{}'?", near)};
}

Error usage_error(const CLI::App& app, const std::string& message) {
  return {.kind = ErrorKind::usage,
          .message = message,
          .hint = fmt::format("see `{} --help`", words_of(app))};
}

/// `json`: it was asked for, as far as can be told from a command line that is wrong.
ParsedArguments with_error(ParsedArguments parsed, const Error& error, bool json) {
  parsed.exit_code = static_cast<int>(ExitStatus::usage);
  parsed.error = fmt::format("error: {}\nhint: {}\n", escape_for_terminal(error.message),
                             escape_for_terminal(error.hint));
  if (json) parsed.out = failure_json(error, parsed.exit_code, {});
  return parsed;
}

/// A log names files from where dgxp was started: so it stays there, and the manifest is named from
/// there.
void stay_here(ParsedArguments& parsed, std::string& manifest) {
  if (parsed.folder.empty()) return;
  manifest = (std::filesystem::path(parsed.folder) / manifest).lexically_normal().string();
  parsed.folder.clear();
}

}  // namespace

std::string version_text(bool json) {
  if (json) return "{\n  \"version\": \"" DGXP_VERSION "\"\n}\n";
  return "dgxp " DGXP_VERSION "\n";
}

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
    const auto unknown = find_unknown_verb(parser->app);
    const std::vector<std::string_view> words(values, values + count);
    // What `watch` prints is no document, but a line for each event.
    const bool json = last_verb(parser->app).get_name() != "watch" &&
                      std::ranges::find(words, "--json") != words.end();
    return with_error(std::move(parsed),
                      unknown ? *unknown : usage_error(parser->app, error.what()), json);
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
    parsed.out = version_text(options.json);
  } else if (!options.run) {
    return with_error(std::move(parsed), usage_error(parser->app, "a verb is missing"),
                      options.json);
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
                  .options = options_of(*sub),
                  .actions = {}};
    for (const CLI::App* action : sub->get_subcommands({})) {
      verb.actions.push_back(action->get_name());
      for (OptionHelp& option : options_of(*action)) verb.options.push_back(std::move(option));
    }
    help.verbs.push_back(std::move(verb));
  }
  return help;
}

}  // namespace dgxp
