#pragma once

#include <optional>
#include <vector>

#include "core/exporters/exporter.hpp"

namespace dgxp {

// One function a target, each with the sheets of the output already chosen.

/// Page, sheet and catalogue, frames and playback as in the manifest; `emit: [rust_ids]`.
Result<Exported> export_bevy(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                             const ProjectSpec& project, ExportMemory& memory);

/// The same files; Pixi plays a list from first to last, so other playbacks are unrolled.
Result<Exported> export_pixi(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                             const ProjectSpec& project, ExportMemory& memory);

/// One `.tsx` a page of a grid. Tiled knows loops only: what plays once or has events is lowered.
///
/// Error: `manifest` for a packed atlas, and for frames that are smaller than their cell while
/// extruded (the copied edge would show).
Result<Exported> export_tiled(const std::vector<const Sheet*>& sheets, const OutputSpec& output);
/// What of that shows before anything is drawn. `sprites`: those of `atlas`.
std::optional<Error> check_tiled_atlas(const AtlasSpec& atlas,
                                       const std::vector<const SpriteSpec*>& sprites,
                                       const OutputSpec& output);

/// Constants for all ids and names of `sheets`.
///
/// Error: `manifest`, naming both, when two things get one identifier.
Result<std::string> write_rust_ids(const std::vector<const Sheet*>& sheets,
                                   const ProjectSpec& project);
/// The same before anything is drawn, with the place of the second.
std::optional<Error> check_rust_ids(const std::vector<const SpriteSpec*>& sprites);

}  // namespace dgxp
