#pragma once

#include "core/exporters/exporter.hpp"
#include "core/exporters/sheet_json.hpp"

namespace dgxp {

/// Page images, sheets and the catalogue of one output.
Result<Exported> export_pairs(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                              const ProjectSpec& project, PlaybackStyle style);

}  // namespace dgxp
