#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <list>
#include <string>
#include <vector>

#include "core/exporters/exporter.hpp"

namespace dgxp::test {

/// A small project, packed: what the build hands to the exporters.
class Fixture {
 public:
  ProjectSpec project;

  explicit Fixture(AtlasLayout layout = AtlasLayout::packed) {
    project.name = "ember";
    project.palettes.push_back({.name = "base",
                                .place = {},
                                .file = "palettes/base.hex",
                                .colors = {},
                                .from = {},
                                .auto_colors = 0,
                                .map = {}});
    spec.name = "actors";
    spec.layout = layout;
    spec.max_size = 64;
  }

  AtlasSpec spec;

  SpriteSpec& add(SpriteSpec sprite) { return sprites_.emplace_back(std::move(sprite)); }

  /// Packs what was added. Each frame is filled with a colour of its own.
  std::vector<Sheet> sheets() {
    pictures_.clear();
    std::vector<AtlasInput> inputs;
    std::uint8_t shade = 0;
    Sheet sheet;
    for (const SpriteSpec& sprite : sprites_) {
      for (const RowSpec& row : sprite.rows) {
        for (std::size_t i = 0; i < row.durations.size(); ++i) {
          shade = static_cast<std::uint8_t>(shade + 16);
          const Image& image = pictures_.emplace_back(sprite.size, Rgba{shade, 0, 0, 255});
          sheet.palette.push_back({shade, 0, 0});
          inputs.push_back({.name = frame_name(sprite, row, static_cast<int>(i)),
                            .image = &image,
                            .group = sprite.id});
        }
      }
      sheet.sprites.push_back(&sprite);
    }
    auto atlas = pack_atlas(inputs, spec, {});
    if (!atlas) std::abort();
    atlas_ = *std::move(atlas);
    sheet.spec = &spec;
    sheet.atlas = &atlas_;
    for (std::size_t page = 0; page < atlas_.pages.size(); ++page)
      sheet.page_png.push_back(to_bytes("png " + std::to_string(page)));
    return {sheet};
  }

 private:
  std::list<SpriteSpec> sprites_;
  std::list<Image> pictures_;
  Atlas atlas_;
};

inline SpriteSpec still(std::string id, Size size) {
  SpriteSpec sprite;
  sprite.id = std::move(id);
  sprite.size = size;
  sprite.palette = "base";
  RowSpec row;
  row.durations = {0};
  sprite.rows.push_back(row);
  return sprite;
}

inline RowSpec animation(std::string name, std::vector<int> durations,
                         Playback playback = Playback::forward, bool loop = true) {
  RowSpec row;
  row.animation = name.substr(0, name.find('/'));
  row.name = std::move(name);
  row.durations = std::move(durations);
  row.playback = playback;
  row.loop = loop;
  return row;
}

inline SpriteSpec animated(std::string id, Size size, std::vector<RowSpec> rows) {
  SpriteSpec sprite = still(std::move(id), size);
  sprite.rows = std::move(rows);
  return sprite;
}

/// The small project with one of everything.
inline Fixture sample(AtlasLayout layout = AtlasLayout::packed) {
  Fixture fixture(layout);
  RowSpec attack = animation("attack/east", {60, 120, 80}, Playback::pingpong, false);
  attack.events[2] = "hit";
  SpriteSpec hero =
      animated("hero", {8, 8}, {animation("walk/east", {120, 120}), std::move(attack)});
  hero.pivot = Point{4, 7};
  hero.slices.push_back({.name = "hurtbox",
                         .bounds = {2, 1, 4, 6},
                         .center = Rect{1, 1, 2, 2},
                         .pivot = Point{3, 5}});
  fixture.add(std::move(hero));
  SpriteSpec panel = still("ui/panel", {8, 8});
  panel.borders = {{3, 2, 3, 1}};
  fixture.add(std::move(panel));
  return fixture;
}

inline std::string join(const std::vector<Lowering>& lowered) {
  std::string text;
  for (const Lowering& lowering : lowered) text += lowering.message + "\n";
  return text;
}

/// "path (step)" of each file, then its text unless it is a page.
inline std::string describe(const std::vector<OutputFile>& files) {
  constexpr const char* kSteps[] = {"page", "sheet", "catalog", "extra"};
  std::string text;
  for (const OutputFile& file : files) {
    text += "== " + file.path + " (" + kSteps[static_cast<int>(file.step)] + ")\n";
    if (file.step != PublishStep::page) text += as_text(file.content);
  }
  return text;
}

/// The golden file's text; with DGXP_UPDATE_GOLDEN set, `actual` is written to it first.
inline std::string golden(const std::string& name, const std::string& actual) {
  const std::string path =
      std::string(DGXP_SOURCE_DIR) + "/tests/unit/core/exporters/golden/" + name;
  if (std::getenv("DGXP_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << actual;
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace dgxp::test
