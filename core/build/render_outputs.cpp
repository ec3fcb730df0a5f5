#include "core/build/render_outputs.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/atlas/pack_atlas.hpp"
#include "core/base/parallel.hpp"
#include "core/build/in_order.hpp"
#include "core/exporters/exporter.hpp"
#include "core/image/follow_palette.hpp"

namespace dgxp {
namespace {

template <typename Map>
const typename Map::mapped_type* find_in(const Map& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

struct MadeSprite {
  Sprite sprite;
  std::optional<Error> error;
};

Error no_palette(const SpriteSpec& spec, const std::string& name) {
  return {.kind = ErrorKind::manifest,
          .message =
              fmt::format("sprite '{}' uses palette '{}', which has no colours yet", spec.id, name),
          .hint = "they are chosen by `dgxp build`, when a master is drawn in this palette",
          .place = spec.place};
}

MadeSprite make_one_sprite(const SpriteSpec& spec, const Inputs& inputs, const Palettes& palettes,
                           const Lock& lock) {
  MadeSprite made;
  made.sprite.id = spec.id;
  SpriteColors colors;
  if (!spec.palette.empty()) {
    colors.base = find_in(palettes, spec.palette);
    colors.locked = find_in(lock.palettes, spec.palette);
    if (colors.base == nullptr) made.error = no_palette(spec, spec.palette);
  }
  if (!spec.variant_palette.empty()) {
    colors.variant = find_in(palettes, spec.variant_palette);
    if (colors.variant == nullptr) made.error = no_palette(spec, spec.variant_palette);
  }
  for (const RowSpec& row : spec.rows) {
    if (made.error) return made;
    const PresentMaster* master = find_in(inputs.masters, row.master);
    if (master == nullptr) {
      made.error =
          Error{.kind = ErrorKind::failed,
                .message = fmt::format("sprite '{}' has no master '{}' yet", spec.id, row.master),
                .hint = "run `dgxp build`"};
      return made;
    }
    auto made_row = make_sprite_row(master->image, spec, row, colors);
    if (!made_row) {
      made.error = made_row.error();
      if (made.error->place.line == 0) made.error->place = spec.place;
      return made;
    }
    made.sprite.guessed.insert(made_row->guessed.begin(), made_row->guessed.end());
    made.sprite.cut += made_row->cut;
    made.sprite.rows.push_back(std::move(made_row->row));
    const LockedJob* locked = find_in(lock.jobs, row.master);
    made.sprite.placeholder =
        made.sprite.placeholder || (locked != nullptr && locked->origin == Origin::placeholder);
  }
  return made;
}

/// Both are sorted.
void add_colors(std::vector<Rgb>& colors, const std::vector<Rgb>& more) {
  if (std::ranges::includes(colors, more)) return;
  std::vector<Rgb> all;
  std::ranges::set_union(colors, more, std::back_inserter(all));
  colors = std::move(all);
}

/// Today's colours of each palette that masters are drawn in, for the lock.
LockedPalettes update_palettes(const ProjectSpec& project, const Inputs& inputs,
                               const Palettes& palettes, const LockedPalettes& before) {
  std::map<std::string, std::vector<Rgb>> used;
  for (const MasterSpec& master : project.masters) {
    if (master.palette.empty()) continue;
    std::vector<Rgb>& colors = used[master.palette];
    if (const PresentMaster* present = find_in(inputs.masters, master.id))
      add_colors(colors, present->colors ? *present->colors : colors_of(present->image));
  }
  LockedPalettes updated;
  for (const auto& [name, colors] : used) {
    const Palette* today = find_in(palettes, name);
    if (today == nullptr) continue;
    const LockedPalette* locked = find_in(before, name);
    updated[name] =
        update_locked_palette(locked == nullptr ? LockedPalette{} : *locked, *today, colors);
  }
  for (const PaletteSpec& spec : project.palettes) {
    const auto locked = updated.find(spec.name);
    if (locked == updated.end()) continue;
    if (spec.auto_colors == 0) locked->second.auto_colors = 0;
    if (spec.extend > 0) continue;
    locked->second.extend = 0;
    locked->second.added.clear();
  }
  return updated;
}

KnownFindings known_findings(const ProjectSpec& project, BuildMemory* memory) {
  if (memory == nullptr) return {};
  SpriteMemory& sprites = memory->sprites;
  KnownFindings known(project.sprites.size());
  for (std::size_t i = 0; i < known.size(); ++i)
    if (sprites.is_taken[i]) known[i] = &sprites.findings[i];
  return known;
}

/// One atlas with all that its sheet says.
struct MadeSheet {
  Atlas atlas;
  Sheet sheet;
};

using SpriteIndexes = std::unordered_map<std::string_view, std::size_t>;  ///< by id

std::vector<AtlasInput> atlas_inputs(const AtlasSpec& spec, const SpriteIndexes& index_of,
                                     const ProjectSpec& project, const std::vector<Sprite>& sprites,
                                     const BuildMemory* memory) {
  std::vector<AtlasInput> inputs;
  for (const std::string& id : spec.sprites) {
    const std::size_t index = index_of.at(id);
    const SpriteSpec& sprite = project.sprites[index];
    const bool is_known = memory != nullptr && memory->sprites.is_taken[index];
    for (std::size_t row = 0; row < sprite.rows.size(); ++row) {
      const std::vector<Image>& frames = sprites[index].rows[row].frames;
      for (std::size_t frame = 0; frame < frames.size(); ++frame) {
        inputs.push_back({.name = frame_name(sprite, sprite.rows[row], static_cast<int>(frame)),
                          .image = &frames[frame],
                          .group = id,
                          .is_known = is_known});
      }
    }
  }
  return inputs;
}

Sheet describe_sheet(const AtlasSpec& spec, const Atlas& atlas, const ProjectSpec& project,
                     const SpriteIndexes& index_of, const std::vector<Sprite>& sprites,
                     SheetMemory* memory) {
  Sheet sheet = make_sheet(spec, atlas, memory);
  for (const std::string& id : spec.sprites) {
    const std::size_t index = index_of.at(id);
    sheet.sprites.push_back(&project.sprites[index]);
    sheet.placeholder.push_back(sprites[index].placeholder);
  }
  return sheet;
}

/// One for each atlas; those of atlases that are no more are forgotten.
std::vector<SheetMemory*> memory_of_sheets(const ProjectSpec& project, BuildMemory* memory) {
  std::vector<SheetMemory*> known(project.atlases.size());
  if (memory == nullptr) return known;
  std::erase_if(memory->sheets, [&](const auto& entry) {
    return std::ranges::find(project.atlases, entry.first, &AtlasSpec::name) ==
           project.atlases.end();
  });
  for (std::size_t i = 0; i < known.size(); ++i)
    known[i] = &memory->sheets[project.atlases[i].name];
  return known;
}

Result<std::vector<MadeSheet>> make_sheets(const ProjectSpec& project,
                                           const std::vector<Sprite>& sprites, Repack repack,
                                           int threads, BuildMemory* memory, const Layout& layout) {
  SpriteIndexes index_of;
  index_of.reserve(project.sprites.size());
  for (std::size_t i = 0; i < project.sprites.size(); ++i) index_of[project.sprites[i].id] = i;
  static const std::map<std::string, LockedSlot> kNothingLocked;

  std::vector<MadeSheet> sheets(project.atlases.size());
  const std::vector<SheetMemory*> known = memory_of_sheets(project, memory);
  std::vector<std::optional<Error>> errors(sheets.size());
  parallel_for(sheets.size(), threads, [&](std::size_t i) {
    const AtlasSpec& spec = project.atlases[i];
    const auto* locked = repack == Repack::yes ? nullptr : find_in(layout, spec.name);
    auto atlas = pack_atlas(atlas_inputs(spec, index_of, project, sprites, memory), spec,
                            locked == nullptr ? kNothingLocked : *locked,
                            known[i] == nullptr ? nullptr : &known[i]->atlas);
    if (!atlas) {
      errors[i] = atlas.error();
      if (errors[i]->place.line == 0) errors[i]->place = spec.place;
      return;
    }
    sheets[i].atlas = std::move(*atlas);
    sheets[i].sheet = describe_sheet(spec, sheets[i].atlas, project, index_of, sprites, known[i]);
  });
  for (const std::optional<Error>& error : errors) {
    if (error) return *error;
  }
  return sheets;
}

/// Whether each atlas stands as the lock says, and the lock says nothing of others.
bool is_as_locked(const ProjectSpec& project, const BuildMemory& memory, const Layout& layout) {
  std::size_t locked = 0;
  for (const AtlasSpec& spec : project.atlases) {
    const SheetMemory* const known = find_in(memory.sheets, spec.name);
    if (known == nullptr || !known->atlas.is_as_locked) return false;
    if (!known->atlas.locked.empty()) ++locked;
  }
  return locked == layout.size();
}

Layout layout_of_all(const ProjectSpec& project, const std::vector<MadeSheet>& sheets) {
  Layout layout;
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    auto slots = layout_of(sheets[i].atlas, project.atlases[i]);
    if (!slots.empty()) layout.emplace(project.atlases[i].name, std::move(slots));
  }
  return layout;
}

Result<Done> export_all(const ProjectSpec& project, std::vector<MadeSheet> sheets,
                        BuildMemory* memory, Rendered& rendered) {
  std::vector<Sheet> descriptions;
  for (MadeSheet& made : sheets) {
    descriptions.push_back(std::move(made.sheet));
    descriptions.back().atlas = &made.atlas;
  }
  if (memory != nullptr) memory->exports.resize(project.outputs.size());
  std::map<std::string, OutputFile> files;
  for (std::size_t i = 0; i < project.outputs.size(); ++i) {
    const OutputSpec& output = project.outputs[i];
    auto exported = export_sheets(descriptions, output, project,
                                  memory == nullptr ? nullptr : &memory->exports[i]);
    if (!exported) return exported.error();
    for (OutputFile& file : exported->files) {
      const auto place = files.find(file.path);
      if (place == files.end()) {
        std::string path = file.path;
        files.emplace(std::move(path), std::move(file));
      } else if (place->second.content != file.content) {
        return Error{.kind = ErrorKind::manifest,
                     .message = fmt::format("two outputs write different '{}'", file.path),
                     .hint = "give each output a folder of its own",
                     .place = output.place};
      }
    }
    for (Lowering& lowering : exported->lowered) rendered.notes.push_back(lowering.message);
  }
  for (auto& [path, file] : files) rendered.files.push_back(std::move(file));
  if (memory == nullptr) return Done{};
  for (MadeSheet& made : sheets) {
    const std::string name = made.atlas.name;
    memory->sheets[name].atlas.atlas = std::move(made.atlas);
  }
  return Done{};
}

std::vector<SpriteKey> sprite_keys(const ProjectSpec& project, const Inputs& inputs,
                                   const Lock& lock) {
  std::vector<SpriteKey> keys(project.sprites.size());
  InOrder jobs(lock.jobs);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (const RowSpec& row : project.sprites[i].rows) {
      const PresentMaster* master = find_in(inputs.masters, row.master);
      if (master == nullptr) {
        keys[i].clear();
        break;
      }
      const LockedJob* const locked = jobs.find(row.master);
      keys[i].emplace_back(master->pixels,
                           locked != nullptr && locked->origin == Origin::placeholder);
    }
  }
  return keys;
}

}  // namespace

