#include <fmt/format.h>

#include "core/exporters/sheet_pair.hpp"
#include "core/exporters/targets.hpp"

namespace dgxp {

Result<Exported> export_pixi(const std::vector<const Sheet*>& sheets, const OutputSpec& output,
                             const ProjectSpec& project, ExportMemory& memory) {
  auto exported = export_pairs(sheets, output, project, PlaybackStyle::unrolled, memory);
  if (!exported) return exported;
  for (const Sheet* sheet : sheets) {
    for (const SpriteSpec* sprite : sheet->sprites) {
      for (const RowSpec& row : sprite->rows) {
        if (row.animation.empty() || row.playback == Playback::forward) continue;
        exported->lowered.push_back({fmt::format(
            "pixi: '{}/{}' plays {}, which Pixi does not know; its frames are listed in that order",
            sprite->id, row.name, to_text(row.playback))});
      }
    }
  }
  return exported;
}

}  // namespace dgxp
