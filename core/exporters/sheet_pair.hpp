#pragma once

#include "core/exporters/exporter.hpp"
#include "core/exporters/sheet_json.hpp"

namespace dgxp {

/// Page images, sheets and the catalogue of one output. `memory` is emptied first when the sheets
/// are other ones than those that it is of.
Result<Exported> export_pairs(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                              const ProjectSpec& project, PlaybackStyle style,
                              ExportMemory& memory);

}  // namespace dgxp
