#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/exporters/exporter.hpp"

namespace dgxp {

inline constexpr std::string_view kCatalogFile = "sprites.dgxp-catalog.json";

/// What the catalogue says: which sheet has a sprite. Names are resolved inside the sheet.
struct Catalog {
  std::map<std::string, std::string> revisions;  ///< sheet file -> its revision
  std::map<std::string, std::string> sprites;    ///< id -> JSON text of its entry
};

/// `palettes` lists the palette files of the project that these sprites are drawn with.
std::string write_catalog(const Catalog& catalog, const std::vector<const SpriteSpec*>& sprites,
                          const ProjectSpec& project);

}  // namespace dgxp
