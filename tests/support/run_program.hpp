#pragma once

#include <map>
#include <string>
#include <vector>

namespace dgxp {

struct ProgramRun {
  std::vector<std::string> command;
  std::string folder;                              ///< working folder
  std::map<std::string, std::string> environment;  ///< added to a small, fixed one
};

struct ProgramResult {
  int status = -1;  ///< exit code, or 128 + the signal that ended it
  std::string out;
  std::string err;
  double cpu_seconds = 0;  ///< user and system
  long peak_memory_kib = 0;
};

/// Runs a program to its end and collects what it printed. Standard input is empty. The environment
/// holds PATH, HOME (= `folder`) and what is added, nothing of the caller's.
ProgramResult run_program(const ProgramRun& run);

/// The dgxp of this build.
ProgramResult run_dgxp(const std::string& folder, std::vector<std::string> arguments,
                       std::map<std::string, std::string> environment = {});

}  // namespace dgxp
