#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

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

/// The finished sprites that were asked for.
struct WantedSprites {
  ProjectSpec project;  ///< without the others
  std::vector<Sprite> sprites;
};

/// Those whose id matches one of `names`, and of others the rows whose master does; all for none.
/// Shows what is wrong. Nothing when a name matches neither, or a sprite cannot be made:
/// `exit_code` says why.
std::optional<WantedSprites> make_wanted_sprites(const Context& context,
                                                 const OpenedProject& project,
                                                 const std::vector<std::string>& names,
                                                 int& exit_code);

}  // namespace dgxp
