#pragma once

#include <map>
#include <set>
#include <string>

#include "core/base/result.hpp"
#include "core/build/inputs.hpp"
#include "core/build/resolve_palettes.hpp"
#include "core/image/image.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// A master that was made in this run and is not in Inputs yet.
struct FreshMaster {
  const Image* image = nullptr;
  bool placeholder = false;
};
using FreshMasters = std::map<std::string, FreshMaster>;  ///< by MasterSpec::id

bool is_chosen(const PaletteSpec& spec);

/// The colours of an `auto` palette, and those that one is extended by, are chosen once, from all
/// masters of its set, and then stand in the lock. This chooses for the palettes that are not in
/// `palettes` yet and have masters, enters the colours there and in `lock`, and returns the names.
/// Placeholders decide only where there is nothing else.
///
/// Error: as resolve_palettes.
Result<std::set<std::string>> choose_palettes(const ProjectSpec& project, const Inputs& inputs,
                                              const FreshMasters& fresh, Lock& lock,
                                              Palettes& palettes);

/// Forgets the colours of `auto` palettes that were chosen for another number, and returns the
/// names. A lock that does not say which number that was is believed, unless there are more
/// colours.
std::set<std::string> forget_changed_palettes(const ProjectSpec& project, Lock& lock);

/// Forgets the chosen colours of palettes that only placeholders have had a part in, and whose
/// masters `redrawn` (by MasterSpec::id) become art now.
void forget_placeholder_palettes(const ProjectSpec& project, const Inputs& inputs,
                                 const std::set<std::string>& redrawn, Lock& lock);

}  // namespace dgxp
