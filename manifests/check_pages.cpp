#include "manifests/check_pages.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace dgxp {
namespace {

/// Of the largest page.
int page_side(const AtlasSpec& atlas) {
  if (!atlas.power_of_two) return atlas.max_size;
  return static_cast<int>(std::bit_floor(static_cast<unsigned>(atlas.max_size)));
}

bool fits_page(Size size, const AtlasSpec& atlas) {
  const int room = page_side(atlas) - 2 * atlas.extrude;
  return size.width <= room && size.height <= room;
}

/// "64x64 and 1 px of extrusion around it, larger than a page of atlas 'a' (64x64)"
std::string larger_than_page(Size size, const AtlasSpec& atlas) {
  const int side = page_side(atlas);
  const std::string border =
      atlas.extrude > 0 ? fmt::format(" and {} px of extrusion around it", atlas.extrude) : "";
  return fmt::format("{}x{}{}, larger than a page of atlas '{}' ({}x{})", size.width, size.height,
                     border, atlas.name, side, side);
}

/// The least max_size whose page takes `size`.
int wanted_max_size(Size size, const AtlasSpec& atlas) {
  const int side = std::max(size.width, size.height) + 2 * atlas.extrude;
  return atlas.power_of_two ? static_cast<int>(std::bit_ceil(static_cast<unsigned>(side))) : side;
}

std::string page_hint(Size size, const AtlasMembers& atlas) {
  const int wanted = wanted_max_size(size, *atlas.spec);
  if (atlas.is_written) return fmt::format("make the atlas' max_size {} or more", wanted);
  return fmt::format("write 'atlases' with one whose max_size is {} or more", wanted);
}

Size cell_of(const AtlasMembers& atlas, const ResolvedSprites& sprites) {
  Size cell = atlas.spec->cell;
  if (cell != Size{}) return cell;
  for (const std::size_t i : atlas.sprites) {
    const Size size = sprites.sprites[i].size;
    cell = {std::max(cell.width, size.width), std::max(cell.height, size.height)};
  }
  return cell;
}

/// Numbers that are out of range are told where they stand.
bool has_sane_numbers(const AtlasSpec& atlas) {
  return atlas.max_size >= 1 && atlas.max_size <= 8192 && atlas.extrude >= 0 &&
         atlas.extrude <= 256;
}

/// True when each sprite has room.
bool check_sizes(const AtlasMembers& atlas, const ResolvedSprites& sprites, ProblemList& problems) {
  const AtlasSpec& spec = *atlas.spec;
  bool is_good = true;
  for (const std::size_t i : atlas.sprites) {
    const SpriteSpec& sprite = sprites.sprites[i];
    if (!fits_page(sprite.size, spec)) {
      is_good = false;
      problems.error(
          sprites.sprite_spans[i],
          fmt::format("sprite '{}' is {}", sprite.id, larger_than_page(sprite.size, spec)),
          page_hint(sprite.size, atlas));
    } else if (spec.layout == AtlasLayout::grid && spec.cell != Size{} &&
               (sprite.size.width > spec.cell.width || sprite.size.height > spec.cell.height)) {
      is_good = false;
      problems.error(sprites.sprite_spans[i],
                     fmt::format("sprite '{}' is {}x{}, larger than a cell of atlas '{}' ({}x{})",
                                 sprite.id, sprite.size.width, sprite.size.height, spec.name,
                                 spec.cell.width, spec.cell.height),
                     "make the atlas' cell larger");
    }
  }
  return is_good;
}

/// All frames of a sprite stand on one page. In a packed atlas equal pictures share their place,
/// so there it is not known before they are drawn.
void check_counts(const AtlasMembers& atlas, Size cell, const ResolvedSprites& sprites,
                  ProblemList& problems) {
  if (cell.width <= 0 || cell.height <= 0) return;
  const AtlasSpec& spec = *atlas.spec;
  const int side = page_side(spec);
  const std::int64_t cells = std::int64_t{side / (cell.width + 2 * spec.extrude)} *
                             (side / (cell.height + 2 * spec.extrude));
  for (const std::size_t i : atlas.sprites) {
    const SpriteSpec& sprite = sprites.sprites[i];
    std::int64_t frames = 0;
    for (const RowSpec& row : sprite.rows) frames += std::ssize(row.durations);
    if (frames <= cells) continue;
    problems.error(
        sprites.sprite_spans[i],
        fmt::format("sprite '{}' has {} frames, a page of atlas '{}' ({}x{}) takes {} of {}x{}",
                    sprite.id, frames, spec.name, side, side, cells, cell.width, cell.height),
        "all frames of a sprite stand on one page: make the atlas' max_size larger");
  }
}

}  // namespace

void check_pages(const AtlasMembers& atlas, const ResolvedSprites& sprites, ProblemList& problems) {
  const AtlasSpec& spec = *atlas.spec;
  if (!has_sane_numbers(spec)) return;
  const bool has_room = check_sizes(atlas, sprites, problems);
  if (spec.layout != AtlasLayout::grid || atlas.sprites.empty()) return;
  if (atlas.cell && !fits_page(spec.cell, spec)) {
    problems.error(*atlas.cell, fmt::format("a cell is {}", larger_than_page(spec.cell, spec)),
                   page_hint(spec.cell, atlas));
  } else if (has_room) {
    check_counts(atlas, cell_of(atlas, sprites), sprites, problems);
  }
}

}  // namespace dgxp
