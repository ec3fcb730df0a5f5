#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/build/resolve_palettes.hpp"
#include "core/image/make_sprite.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// One thing the manifest's `checks` found in a finished sprite.
struct Finding {
  CheckLevel level = CheckLevel::warn;
  std::string check;   ///< "palette", "coverage", "baseline_drift"
  std::string sprite;  ///< id
  std::string message;
  Place place;  ///< of the sprite in the manifest
};

/// `sprites` and `made` belong together by index. `palettes` are today's.
std::vector<Finding> run_checks(const ChecksSpec& checks, std::span<const SpriteSpec> sprites,
                                std::span<const Sprite> made, const Palettes& palettes);

}  // namespace dgxp
