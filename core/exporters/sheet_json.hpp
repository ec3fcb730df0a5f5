#pragma once

#include <string>
#include <vector>

#include "core/exporters/exporter.hpp"
#include "core/exporters/sheet_rows.hpp"

namespace dgxp {

/// How an animation stands in a sheet.
enum class PlaybackStyle {
  named,     ///< each frame once, `playback` says the order
  unrolled,  ///< the frames as they are shown: for readers that know no playback
};

// The format of `<sheet>.dgxp.json`, a superset of TexturePacker's "JSON hash". The members of
// `frames` stand in the order of the frame indices, all others are sorted. `revision` is the
// SHA-256 of the text without the line that holds it, followed by the bytes of the image.

/// One page of an atlas, with a gap for what follows from its pixels.
ExportMemory::SheetText write_sheet_text(const Sheet& sheet, int page,
                                         const std::vector<SheetRow>& rows, PlaybackStyle style);

struct FinishedSheet {
  std::string revision;
  Bytes text;
};

/// Fills in the gap: the image with its digest, and the palette.
FinishedSheet finish_sheet(const ExportMemory::SheetText& text, const Sheet& sheet, int page);

/// {"anims":[...],"frames":[...],"placeholder":false,"pivot":...,"size":...} for every sprite of
/// `rows`, sorted by id; with "sheet" when `sheet_file` is given.
struct SpriteEntry {
  std::string id;
  std::string text;
};
std::vector<SpriteEntry> sprite_entries(const std::vector<SheetRow>& rows,
                                        const std::string& sheet_file = {});

}  // namespace dgxp
