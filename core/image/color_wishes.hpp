#pragma once

#include <map>
#include <optional>

#include "core/base/result.hpp"
#include "core/image/make_sprite.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// What the manifest asks for a sprite's colours, as positions of its palette.
struct ColorWishes {
  std::map<int, int> moves;    ///< recolours; the first pair for a colour counts
  std::optional<int> outline;  ///< of the outline that `finish` draws
};

/// It takes no master to know them. `colors.base` must be there.
///
/// Error: `input`, naming the sprite, when a `recolor` colour or the outline is not in the palette,
/// or a variant has another number of colours.
Result<ColorWishes> find_color_wishes(const SpriteSpec& spec, const SpriteColors& colors);

}  // namespace dgxp
