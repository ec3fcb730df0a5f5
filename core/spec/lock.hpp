#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/color.hpp"
#include "core/base/digest.hpp"

namespace dgxp {

/// Who drew a master.
enum class Origin { generated, edited, placeholder };

struct LockedJob {
  Digest master;  ///< over the decoded RGBA of the master (image.hpp: pixel_digest)
  Origin origin = Origin::generated;
  Digest recipe;  ///< empty for a master that was adopted without a job
  Digest recovery;
  std::uint64_t seed = 0;
  int reroll = 0;  ///< how many rerolls were asked for; written only when > 0
  friend bool operator==(const LockedJob&, const LockedJob&) = default;
};

struct LockedPalette {
  std::vector<Rgb> colors;                 ///< as of the last build
  std::map<int, std::vector<Rgb>> former;  ///< colours a position once had and a master still uses
  int auto_colors = 0;     ///< PaletteSpec::auto_colors when `colors` were chosen; 0 = not known
  int extend = 0;          ///< PaletteSpec::extend when `added` was chosen
  std::vector<Rgb> added;  ///< behind the palette's own colours
  friend bool operator==(const LockedPalette&, const LockedPalette&) = default;
};

/// Top left corner of a frame's own pixels (inside its extrusion) on a page of its atlas.
struct LockedSlot {
  int page = 0;
  int x = 0;
  int y = 0;
  friend bool operator==(const LockedSlot&, const LockedSlot&) = default;
};

/// The values of `assets.lock`; manifests/lock_file turns them into text and back.
struct Lock {
  std::map<std::string, LockedJob> jobs;                            ///< by MasterSpec::id
  std::map<std::string, LockedPalette> palettes;                    ///< by name
  std::map<std::string, std::map<std::string, LockedSlot>> layout;  ///< atlas -> frame name
  friend bool operator==(const Lock&, const Lock&) = default;
};

}  // namespace dgxp
