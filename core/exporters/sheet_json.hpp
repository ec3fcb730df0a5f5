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

/// The two files of one page of an atlas.
struct SheetFiles {
  std::string image;  ///< "actors.png"
  std::string json;   ///< "actors.dgxp.json", beside it
  std::string revision;
  std::string text;
};

/// The format of `<sheet>.dgxp.json`, a superset of TexturePacker's "JSON hash". The members of
/// `frames` stand in the order of the frame indices, all others are sorted. `revision` is the
/// SHA-256 of the text without the line that holds it, followed by the bytes of the image.
SheetFiles write_sheet(const Sheet& sheet, int page, const std::vector<SheetRow>& rows,
                       PlaybackStyle style);

/// {"anims":[...],"frames":[...],"placeholder":false,"pivot":...,"size":...} for every sprite of
/// `rows`, sorted by id; with "sheet" when `sheet_file` is given.
struct SpriteEntry {
  std::string id;
  std::string text;
};
std::vector<SpriteEntry> sprite_entries(const Sheet& sheet, const std::vector<SheetRow>& rows,
                                        const std::string& sheet_file = {});

}  // namespace dgxp
