#include "core/exporters/catalog.hpp"

#include <set>

#include "core/exporters/json_text.hpp"

namespace dgxp {
namespace {

void add_palette_files(std::set<std::string>& files, std::string name, const ProjectSpec& project) {
  // A palette may be derived from another; the manifest has no cycles, but be sure to end.
  for (std::size_t step = 0; step <= project.palettes.size() && !name.empty(); ++step) {
    std::string next;
    for (const PaletteSpec& palette : project.palettes) {
      if (palette.name != name) continue;
      if (palette.file) files.insert(*palette.file);
      next = palette.from.value_or("");
    }
    name = std::move(next);
  }
}

}  // namespace

ExportMemory::CatalogText write_catalog_text(const std::map<std::string, std::string>& entries,
                                             const std::vector<const SpriteSpec*>& sprites,
                                             const ProjectSpec& project) {
  std::set<std::string> palettes;
  for (const SpriteSpec* sprite : sprites) {
    add_palette_files(palettes, sprite->palette, project);
    add_palette_files(palettes, sprite->variant_palette, project);
  }
  return {.palettes = json_strings({palettes.begin(), palettes.end()}),
          .sprites = json_object_lines(entries, 1)};
}

std::string write_catalog(const ExportMemory::CatalogText& text,
                          const std::map<std::string, std::string>& revisions) {
  std::vector<std::string> sheets;
  for (const auto& [path, revision] : revisions)
    sheets.push_back(
        json_object({{"path", json_string(path)}, {"revision", json_string(revision)}}));
  const JsonMembers members{{"palettes", text.palettes},
                            {"schema", "1"},
                            {"sheets", json_array_lines(sheets, 1)},
                            {"sprites", text.sprites}};
  return json_object_lines(members, 0) + "\n";
}

}  // namespace dgxp
