#include "core/atlas/atlas_memory.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include "core/atlas/compose_pages.hpp"

namespace dgxp {
namespace {

bool are_alike(const AtlasSpec& a, const AtlasSpec& b) {
  const auto tied = [](const AtlasSpec& spec) {
    return std::tie(spec.name, spec.layout, spec.cell, spec.max_size, spec.padding, spec.extrude,
                    spec.power_of_two);
  };
  return tied(a) == tied(b);
}

bool are_alike(const AtlasMemory::Picture& picture, const AtlasInput& input) {
  return picture.size == input.image->size && picture.name == input.name &&
         picture.group == input.group;
}

/// Whether the last atlas would be packed again from what is locked now: from the same, or from its
/// own layout, which is kept (pack_atlas_test: a layout leads to itself).
bool is_still_locked(AtlasMemory& memory, const AtlasSpec& spec,
                     const std::map<std::string, LockedSlot>& locked) {
  if (memory.locked == locked) return true;
  if (layout_of(memory.atlas, spec) != locked) return false;
  memory.locked = locked;
  memory.is_as_locked = true;
  return true;
}

/// Whether each of these pictures was alone in its place, and is unlike all others still.
bool stay_apart(AtlasMemory& memory, std::span<const AtlasInput> inputs,
                const std::vector<std::size_t>& changed) {
  for (const std::size_t i : changed) {
    const auto use = memory.uses.find(memory.pictures[i].hash);
    if (use == memory.uses.end() || use->second != 1) return false;
    memory.uses.erase(use);
  }
  for (const std::size_t i : changed) {
    const std::uint64_t hash = hash_pixels(*inputs[i].image);
    if (!memory.uses.emplace(hash, 1).second) return false;
    memory.pictures[i].hash = hash;
  }
  return true;
}

/// The rows that differ; all when the sizes do.
RowRange differing_rows(const Image& before, const Image& today) {
  RowRange rows{.begin = 0, .end = today.size.height};
  if (before.size != today.size) return rows;
  const auto width = static_cast<std::size_t>(today.size.width);
  const auto is_same = [&](int y) {
    const std::size_t first = static_cast<std::size_t>(y) * width;
    return std::memcmp(before.pixels.data() + first, today.pixels.data() + first,
                       width * sizeof(Rgba)) == 0;
  };
  while (!rows.empty() && is_same(rows.begin)) ++rows.begin;
  while (!rows.empty() && is_same(rows.end - 1)) --rows.end;
  return rows;
}

}  // namespace

void RowRange::add(RowRange other) {
  if (other.empty()) return;
  const bool was_empty = empty();
  begin = was_empty ? other.begin : std::min(begin, other.begin);
  end = was_empty ? other.end : std::max(end, other.end);
}

std::optional<Atlas> redraw_atlas(AtlasMemory& memory, std::span<const AtlasInput> inputs,
                                  const AtlasSpec& spec,
                                  const std::map<std::string, LockedSlot>& locked) {
  if (memory.atlas.pages.empty() || !are_alike(memory.spec, spec) ||
      !is_still_locked(memory, spec, locked) ||
      !std::ranges::equal(memory.pictures, inputs, [](const auto& picture, const auto& input) {
        return are_alike(picture, input);
      })) {
    return std::nullopt;
  }
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (!inputs[i].is_known) changed.push_back(i);
  if (spec.layout == AtlasLayout::packed && !stay_apart(memory, inputs, changed))
    return std::nullopt;
  // Beyond this point the layout is the one of before.
  for (const std::size_t i : changed) {
    const auto& [name, page, rect] = memory.atlas.frames[i];
    const auto index = static_cast<std::size_t>(page);
    draw_extruded(memory.atlas.pages[index], *inputs[i].image, {rect.x, rect.y}, spec.extrude);
    memory.changed[index].add(
        {.begin = rect.y - spec.extrude, .end = rect.y + rect.height + spec.extrude});
  }
  return std::exchange(memory.atlas, {});
}

std::vector<std::uint64_t> hash_inputs(std::span<const AtlasInput> inputs,
                                       const AtlasMemory& memory) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(inputs.size());
  const bool has_hashes = memory.spec.layout == AtlasLayout::packed;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const bool is_hashed = has_hashes && inputs[i].is_known && i < memory.pictures.size() &&
                           memory.pictures[i].name == inputs[i].name;
    hashes.push_back(is_hashed ? memory.pictures[i].hash : hash_pixels(*inputs[i].image));
  }
  return hashes;
}

void remember_atlas(AtlasMemory& memory, std::span<const AtlasInput> inputs, const AtlasSpec& spec,
                    const std::map<std::string, LockedSlot>& locked,
                    std::span<const std::uint64_t> hashes, const Atlas& atlas) {
  memory.spec = spec;
  memory.locked = locked;
  memory.is_as_locked = layout_of(atlas, spec) == locked;
  memory.pictures.clear();
  memory.uses.clear();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    memory.pictures.push_back({.name = inputs[i].name,
                               .group = inputs[i].group,
                               .size = inputs[i].image->size,
                               .hash = i < hashes.size() ? hashes[i] : 0});
    ++memory.uses[memory.pictures.back().hash];
  }
  memory.changed.resize(atlas.pages.size());
  for (std::size_t i = 0; i < atlas.pages.size(); ++i) {
    const Image& page = atlas.pages[i];
    const bool is_new = i >= memory.atlas.pages.size();
    memory.changed[i].add(is_new ? RowRange{.begin = 0, .end = page.size.height}
                                 : differing_rows(memory.atlas.pages[i], page));
  }
  memory.atlas = {};
}

}  // namespace dgxp
