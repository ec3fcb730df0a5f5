#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/build/build_memory.hpp"
#include "core/build/checks.hpp"
#include "core/build/inputs.hpp"
#include "core/build/resolve_palettes.hpp"
#include "core/exporters/output_file.hpp"
#include "core/image/make_sprite.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

enum class Repack { no, yes };

using LockedPalettes = std::map<std::string, LockedPalette>;
using Layout = std::map<std::string, std::map<std::string, LockedSlot>>;  ///< Lock::layout

/// Everything that follows from masters, manifest, palettes and lock.
struct Rendered {
  std::vector<Sprite> sprites;     ///< as ProjectSpec::sprites
  std::vector<OutputFile> files;   ///< sorted by path
  LockedPalettes palettes;         ///< for the lock
  std::optional<Layout> layout;    ///< for the lock; nothing: it stays as it is
  std::vector<std::string> notes;  ///< what a target could not express, and how it was lowered
  std::vector<Finding> findings;
};

/// The finished sprites alone (for pictures of them).
///
/// Error: `input` or `manifest`, naming the sprite; also when a master is missing.
Result<std::vector<Sprite>> make_sprites(const ProjectSpec& project, const Inputs& inputs,
                                         const Palettes& palettes, const Lock& lock, int threads,
                                         SpriteMemory* memory = nullptr);

/// Sprites, atlases and output files. Pure: it needs no worker and no disk.
/// `memory` gives away the sprites that it knows.
Result<Rendered> render_outputs(const ProjectSpec& project, const Inputs& inputs,
                                const Palettes& palettes, const Lock& lock, Repack repack,
                                int threads, BuildMemory* memory = nullptr);

/// Enters today's palettes and layout.
void update_lock(Lock& lock, Rendered& rendered);

}  // namespace dgxp
