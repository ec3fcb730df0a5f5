#include "core/exporters/exporter.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/exporters/targets.hpp"
#include "core/image/follow_palette.hpp"
#include "core/image/png_codec.hpp"

namespace dgxp {
namespace {

std::string_view name_of(Target target) {
  switch (target) {
    case Target::bevy:
      return "bevy";
    case Target::pixi:
      return "pixi";
    case Target::tiled:
      break;
  }
  return "tiled";
}

std::optional<Error> check_emit(const OutputSpec& output) {
  for (const std::string& extra : output.emit) {
    if (extra == "rust_ids" && output.target == Target::bevy) continue;
    return Error{.kind = ErrorKind::manifest,
                 .message = fmt::format("target {} does not support emit: '{}'",
                                        name_of(output.target), extra),
                 .place = output.place};
  }
  return std::nullopt;
}

std::optional<Error> check_sprite(const SpriteSpec& sprite, Target target) {
  if (!sprite.finish.trim) return std::nullopt;
  return Error{.kind = ErrorKind::manifest,
               .message = fmt::format("sprite '{}' asks for trim, which target {} does not support",
                                      sprite.id, name_of(target)),
               .hint = "remove trim from its finish",
               .place = sprite.place};
}

bool takes(const OutputSpec& output, const AtlasSpec& atlas) {
  return output.only.empty() || std::ranges::find(output.only, atlas.name) != output.only.end();
}

/// So that the second of two is the one further down.
std::vector<const SpriteSpec*> in_manifest_order(std::vector<const SpriteSpec*> sprites) {
  std::ranges::stable_sort(sprites, {}, &SpriteSpec::place);
  return sprites;
}

/// "actors" with two pages and an atlas "actors-1" would write one file twice.
std::optional<Error> check_paths(const std::vector<OutputFile>& files) {
  std::vector<std::string_view> paths;
  for (const OutputFile& file : files) paths.emplace_back(file.path);
  std::ranges::sort(paths);
  const auto twice = std::ranges::adjacent_find(paths);
  if (twice == paths.end()) return std::nullopt;
  return Error{ErrorKind::manifest, fmt::format("two atlases write one file '{}'", *twice),
               "rename one of them"};
}

Result<Exported> export_target(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                               const ProjectSpec& project, ExportMemory& memory) {
  switch (output.target) {
    case Target::bevy:
      return export_bevy(sheets, output, project, memory);
    case Target::pixi:
      return export_pixi(sheets, output, project, memory);
    case Target::tiled:
      break;
  }
  return export_tiled(sheets, output);
}

/// `changed` are the rows that may not be those of the last call.
void encode_page(const Image& page, RowRange changed, SheetMemory::Page& known, bool is_kept) {
  if (const auto& indexed = known.index.update(page, changed.begin, changed.end)) {
    known.colors.clear();
    for (const Rgba color : indexed->palette)
      if (color.a != 0) known.colors.push_back({color.r, color.g, color.b});
    known.png =
        encode_png(*indexed, PngEffort::small, PngColors::any, is_kept ? &known.found : nullptr);
  } else {
    known.colors = colors_of(page);
    known.png = encode_png(page, PngEffort::small, PngColors::any);
  }
}

}  // namespace

Sheet make_sheet(const AtlasSpec& spec, const Atlas& atlas, SheetMemory* memory) {
  Sheet sheet;
  sheet.spec = &spec;
  sheet.atlas = &atlas;
  std::set<Rgb> colors;
  SheetMemory own;
  if (memory == nullptr) memory = &own;
  memory->pages.resize(atlas.pages.size());
  for (std::size_t i = 0; i < atlas.pages.size(); ++i) {
    SheetMemory::Page& known = memory->pages[i];
    const bool is_kept = memory != &own;
    const RowRange whole{.begin = 0, .end = atlas.pages[i].size.height};
    const RowRange changed = is_kept ? memory->atlas.changed.at(i) : whole;
    if (known.png.empty()) {
      encode_page(atlas.pages[i], whole, known, is_kept);
    } else if (!changed.empty()) {
      encode_page(atlas.pages[i], changed, known, is_kept);
    }
    if (is_kept) memory->atlas.changed[i] = {};
    colors.insert(known.colors.begin(), known.colors.end());
    sheet.page_png.push_back(known.png);
  }
  sheet.palette.assign(colors.begin(), colors.end());
  return sheet;
}

std::optional<Error> check_output(const OutputSpec& output, const ProjectSpec& project) {
  if (auto error = check_emit(output)) return error;
  const bool is_trimmed = std::ranges::any_of(
      project.sprites, [](const SpriteSpec& sprite) { return sprite.finish.trim; });
  const bool has_ids = !output.emit.empty();
  if (!is_trimmed && !has_ids && output.target != Target::tiled) return std::nullopt;
  std::map<std::string_view, const SpriteSpec*> known;
  for (const SpriteSpec& sprite : project.sprites) known.emplace(sprite.id, &sprite);
  std::vector<const SpriteSpec*> taken;
  for (const AtlasSpec& atlas : project.atlases) {
    if (!takes(output, atlas)) continue;
    std::vector<const SpriteSpec*> sprites;
    for (const std::string& id : atlas.sprites)
      if (const auto found = known.find(id); found != known.end()) sprites.push_back(found->second);
    for (const SpriteSpec* sprite : sprites)
      if (auto error = check_sprite(*sprite, output.target)) return error;
    taken.insert(taken.end(), sprites.begin(), sprites.end());
    if (output.target != Target::tiled) continue;
    if (auto error = check_tiled_atlas(atlas, sprites, output)) return error;
  }
  return has_ids ? check_rust_ids(in_manifest_order(std::move(taken))) : std::nullopt;
}

Result<Exported> export_sheets(std::span<const Sheet> sheets, const OutputSpec& output,
                               const ProjectSpec& project, ExportMemory* memory) {
  if (auto error = check_emit(output)) return *std::move(error);
  std::vector<const Sheet*> chosen;
  for (const Sheet& sheet : sheets) {
    if (!takes(output, *sheet.spec)) continue;
    for (const SpriteSpec* sprite : sheet.sprites) {
      if (auto error = check_sprite(*sprite, output.target)) return *std::move(error);
    }
    chosen.push_back(&sheet);
  }
  ExportMemory own;
  auto exported = export_target(chosen, output, project, memory == nullptr ? own : *memory);
  if (!exported) return exported;
  if (auto error = check_paths(exported->files)) return *std::move(error);
  std::ranges::stable_sort(exported->files, {},
                           [](const OutputFile& file) { return static_cast<int>(file.step); });
  return exported;
}

}  // namespace dgxp
