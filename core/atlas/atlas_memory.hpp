#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/atlas/pack_atlas.hpp"

namespace dgxp {

/// Rows of a page, `end` not among them.
struct RowRange {
  int begin = 0;
  int end = 0;
  bool empty() const { return begin >= end; }
  /// Takes in the others, and what lies between.
  void add(RowRange other);
};

/// What pack_atlas left to the next call for the same atlas. It has no say in the result.
struct AtlasMemory {
  struct Picture {
    std::string name;
    std::string group;
    Size size;
    std::uint64_t hash = 0;  ///< hash_pixels; nothing in a grid
  };
  AtlasSpec spec;
  std::map<std::string, LockedSlot> locked;
  std::vector<Picture> pictures;                ///< by input
  std::unordered_map<std::uint64_t, int> uses;  ///< how many pictures have a hash
  bool is_as_locked = false;                    ///< layout_of the last atlas is `locked`
  /// The last atlas, which whoever got it gives back: without its pages all is packed again.
  Atlas atlas;
  /// By page: where it may differ from the page of when this was last emptied.
  std::vector<RowRange> changed;
};

/// The atlas of the last call with the pictures drawn over that are not AtlasInput::is_known;
/// nothing when pack_atlas may come to another layout.
std::optional<Atlas> redraw_atlas(AtlasMemory& memory, std::span<const AtlasInput> inputs,
                                  const AtlasSpec& spec,
                                  const std::map<std::string, LockedSlot>& locked);

/// hash_pixels by input.
std::vector<std::uint64_t> hash_inputs(std::span<const AtlasInput> inputs,
                                       const AtlasMemory& memory);

/// After a call that packed. `hashes` are by input, or none.
void remember_atlas(AtlasMemory& memory, std::span<const AtlasInput> inputs, const AtlasSpec& spec,
                    const std::map<std::string, LockedSlot>& locked,
                    std::span<const std::uint64_t> hashes, const Atlas& atlas);

}  // namespace dgxp
