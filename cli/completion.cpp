#include "cli/completion.hpp"

#include <fmt/format.h>

namespace dgxp {
namespace {

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::vector<std::string> option_names(const std::vector<OptionHelp>& options) {
  std::vector<std::string> names;
  for (const OptionHelp& option : options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

std::vector<std::string> verb_names(const CommandHelp& help) {
  std::vector<std::string> names;
  for (const VerbHelp& verb : help.verbs) names.push_back(verb.name);
  return names;
}

/// Single quotes in a single-quoted word of a shell.
std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe + "'";
}

std::string bash_script(const CommandHelp& help) {
  std::string cases;
  for (const VerbHelp& verb : help.verbs) {
    cases += fmt::format("    {}) options=\"{}\" actions=\"{}\" ;;\n", verb.name,
                         joined(option_names(verb.options), " "), joined(verb.actions, " "));
  }
  return fmt::format(R"(# bash completion for dgxp
_dgxp() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} verb="" options="" actions="" i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      -C|-j) ((++i)) ;;
      -*) ;;
      *) verb=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  case $verb in
    "") options="{} {}" ;;
{}  esac
  if [[ $word == -* || -z $verb ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options {}" -- "$word")
  elif [[ -n $actions && ${{COMP_WORDS[COMP_CWORD - 1]}} == "$verb" ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$actions" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F _dgxp dgxp
)",
                     joined(verb_names(help), " "), joined(option_names(help.global), " "), cases,
                     joined(option_names(help.global), " "));
}

std::string zsh_text(std::string text) {
  std::string safe;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string zsh_options(const std::vector<OptionHelp>& options) {
  std::string text;
  for (const OptionHelp& option : options) {
    for (const std::string& name : option.names) {
      const std::string value = option.takes_value ? ":value:_files" : "";
      text += " " + quoted(fmt::format("{}[{}]{}", name, zsh_text(option.description), value));
    }
  }
  return text;
}

std::string zsh_script(const CommandHelp& help) {
  std::string verbs;
  std::string cases;
  for (const VerbHelp& verb : help.verbs) {
    verbs += "    " + quoted(fmt::format("{}:{}", verb.name, zsh_text(verb.description))) + "\n";
    const std::string action =
        verb.actions.empty() ? "" : fmt::format(" '1:action:({})'", joined(verb.actions, " "));
    cases += fmt::format("      {}) _arguments{}{} '*:file:_files' ;;\n", verb.name,
                         zsh_options(verb.options), action);
  }
  return fmt::format(R"(#compdef dgxp
_dgxp() {{
  local -a verbs
  verbs=(
{}  )
  _arguments -C{} '1:verb:->verb' '*::argument:->arguments'
  case $state in
    verb) _describe verb verbs ;;
    arguments)
      case $words[1] in
{}      esac ;;
  esac
}}
_dgxp "$@"
)",
                     verbs, zsh_options(help.global), cases);
}

std::string fish_option(const OptionHelp& option, const std::string& condition) {
  std::string line = "complete -c dgxp" + condition;
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.takes_value) line += " -r";
  return line + " -d " + quoted(option.description) + "\n";
}

std::string fish_script(const CommandHelp& help) {
  std::string script = "# fish completion for dgxp\n";
  for (const OptionHelp& option : help.global) script += fish_option(option, "");
  for (const VerbHelp& verb : help.verbs) {
    script += fmt::format("complete -c dgxp -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                          quoted(verb.description));
    const std::string condition = fmt::format(" -n '__fish_seen_subcommand_from {}'", verb.name);
    for (const OptionHelp& option : verb.options) script += fish_option(option, condition);
    if (verb.actions.empty()) continue;
    const std::string actions = joined(verb.actions, " ");
    script += fmt::format(
        "complete -c dgxp -n '__fish_seen_subcommand_from {}; and not "
        "__fish_seen_subcommand_from {}' -f -a '{}'\n",
        verb.name, actions, actions);
  }
  return script;
}

}  // namespace

std::optional<std::string> completion_script(const std::string& shell, const CommandHelp& help) {
  if (shell == "bash") return bash_script(help);
  if (shell == "zsh") return zsh_script(help);
  if (shell == "fish") return fish_script(help);
  return std::nullopt;
}

}  // namespace dgxp
