#include "core/exporters/sheet_pair.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/exporters/catalog.hpp"
#include "core/exporters/sheet_rows.hpp"

namespace dgxp {
namespace {

using SheetText = ExportMemory::SheetText;

OutputFile file(const OutputSpec& output, std::string_view name, Bytes content, PublishStep step) {
  return {.path = output_path(output, name), .content = std::move(content), .step = step};
}

/// Adds one sprite to the catalogue; an id stands for one place.
std::optional<Error> add_sprite(std::map<std::string, std::string>& entries, SpriteEntry entry) {
  const auto [old, is_new] = entries.try_emplace(entry.id, std::move(entry.text));
  if (is_new) return std::nullopt;
  return Error{ErrorKind::manifest,
               fmt::format("sprite '{}' is in two atlases of one output, so the catalogue cannot "
                           "say where it is",
                           old->first),
               "name one of the atlases in 'only:'"};
}

bool is_at(const ExportMemory::Places& places, const Sheet& sheet) {
  return std::ranges::equal(places.pages, sheet.atlas->pages, {}, {}, &Image::size) &&
         places.placeholder == sheet.placeholder && places.frames == sheet.atlas->frames;
}

ExportMemory::Places places_of(const Sheet& sheet) {
  ExportMemory::Places places{
      .pages = {}, .frames = sheet.atlas->frames, .placeholder = sheet.placeholder};
  for (const Image& page : sheet.atlas->pages) places.pages.push_back(page.size);
  return places;
}

bool knows(const ExportMemory& memory, const std::vector<const Sheet*>& sheets) {
  return !memory.places.empty() &&
         std::ranges::equal(memory.places, sheets, [](const auto& places, const Sheet* sheet) {
           return is_at(places, *sheet);
         });
}

/// All that is written whatever the pixels are.
Result<ExportMemory> write_texts(const std::vector<const Sheet*>& sheets,
                                 const ProjectSpec& project, PlaybackStyle style) {
  ExportMemory texts;
  std::map<std::string, std::string> entries;
  std::vector<const SpriteSpec*> sprites;
  for (const Sheet* sheet : sheets) {
    auto pages = rows_by_page(*sheet);
    if (!pages) return pages.error();
    std::vector<SheetText>& of_pages = texts.sheets.emplace_back();
    for (std::size_t page = 0; page < pages->size(); ++page) {
      const std::vector<SheetRow>& rows = (*pages)[page];
      of_pages.push_back(write_sheet_text(*sheet, static_cast<int>(page), rows, style));
      for (SpriteEntry& entry : sprite_entries(rows, of_pages.back().json)) {
        if (auto error = add_sprite(entries, std::move(entry))) return *std::move(error);
      }
    }
    sprites.insert(sprites.end(), sheet->sprites.begin(), sheet->sprites.end());
    texts.places.push_back(places_of(*sheet));
  }
  texts.catalog = write_catalog_text(entries, sprites, project);
  return texts;
}

}  // namespace

Result<Exported> export_pairs(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                              const ProjectSpec& project, PlaybackStyle style,
                              ExportMemory& memory) {
  if (!knows(memory, sheets)) {
    memory = {};
    auto texts = write_texts(sheets, project, style);
    if (!texts) return texts.error();
    memory = *std::move(texts);
  }
  // Beyond this point only pixels are new.
  Exported exported;
  std::map<std::string, std::string> revisions;
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    for (std::size_t page = 0; page < memory.sheets[i].size(); ++page) {
      const SheetText& text = memory.sheets[i][page];
      FinishedSheet sheet = finish_sheet(text, *sheets[i], static_cast<int>(page));
      revisions[text.json] = std::move(sheet.revision);
      exported.files.push_back(
          file(output, text.image, sheets[i]->page_png.at(page), PublishStep::page));
      exported.files.push_back(file(output, text.json, std::move(sheet.text), PublishStep::sheet));
    }
  }
  exported.files.push_back(file(output, kCatalogFile,
                                to_bytes(write_catalog(memory.catalog, revisions)),
                                PublishStep::catalog));
  return exported;
}

}  // namespace dgxp
