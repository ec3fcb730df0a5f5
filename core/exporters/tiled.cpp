// Tiled's tileset, TSX. Format: doc.mapeditor.org, "TMX Map Format". A tile's number is its cell;
// an animation sits on the tile of its first frame.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/atlas/grid_layout.hpp"
#include "core/exporters/sheet_rows.hpp"
#include "core/exporters/targets.hpp"

namespace dgxp {
namespace {

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

/// Where the cells of a page are, by their corner.
std::map<Point, int> numbers_of(const CellGrid& grid) {
  std::map<Point, int> numbers;
  for (int cell = 0; cell < grid.cells_on_page(); ++cell) numbers[grid.corner(cell)] = cell;
  return numbers;
}

std::optional<Error> check_layout(const AtlasSpec& atlas, const OutputSpec& output) {
  if (atlas.layout == AtlasLayout::grid) return std::nullopt;
  return Error{
      .kind = ErrorKind::manifest,
      .message = fmt::format(
          "target tiled needs atlases with layout: grid, but atlas '{}' is packed", atlas.name),
      .hint = "set layout: grid, or name other atlases in 'only:'",
      .place = output.place};
}

/// Of a sprite or a frame of `size` in a larger cell.
Error smaller_than_cell(const std::string& what, Size size, Size cell, const AtlasSpec& atlas) {
  return {.kind = ErrorKind::manifest,
          .message = fmt::format(
              "target tiled: {} is {}x{}, smaller than the cell {}x{} of atlas '{}', so its "
              "extrusion would show in Tiled",
              what, size.width, size.height, cell.width, cell.height, atlas.name),
          .hint = "set extrude: 0, or keep sprites of one size in the atlas",
          .place = {}};
}

std::optional<Error> check_grid(const Sheet& sheet, const CellGrid& grid) {
  const AtlasSpec& spec = *sheet.spec;
  for (const PlacedFrame& frame : sheet.atlas->frames) {
    if (spec.extrude == 0 || frame.rect.size() == grid.cell) continue;
    return smaller_than_cell(fmt::format("frame '{}'", frame.name), frame.rect.size(), grid.cell,
                             spec);
  }
  // Tiled counts the columns of an image itself.
  const int width = sheet.atlas->pages.front().size.width;
  const int columns = (width - grid.margin + grid.spacing) / (grid.cell.width + grid.spacing);
  if (columns == grid.columns) return std::nullopt;
  return Error{ErrorKind::manifest,
               fmt::format("target tiled: the page of atlas '{}' is {} px wide, in which Tiled "
                           "sees {} columns instead of {}",
                           spec.name, width, columns, grid.columns),
               "set power_of_two: false"};
}

std::string tile_text(const SheetRow& row, std::size_t index, const std::map<Point, int>& numbers) {
  const auto number = [&](std::size_t frame) {
    const Rect rect = row.frames[frame]->rect;
    return numbers.at({rect.x, rect.y});
  };
  std::string text =
      fmt::format(" <tile id=\"{}\" type=\"{}\"", number(index), escape_xml(row.sprite->id));
  if (!row.is_animation() || index > 0) return text + "/>\n";
  text += ">\n  <animation>\n";
  const int count = static_cast<int>(row.frames.size());
  for (const int shown : play_order(row.row->playback, count, true)) {
    const auto frame = static_cast<std::size_t>(shown);
    text += fmt::format("   <frame tileid=\"{}\" duration=\"{}\"/>\n", number(frame),
                        row.row->durations[frame]);
  }
  return text + "  </animation>\n </tile>\n";
}

std::string tileset_text(const Sheet& sheet, int page, const std::vector<SheetRow>& rows,
                         const CellGrid& grid) {
  const Size size = sheet.atlas->pages.at(static_cast<std::size_t>(page)).size;
  const int tile_rows =
      (size.height - grid.margin + grid.spacing) / (grid.cell.height + grid.spacing);
  const std::string name = page_stem(sheet, page);
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format(
      "<tileset version=\"1.8\" tiledversion=\"1.8.2\" name=\"{}\" tilewidth=\"{}\" "
      "tileheight=\"{}\" spacing=\"{}\" margin=\"{}\" tilecount=\"{}\" columns=\"{}\">\n",
      escape_xml(name), grid.cell.width, grid.cell.height, grid.spacing, grid.margin,
      tile_rows * grid.columns, grid.columns);
  text += fmt::format(" <image source=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                      escape_xml(base_name(name)) + ".png", size.width, size.height);
  const std::map<Point, int> numbers = numbers_of(grid);
  for (const SheetRow& row : rows) {
    for (std::size_t i = 0; i < row.frames.size(); ++i) text += tile_text(row, i, numbers);
  }
  return text + "</tileset>\n";
}

void add_lowerings(std::vector<Lowering>& lowered, const SheetRow& row) {
  if (!row.is_animation()) return;
  const auto say = [&](std::string_view what) {
    lowered.push_back({fmt::format("tiled: '{}' {}", row.id, what)});
  };
  if (row.row->playback != Playback::forward)
    say(fmt::format("plays {}, which Tiled does not know; its frames are listed in that order",
                    to_text(row.row->playback)));
  if (!row.row->loop) say("plays once; Tiled repeats every animation");
  if (!row.row->events.empty()) say("has events, which are left out");
}

}  // namespace

std::optional<Error> check_tiled_atlas(const AtlasSpec& atlas,
                                       const std::vector<const SpriteSpec*>& sprites,
                                       const OutputSpec& output) {
  if (auto error = check_layout(atlas, output)) return error;
  if (atlas.extrude == 0) return std::nullopt;
  Size cell = atlas.cell;
  if (cell == Size{}) {
    for (const SpriteSpec* sprite : sprites)
      cell = {std::max(cell.width, sprite->size.width), std::max(cell.height, sprite->size.height)};
  }
  for (const SpriteSpec* sprite : sprites) {
    if (sprite->size == cell) continue;
    Error error =
        smaller_than_cell(fmt::format("sprite '{}'", sprite->id), sprite->size, cell, atlas);
    error.place = sprite->place;
    return error;
  }
  return std::nullopt;
}

Result<Exported> export_tiled(const std::vector<const Sheet*>& sheets, const OutputSpec& output) {
  Exported exported;
  for (const Sheet* sheet : sheets) {
    if (auto error = check_layout(*sheet->spec, output)) return *std::move(error);
    if (sheet->atlas->pages.empty()) continue;
    const CellGrid grid = grid_of(*sheet->atlas, *sheet->spec);
    if (auto error = check_grid(*sheet, grid)) return *std::move(error);
    auto pages = rows_by_page(*sheet);
    if (!pages) return pages.error();
    for (std::size_t page = 0; page < pages->size(); ++page) {
      const std::vector<SheetRow>& rows = (*pages)[page];
      const int number = static_cast<int>(page);
      const std::string stem = page_stem(*sheet, number);
      exported.files.push_back({.path = output_path(output, stem + ".png"),
                                .content = sheet->page_png.at(page),
                                .step = PublishStep::page});
      exported.files.push_back({.path = output_path(output, stem + ".tsx"),
                                .content = to_bytes(tileset_text(*sheet, number, rows, grid)),
                                .step = PublishStep::sheet});
      for (const SheetRow& row : rows) add_lowerings(exported.lowered, row);
    }
  }
  return exported;
}

}  // namespace dgxp
