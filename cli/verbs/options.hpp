#pragma once

#include <functional>
#include <string>

#include "cli/commands/commands.hpp"

namespace dgxp {

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
  WatchArguments watch;
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

}  // namespace dgxp
