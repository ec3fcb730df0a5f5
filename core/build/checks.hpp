#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/geometry.hpp"
#include "core/build/resolve_palettes.hpp"
#include "core/image/make_sprite.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// One thing that the checks found in a finished sprite.
struct Finding {
  CheckLevel level = CheckLevel::warn;
  std::string check;   ///< CheckRule::name
  std::string sprite;  ///< id
  std::string message;
  Place place;           ///< of the sprite in the manifest
  std::string row = {};  ///< RowSpec::name
  std::optional<int> frame = {};
  std::optional<Point> at = {};  ///< in pixels of that frame
  std::string hint = {};         ///< the next step, or empty
};

/// A rule by its name in the manifest's `checks`, and what it looks for.
struct CheckRule {
  std::string_view name;
  std::string_view help;
};
std::span<const CheckRule> check_rules();

/// Which rules are looked at when the manifest says nothing about them.
enum class CheckScope {
  asked,  ///< none: `build` and `check`
  all     ///< all that need no number, as warnings: `lint`
};

/// What was found in a sprite before, which would be found again; nullptr for one that has to be
/// looked at.
using KnownFindings = std::vector<const std::vector<Finding>*>;

/// `made` belongs to `project.sprites` by index, and so does `known`, which may be empty.
/// `palettes` are today's. Rows that are mirrored are looked at only for their palette: their
/// originals tell the rest.
std::vector<Finding> run_checks(const ProjectSpec& project, std::span<const Sprite> made,
                                const Palettes& palettes, CheckScope scope,
                                const KnownFindings& known = {});

}  // namespace dgxp
