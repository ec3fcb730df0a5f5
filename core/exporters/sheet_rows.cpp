#include "core/exporters/sheet_rows.hpp"

#include <unordered_map>

#include <fmt/format.h>

namespace dgxp {
namespace {

using FramesByName = std::unordered_map<std::string_view, const PlacedFrame*>;

Result<SheetRow> find_row(const SpriteSpec& sprite, const RowSpec& row, const FramesByName& placed,
                          const Sheet& sheet) {
  SheetRow found{.sprite = &sprite, .row = &row, .id = row_id(sprite, row), .frames = {}};
  for (std::size_t i = 0; i < row.durations.size(); ++i) {
    const std::string name = frame_name(sprite, row, static_cast<int>(i));
    const auto frame = placed.find(name);
    if (frame == placed.end())
      return Error{ErrorKind::failed,
                   fmt::format("atlas '{}' has no frame '{}'", sheet.spec->name, name)};
    found.frames.push_back(frame->second);
  }
  return found;
}

Error spread(const SpriteSpec& sprite, const Sheet& sheet) {
  return {
      ErrorKind::manifest,
      fmt::format("sprite '{}' does not fit one page of atlas '{}'", sprite.id, sheet.spec->name),
      "raise max_size of the atlas, or give the sprite an atlas of its own"};
}

}  // namespace

std::string row_id(const SpriteSpec& sprite, const RowSpec& row) {
  return row.name.empty() ? sprite.id : sprite.id + "/" + row.name;
}

std::string frame_name(const SpriteSpec& sprite, const RowSpec& row, int frame) {
  if (row.name.empty() && row.durations.size() <= 1) return sprite.id;
  return fmt::format("{}/{}", row_id(sprite, row), frame);
}

Result<std::vector<std::vector<SheetRow>>> rows_by_page(const Sheet& sheet) {
  FramesByName placed;
  for (const PlacedFrame& frame : sheet.atlas->frames) placed.emplace(frame.name, &frame);
  std::vector<std::vector<SheetRow>> pages(sheet.atlas->pages.size());
  std::unordered_map<const PlacedFrame*, const SpriteSpec*> owners;
  for (std::size_t i = 0; i < sheet.sprites.size(); ++i) {
    const SpriteSpec* const sprite = sheet.sprites[i];
    int home = -1;
    for (const RowSpec& row : sprite->rows) {
      auto found = find_row(*sprite, row, placed, sheet);
      if (!found) return found.error();
      for (const PlacedFrame* frame : found->frames) {
        const auto [owner, is_new] = owners.emplace(frame, sprite);
        if (!is_new)
          return Error{ErrorKind::manifest,
                       fmt::format("sprites '{}' and '{}' both have a frame '{}'",
                                   owner->second->id, sprite->id, frame->name)};
        if (home >= 0 && frame->page != home) return spread(*sprite, sheet);
        home = frame->page;
      }
      if (found->frames.empty()) continue;
      found->is_placeholder = i < sheet.placeholder.size() && sheet.placeholder[i];
      pages.at(static_cast<std::size_t>(home)).push_back(*std::move(found));
    }
  }
  return pages;
}

std::vector<int> play_order(Playback playback, int frames, bool loops) {
  const bool backwards = playback == Playback::reverse || playback == Playback::pingpong_reverse;
  const bool returns = playback == Playback::pingpong || playback == Playback::pingpong_reverse;
  std::vector<int> order;
  for (int i = 0; i < frames; ++i) order.push_back(backwards ? frames - 1 - i : i);
  for (int i = frames - 2; returns && i >= (loops ? 1 : 0); --i)
    order.push_back(order[static_cast<std::size_t>(i)]);
  return order;
}

std::string page_stem(const Sheet& sheet, int page) {
  return page == 0 ? sheet.spec->name : fmt::format("{}-{}", sheet.spec->name, page);
}

std::string output_path(const OutputSpec& output, std::string_view file) {
  if (output.dir.empty() || output.dir == ".") return std::string(file);
  const bool has_slash = output.dir.ends_with('/');
  return fmt::format("{}{}{}", output.dir, has_slash ? "" : "/", file);
}

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace dgxp
