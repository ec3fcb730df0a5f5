#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/spec/atlas_spec.hpp"
#include "manifests/resolve_sprites.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

/// An atlas with its sprites by their index, and what the manifest says of it.
struct AtlasMembers {
  const AtlasSpec* spec = nullptr;
  std::vector<std::size_t> sprites;
  std::optional<Span> cell;  ///< where it is written
  bool is_written = true;    ///< false: the one atlas of a manifest without `atlases`
};

/// Reports what has no room on a page or in a cell whatever it will look like: no picture needs to
/// be drawn to know that no atlas can be made.
void check_pages(const AtlasMembers& atlas, const ResolvedSprites& sprites, ProblemList& problems);

}  // namespace dgxp
