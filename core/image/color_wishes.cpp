#include "core/image/color_wishes.hpp"

#include <fmt/format.h>

#include "core/image/follow_palette.hpp"

namespace dgxp {
namespace {

/// Names the colour that neither today's palette nor the lock knows.
Error unknown_color(const SpriteSpec& spec, std::string_view what, Rgb color) {
  return {.kind = ErrorKind::input,
          .message = fmt::format("sprite '{}': {} {} is not in palette '{}'", spec.id, what,
                                 to_hex(color), spec.palette),
          .hint = "use a colour of that palette, or add it there"};
}

Result<std::map<int, int>> recolored_positions(const SpriteSpec& spec, const Palette& base,
                                               const LockedPalette& locked) {
  std::map<int, int> moves;
  for (const auto& [from, to] : spec.recolor) {
    const auto left = find_position(from, base, locked);
    if (!left) return unknown_color(spec, "the recolor colour", from);
    const auto right = find_position(to, base, locked);
    if (!right) return unknown_color(spec, "the recolor colour", to);
    moves.emplace(*left, *right);
  }
  return moves;
}

}  // namespace

Result<ColorWishes> find_color_wishes(const SpriteSpec& spec, const SpriteColors& colors) {
  static const LockedPalette kNothingLocked;
  const LockedPalette& locked = colors.locked != nullptr ? *colors.locked : kNothingLocked;
  const Palette& target = colors.variant != nullptr ? *colors.variant : *colors.base;
  if (target.colors.size() != colors.base->colors.size())
    return Error{
        .kind = ErrorKind::input,
        .message = fmt::format("sprite '{}': palette '{}' has {} colours, its variant '{}' has {}",
                               spec.id, spec.palette, colors.base->colors.size(),
                               spec.variant_palette, target.colors.size()),
        .hint = "colours follow their positions: give both the same number"};
  auto moves = recolored_positions(spec, *colors.base, locked);
  if (!moves) return moves.error();
  ColorWishes wishes{.moves = std::move(*moves), .outline = {}};
  if (spec.finish.outline) {
    wishes.outline = find_position(*spec.finish.outline, *colors.base, locked);
    if (!wishes.outline) return unknown_color(spec, "the outline colour", *spec.finish.outline);
  }
  return wishes;
}

}  // namespace dgxp
