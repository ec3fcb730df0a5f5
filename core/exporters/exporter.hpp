#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/atlas/atlas_memory.hpp"
#include "core/base/result.hpp"
#include "core/exporters/output_file.hpp"
#include "core/image/make_sprite.hpp"
#include "core/image/png_memory.hpp"
#include "core/image/png_rows.hpp"
#include "core/spec/project_spec.hpp"

namespace dgxp {

/// All that an exporter needs of one atlas.
struct Sheet {
  const AtlasSpec* spec = nullptr;
  const Atlas* atlas = nullptr;
  std::vector<const SpriteSpec*> sprites;  ///< in the order of the atlas
  std::vector<bool> placeholder;           ///< by sprite: was drawn as a placeholder
  std::vector<Rgb> palette;                ///< every opaque colour of the pages, sorted
  std::vector<Bytes> page_png;             ///< the encoded pages
};

/// What pack_atlas and make_sheet left to the next calls for the same atlas. It has no say in the
/// result.
struct SheetMemory {
  struct Page {
    std::vector<Rgb> colors;
    Bytes png;
    ColorIndex index;
    PngMemory found;
  };
  AtlasMemory atlas;
  std::vector<Page> pages;
};

/// A sheet with the colours and files of its pages, and no sprites yet. Spec and atlas have to
/// outlive it. With a memory the atlas is the one that pack_atlas gave with it.
Sheet make_sheet(const AtlasSpec& spec, const Atlas& atlas, SheetMemory* memory = nullptr);

/// What the target could not express and how it was written instead, for the user to know.
struct Lowering {
  std::string message;
};

struct Exported {
  std::vector<OutputFile> files;
  std::vector<Lowering> lowered;
};

/// What export_sheets left to the next call for the same output of the same project: the texts,
/// with a gap for what follows from pixels. It has no say in the result.
struct ExportMemory {
  /// What the texts of a sheet follow from, beside the project.
  struct Places {
    std::vector<Size> pages;
    std::vector<PlacedFrame> frames;
    std::vector<bool> placeholder;
    friend bool operator==(const Places&, const Places&) = default;
  };
  struct SheetText {
    std::string image;  ///< "actors.png"
    std::string json;   ///< "actors.dgxp.json", beside it
    std::string head;   ///< of the latter, before the gap
    std::string tail;
  };
  struct CatalogText {
    std::string palettes;
    std::string sprites;
  };
  std::vector<Places> places;                  ///< by sheet; empty: nothing is known
  std::vector<std::vector<SheetText>> sheets;  ///< by sheet and page
  CatalogText catalog;
  std::optional<std::string> rust_ids;
};

/// "hero/walk/east/0": the name of a frame in atlas, sheet and lock. A still without rows below it
/// is named like its sprite.
std::string frame_name(const SpriteSpec& sprite, const RowSpec& row, int frame);

/// What export_sheets would refuse, whatever the pictures are: known before one is drawn.
///
/// Error: `manifest`, with its place.
std::optional<Error> check_output(const OutputSpec& output, const ProjectSpec& project);

/// The files of one output for the sheets it takes (`output.only`), complete and deterministic.
///
/// Error: `manifest` when the target cannot do what the manifest asks and lowering would be wrong.
Result<Exported> export_sheets(std::span<const Sheet> sheets, const OutputSpec& output,
                               const ProjectSpec& project, ExportMemory* memory = nullptr);

}  // namespace dgxp
