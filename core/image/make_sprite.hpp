#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"
#include "core/spec/lock.hpp"
#include "core/spec/sprite_spec.hpp"

namespace dgxp {

/// The finished pictures of one row, one a frame, each `SpriteSpec::size` (an outline does not grow
/// a frame: what would lie outside is lost).
struct SpriteRow {
  std::string name;  ///< RowSpec::name
  std::vector<Image> frames;
};

struct Sprite {
  std::string id;
  std::vector<SpriteRow> rows;  ///< as in SpriteSpec::rows
  bool placeholder = false;     ///< a master of it was drawn by the procedural backend
  std::set<Rgb> guessed = {};   ///< MadeRow::guessed of all rows
  std::size_t cut = 0;          ///< MadeRow::cut of all rows
};

/// The colours one sprite is drawn with, resolved by the caller.
struct SpriteColors {
  const Palette* base = nullptr;          ///< of the masters, today; nullptr = `palette: none`
  const LockedPalette* locked = nullptr;  ///< of `base`; may be nullptr
  const Palette* variant = nullptr;       ///< same length as base; nullptr = base
};

struct MadeRow {
  SpriteRow row;
  std::vector<Rgb> guessed;  ///< master colours that neither palette nor lock knew
  /// Pixels of the master with an alpha between 0 and 255, which a palette has no colours for.
  /// Those of a mirrored row are counted where they were drawn.
  std::size_t cut = 0;
};

/// Frames, mirror, map to today's palette, recolour, outline: pure and deterministic. `master` is
/// the row's strip as read from its file.
///
/// Error: `input`, naming the sprite, when the master's size is not frames x size, a `recolor`
/// colour or the outline is not in the palette.
Result<MadeRow> make_sprite_row(const Image& master, const SpriteSpec& spec, const RowSpec& row,
                                const SpriteColors& colors);

}  // namespace dgxp
