#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/image/palette.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// Today's colours by palette name. An `auto` palette without colours in the lock, and one that is
/// extended by another number than the lock says, is left out, with all that derive from it: its
/// colours are chosen when its masters are there.
using Palettes = std::map<std::string, Palette>;

/// Error: `manifest`, with the place, when a file is malformed or a replaced colour is unknown.
Result<Palettes> resolve_palettes(const ProjectSpec& project,
                                  const std::map<std::string, Bytes>& files, const Lock& lock);

/// The colours of `spec` before any are chosen: none for an `auto` palette. Nothing when the
/// palette that it comes from is not in `done`.
///
/// Error: as resolve_palettes, and when there is no room for as many as it is extended by.
Result<std::optional<Palette>> own_colors(const PaletteSpec& spec,
                                          const std::map<std::string, Bytes>& files,
                                          const Lock& lock, const Palettes& done);

}  // namespace dgxp