Result<std::vector<Sprite>> make_sprites(const ProjectSpec& project, const Inputs& inputs,
                                         const Palettes& palettes, const Lock& lock, int threads,
                                         SpriteMemory* memory) {
  std::vector<MadeSprite> made(project.sprites.size());
  std::vector<std::size_t> wanted;
  std::vector<bool> is_taken(made.size());
  const bool is_known = memory != nullptr && memory->sprites.size() == made.size() &&
                        memory->palettes == palettes && memory->locked == lock.palettes;
  std::vector<SpriteKey> keys =
      memory != nullptr ? sprite_keys(project, inputs, lock) : std::vector<SpriteKey>();
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (is_known && !keys[i].empty() && memory->keys[i] == keys[i]) {
      made[i].sprite = std::move(memory->sprites[i]);
      is_taken[i] = true;
    } else {
      wanted.push_back(i);
    }
  }
  if (memory != nullptr) {
    memory->sprites.clear();
    memory->is_taken = std::move(is_taken);
    memory->keys = std::move(keys);
  }
  parallel_for(wanted.size(), threads, [&](std::size_t i) {
    made[wanted[i]] = make_one_sprite(project.sprites[wanted[i]], inputs, palettes, lock);
  });
  std::vector<Sprite> sprites;
  sprites.reserve(made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (made[i].error) return *made[i].error;
    sprites.push_back(std::move(made[i].sprite));
  }
  return sprites;
}

