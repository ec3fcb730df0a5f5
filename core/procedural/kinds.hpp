#pragma once

#include <span>
#include <string_view>

#include "core/procedural/canvas.hpp"
#include "core/procedural/scene.hpp"

namespace dgxp {

using Painter = void (*)(Canvas&, const Scene&);

/// Whether a painter draws movement, or things that just lie there; these flash when animated.
enum class Life : std::uint8_t { moving, inert };

/// Something that can be drawn, and the words that ask for it.
struct Kind {
  std::string_view name;
  Painter paint;
  Extent frame;
  Life life;
  int weight;              ///< the heavier word of a prompt wins
  std::string_view words;  ///< singular, separated by blanks
};

/// The whole table. The last one is the emblem, which no word asks for.
std::span<const Kind> all_kinds();

/// What `prompt` asks for: whole words, singular or plural; the emblem when no word is known. Of
/// words that weigh the same, the first phrase counts and in it the last word, as in "treasure map"
/// and "ring with a gem".
/// A seamless picture is always a tile.
const Kind& find_kind(const Prompt& prompt, bool seamless);

}  // namespace dgxp
