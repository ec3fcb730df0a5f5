#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/atlas_spec.hpp"
#include "core/spec/palette_spec.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

enum class Target { bevy, pixi, tiled };

struct OutputSpec {
  Place place;
  Target target = Target::bevy;
  std::string version;            ///< of the engine; may be empty
  std::string dir;                ///< below the manifest's folder, '/' between parts
  std::vector<std::string> emit;  ///< optional extras: "rust_ids" ...
  std::vector<std::string> only;  ///< names of atlases; empty = all
};

enum class CheckLevel { off, warn, error };

struct ChecksSpec {
  CheckLevel palette = CheckLevel::error;
  double coverage_min = 0.0;  ///< share of opaque pixels in a frame
  double coverage_max = 1.0;
  CheckLevel coverage = CheckLevel::off;
  // Nothing = the manifest does not say: `lint` looks and warns, `build` and `check` do not look.
  int baseline_drift_max = 1;  ///< pixels the lowest opaque row may move between frames
  std::optional<CheckLevel> baseline_drift;
  int centre_drift_max = 3;  ///< pixels the middle of the figure may move sideways
  std::optional<CheckLevel> centre_drift;
  int colors_max = 0;  ///< different opaque colours of a sprite; 0 = any number
  CheckLevel colors = CheckLevel::off;
  CheckLevel soft_alpha = CheckLevel::warn;  ///< a pixel that is neither opaque nor transparent
  std::optional<CheckLevel> canvas;     ///< a frame that is empty, or full though it has a figure
  std::optional<CheckLevel> mixels;     ///< parts drawn in larger pixels
  std::optional<CheckLevel> strays;     ///< single pixels apart from the figure
  std::optional<CheckLevel> outline;    ///< gaps in an outline
  std::optional<CheckLevel> flicker;    ///< shades that change for one frame
  std::optional<CheckLevel> loop_seam;  ///< a loop that jumps back
  std::optional<CheckLevel> tile_seam;  ///< a seamless tile whose edges do not meet
};

/// What the user asked for, with every default, template, matrix and glob resolved. Ids are
/// unique, names that refer to something exist, numbers are in range.
struct ProjectSpec {
  std::string name;
  std::uint64_t seed = 0;
  std::string art_dir = "art";
  std::optional<double> budget_gpu_minutes;
  std::vector<PaletteSpec> palettes;
  std::map<std::string, std::vector<Rgb>> ramps;
  std::vector<MasterSpec> masters;  ///< sorted by id
  std::vector<SpriteSpec> sprites;  ///< in the order of the manifest
  std::vector<AtlasSpec> atlases;
  std::vector<OutputSpec> outputs;
  ChecksSpec checks;
};

}  // namespace dgxp