Result<Rendered> render_outputs(const ProjectSpec& project, const Inputs& inputs,
                                const Palettes& palettes, const Lock& lock, Repack repack,
                                int threads, BuildMemory* memory) {
  Rendered rendered;
  auto sprites = make_sprites(project, inputs, palettes, lock, threads,
                              memory == nullptr ? nullptr : &memory->sprites);
  if (!sprites) return sprites.error();
  rendered.sprites = std::move(*sprites);
  // Beyond this point no pixel changes.
  rendered.findings = run_checks(project, rendered.sprites, palettes, CheckScope::asked,
                                 known_findings(project, memory));
  rendered.palettes = update_palettes(project, inputs, palettes, lock.palettes);
  auto sheets = make_sheets(project, rendered.sprites, repack, threads, memory, lock.layout);
  if (!sheets) return sheets.error();
  if (memory == nullptr || !is_as_locked(project, *memory, lock.layout))
    rendered.layout = layout_of_all(project, *sheets);
  // Beyond this point no frame moves.
  if (auto done = export_all(project, *std::move(sheets), memory, rendered); !done)
    return done.error();
  return rendered;
}

void update_lock(Lock& lock, Rendered& rendered) {
  lock.palettes = std::move(rendered.palettes);
  if (rendered.layout) lock.layout = *std::move(rendered.layout);
}

}  // namespace dgxp
