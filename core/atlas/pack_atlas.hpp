#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/image/image.hpp"
#include "core/spec/atlas_spec.hpp"
#include "core/spec/lock.hpp"

namespace dgxp {

/// A picture to be placed. Names are unique ("hero/walk/east/0"). On a packed page equal pictures
/// share one place; in a grid each has its own cell.
struct AtlasInput {
  std::string name;
  const Image* image = nullptr;
  /// Pictures of one group (a sprite's id) stand on one page, unless a page is too small for them;
  /// in a grid only neighbours in the order of inputs are one group.
  std::string group = {};  ///< empty = a group of its own
  /// With a memory: the picture is the one that this input was at the last call. Nobody checks.
  bool is_known = false;
};

struct PlacedFrame {
  std::string name;
  int page = 0;
  Rect rect;  ///< of the frame's own pixels, inside its extrusion
  friend bool operator==(const PlacedFrame&, const PlacedFrame&) = default;
};

struct Atlas {
  std::string name;
  std::vector<Image> pages;         ///< at least one when there are inputs
  std::vector<PlacedFrame> frames;  ///< as `inputs`
};

struct AtlasMemory;

/// Places all frames. Frames that `locked` knows and that still fit where they were stay there;
/// others go into free room; when the room is too small or too wasteful, all are packed anew. Equal
/// input gives equal pages on every machine; the order of inputs decides nothing but `frames`
/// (and, in a grid, the cells). Fully transparent pixels are 0,0,0,0.
///
/// A grid ignores `padding` and `locked`: its cells stand 2 * extrude apart, extrude from the
/// border, row by row, and a smaller frame stands at the top left of its cell.
///
/// Error: `input`, naming the frame and both sizes, when one is empty or does not fit a page (or a
/// cell); `manifest` when a number of `spec` is out of range.
Result<Atlas> pack_atlas(std::span<const AtlasInput> inputs, const AtlasSpec& spec,
                         const std::map<std::string, LockedSlot>& locked,
                         AtlasMemory* memory = nullptr);

/// The layout to remember in the lock (empty for a grid, whose cells follow from the order).
std::map<std::string, LockedSlot> layout_of(const Atlas& atlas, const AtlasSpec& spec);

}  // namespace dgxp
