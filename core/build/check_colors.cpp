#include "core/build/check_colors.hpp"

#include "core/image/color_wishes.hpp"

namespace dgxp {
namespace {

/// Most sprites ask for nothing beyond the colours of their masters.
bool asks_for_colors(const SpriteSpec& spec) {
  return !spec.palette.empty() &&
         (!spec.recolor.empty() || spec.finish.outline || !spec.variant_palette.empty());
}

}  // namespace

std::optional<Error> find_wrong_color(const ProjectSpec& project, const Palettes& palettes,
                                      const Lock& lock) {
  for (const SpriteSpec& spec : project.sprites) {
    if (!asks_for_colors(spec)) continue;
    const auto base = palettes.find(spec.palette);
    const auto variant = palettes.find(spec.variant_palette);
    const bool is_varied = !spec.variant_palette.empty();
    if (base == palettes.end() || (is_varied && variant == palettes.end())) continue;
    const auto locked = lock.palettes.find(spec.palette);
    const auto wishes = find_color_wishes(
        spec, {.base = &base->second,
               .locked = locked == lock.palettes.end() ? nullptr : &locked->second,
               .variant = is_varied ? &variant->second : nullptr});
    if (wishes) continue;
    Error error = wishes.error();
    error.place = spec.place;
    return error;
  }
  return std::nullopt;
}

}  // namespace dgxp
