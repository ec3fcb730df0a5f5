#include "core/exporters/sheet_pair.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/exporters/catalog.hpp"
#include "core/exporters/sheet_rows.hpp"

namespace dgxp {
namespace {

OutputFile file(const OutputSpec& output, std::string_view name, Bytes content, PublishStep step) {
  return {.path = output_path(output, name), .content = std::move(content), .step = step};
}

/// Adds one sprite to the catalogue; an id stands for one place.
std::optional<Error> add_sprite(Catalog& catalog, SpriteEntry entry) {
  const auto [old, is_new] = catalog.sprites.try_emplace(entry.id, std::move(entry.text));
  if (is_new) return std::nullopt;
  return Error{ErrorKind::manifest,
               fmt::format("sprite '{}' is in two atlases of one output, so the catalogue cannot "
                           "say where it is",
                           old->first),
               "name one of the atlases in 'only:'"};
}

}  // namespace

Result<Exported> export_pairs(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                              const ProjectSpec& project, PlaybackStyle style) {
  Exported exported;
  Catalog catalog;
  std::vector<const SpriteSpec*> sprites;
  for (const Sheet* sheet : sheets) {
    auto pages = rows_by_page(*sheet);
    if (!pages) return pages.error();
    for (std::size_t page = 0; page < pages->size(); ++page) {
      const std::vector<SheetRow>& rows = (*pages)[page];
      SheetFiles files = write_sheet(*sheet, static_cast<int>(page), rows, style);
      for (SpriteEntry& entry : sprite_entries(*sheet, rows, files.json)) {
        if (auto error = add_sprite(catalog, std::move(entry))) return *std::move(error);
      }
      catalog.revisions[files.json] = files.revision;
      exported.files.push_back(
          file(output, files.image, sheet->page_png.at(page), PublishStep::page));
      exported.files.push_back(file(output, files.json, to_bytes(files.text), PublishStep::sheet));
    }
    sprites.insert(sprites.end(), sheet->sprites.begin(), sheet->sprites.end());
  }
  exported.files.push_back(file(output, kCatalogFile,
                                to_bytes(write_catalog(catalog, sprites, project)),
                                PublishStep::catalog));
  return exported;
}

}  // namespace dgxp
