#include <algorithm>

#include "core/exporters/sheet_pair.hpp"
#include "core/exporters/sheet_rows.hpp"
#include "core/exporters/targets.hpp"

namespace dgxp {

Result<Exported> export_bevy(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                             const ProjectSpec& project, ExportMemory& memory) {
  auto exported = export_pairs(sheets, output, project, PlaybackStyle::named, memory);
  if (!exported) return exported;
  if (std::ranges::find(output.emit, "rust_ids") == output.emit.end()) return exported;
  if (!memory.rust_ids) {
    auto text = write_rust_ids(sheets, project);
    if (!text) return text.error();
    memory.rust_ids = *std::move(text);
  }
  exported->files.push_back({.path = output_path(output, "sprites.rs"),
                             .content = to_bytes(*memory.rust_ids),
                             .step = PublishStep::extra});
  return exported;
}

}  // namespace dgxp
