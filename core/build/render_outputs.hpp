#pragma once

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

/// Everything that follows from masters, manifest, palettes and lock.
struct Rendered {
  std::vector<Sprite> sprites;     ///< as ProjectSpec::sprites
  std::vector<OutputFile> files;   ///< sorted by path
  Lock lock;                       ///< with today's palettes and layout
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

/// What each sprite follows from; empty for one whose master is missing.
std::vector<SpriteKey> sprite_keys(const ProjectSpec& project, const Inputs& inputs,
                                   const Lock& lock);

}  // namespace dgxp
