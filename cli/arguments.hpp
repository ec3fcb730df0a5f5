#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/project.hpp"
#include "cli/terminal.hpp"

namespace dgxp {

/// What was typed, as something to run.
struct ParsedArguments {
  TerminalOptions terminal;
  std::string folder;                      ///< -C, or empty
  int threads = 0;                         ///< -j, or 0 for all cores
  WorkerAccess access;                     ///< what opens the worker
  std::function<int(const Context&)> run;  ///< empty when `exit_code` is the whole answer
  bool needs_http = false;                 ///< `run` works only where Context::http is set
  int exit_code = 0;
  std::string out;    ///< help or version, for stdout
  std::string error;  ///< a usage error, for stderr
};

/// "dgxp 0.1.0", or a document of JSON that says so, and a line end.
std::string version_text(bool json);

ParsedArguments parse_arguments(int count, const char* const* values);

/// Verbs and options as data, for completion scripts.
struct OptionHelp {
  std::vector<std::string> names;  ///< "--json", "-j"
  std::string description;
  bool takes_value = false;
};
struct VerbHelp {
  std::string name;
  std::string description;
  std::vector<OptionHelp> options;
  std::vector<std::string> actions;  ///< "ls" of `jobs ls`
};
struct CommandHelp {
  std::vector<OptionHelp> global;
  std::vector<VerbHelp> verbs;
};
CommandHelp command_help();

}  // namespace dgxp
