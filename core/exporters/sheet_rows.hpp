#pragma once

#include <string>
#include <vector>

#include "core/exporters/exporter.hpp"

namespace dgxp {

/// One row of a sprite with the places of its frames, which are all on one page.
struct SheetRow {
  const SpriteSpec* sprite = nullptr;
  const RowSpec* row = nullptr;
  std::string id;                          ///< "hero/walk/east", or the sprite's for a still
  std::vector<const PlacedFrame*> frames;  ///< as in `row`
  bool is_placeholder = false;             ///< the sprite is

  bool is_animation() const { return !row->animation.empty(); }
};

/// "hero/walk/east", or the sprite's id for a still.
std::string row_id(const SpriteSpec& sprite, const RowSpec& row);

/// The rows of all sprites of a sheet by page, in the order of the sheet.
///
/// Error: `manifest` when a sprite is spread over pages or two frames have one name; `failed` when
/// the atlas lacks a frame.
Result<std::vector<std::vector<SheetRow>>> rows_by_page(const Sheet& sheet);

/// Frame indices in the order in which `playback` shows them, once through. A ping-pong does not
/// double its turning points; one that `loops` leaves out its first frame at the end, too.
std::vector<int> play_order(Playback playback, int frames, bool loops);

/// "actors" for page 0, then "actors-1" ...
std::string page_stem(const Sheet& sheet, int page);

/// `file` in the folder of the output.
std::string output_path(const OutputSpec& output, std::string_view file);

/// The file's name without its folders.
std::string base_name(std::string_view path);

}  // namespace dgxp
