#pragma once

#include <memory>
#include <string>

#include "cli/project.hpp"

namespace dgxp {

/// A manifest, its store and its assessment, for the verbs that look at a project.
struct OpenedProject {
  ManifestPlace files;
  LoadedManifest manifest;
  std::unique_ptr<Store> store;
  BuildRequest request;
  WorkerChoice worker;
  Assessment now;
};

enum class Access { read_only, read_write };

/// Loads, opens and assesses; shows what is wrong. Nothing when it could not: `exit_code` says why.
std::unique_ptr<OpenedProject> open_and_assess(const Context& context, const std::string& manifest,
                                               const std::string& worker, Access access,
                                               int& exit_code);

}  // namespace dgxp
