#pragma once

#include <optional>

#include "core/base/result.hpp"
#include "core/build/resolve_palettes.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// The first sprite that cannot be coloured as the manifest says, whatever its masters will show.
/// Palettes whose colours are not chosen yet are passed over.
std::optional<Error> find_wrong_color(const ProjectSpec& project, const Palettes& palettes,
                                      const Lock& lock);

}  // namespace dgxp
