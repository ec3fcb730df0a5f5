#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/exporters/exporter.hpp"

namespace dgxp {

inline constexpr std::string_view kCatalogFile = "sprites.dgxp-catalog.json";

// What the catalogue says: which sheet has a sprite. Names are resolved inside the sheet.

/// All but the revisions of sheets. `entries` are by id, as JSON text; `palettes` lists the palette
/// files of the project that these sprites are drawn with.
ExportMemory::CatalogText write_catalog_text(const std::map<std::string, std::string>& entries,
                                             const std::vector<const SpriteSpec*>& sprites,
                                             const ProjectSpec& project);

/// `revisions` are by sheet file.
std::string write_catalog(const ExportMemory::CatalogText& text,
                          const std::map<std::string, std::string>& revisions);

}  // namespace dgxp
