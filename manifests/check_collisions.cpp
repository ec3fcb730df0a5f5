#include <algorithm>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "manifests/names.hpp"
#include "manifests/resolve_sprites.hpp"
#include "manifests/scalar_text.hpp"

namespace dgxp {
namespace {

/// Names seen so far, by what a file system that ignores case sees, and who used them first.
using Seen = std::unordered_map<std::string, std::size_t>;

/// True when all sprite ids differ.
bool check_sprite_ids(const ResolvedSprites& resolved, ProblemList& problems) {
  Seen seen;
  bool is_good = true;
  for (std::size_t i = 0; i < resolved.sprites.size(); ++i) {
    const SpriteSpec& sprite = resolved.sprites[i];
    const auto [first, is_new] = seen.emplace(to_lower(sprite.id), i);
    if (is_new) continue;
    const SpriteSpec& other = resolved.sprites[first->second];
    is_good = false;
    problems.error(resolved.sprite_spans[i],
                   other.id == sprite.id
                       ? fmt::format("a second sprite '{}'; the first comes from line {}",
                                     sprite.id, other.place.line)
                       : fmt::format("sprite '{}' differs from '{}' of line {} by case only",
                                     sprite.id, other.id, other.place.line),
                   "rename one of them");
  }
  return is_good;
}

bool check_master_ids(const ResolvedSprites& resolved, ProblemList& problems) {
  Seen seen;
  bool is_good = true;
  for (std::size_t i = 0; i < resolved.masters.size(); ++i) {
    const MasterSpec& master = resolved.masters[i];
    const auto [first, is_new] = seen.emplace(to_lower(master.id), i);
    if (is_new) continue;
    is_good = false;
    problems.error(resolved.master_spans[i],
                   fmt::format("a second master '{}'; the first is made by line {}", master.id,
                               resolved.masters[first->second].place.line),
                   "rename one sprite, or make both from one entry with matrix.recolor");
  }
  return is_good;
}

/// Files of masters: none twice, and none where another one needs a folder.
void check_paths(const ResolvedSprites& resolved, ProblemList& problems) {
  Seen seen;
  const auto report = [&](std::size_t i, std::size_t other) {
    problems.error(resolved.master_spans[i],
                   fmt::format("master '{}' would be the file '{}', as '{}' of line {}",
                               resolved.masters[i].id, resolved.masters[i].path,
                               resolved.masters[other].id, resolved.masters[other].place.line),
                   "rename one sprite or animation");
  };
  for (std::size_t i = 0; i < resolved.masters.size(); ++i) {
    const MasterSpec& master = resolved.masters[i];
    const auto [first, is_new] = seen.emplace(to_lower(master.path), i);
    // One drawn picture may serve many sprites.
    const bool is_shared =
        !is_new && master.drawn_by_hand && resolved.masters[first->second].drawn_by_hand;
    if (!is_new && !is_shared) report(i, first->second);
  }
  for (std::size_t i = 0; i < resolved.masters.size(); ++i) {
    const std::string path = to_lower(resolved.masters[i].path);
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const auto file = seen.find(path.substr(0, slash));
      if (file == seen.end()) continue;
      problems.error(resolved.master_spans[i],
                     fmt::format("master '{}' needs '{}' as a folder, but that is the file of '{}'",
                                 resolved.masters[i].id, path.substr(0, slash),
                                 resolved.masters[file->second].id),
                     "rename one sprite");
    }
  }
}

/// Frames are called "hero/walk/east/0", a still "hero": none may be called like another.
void check_frame_names(const ResolvedSprites& resolved, ProblemList& problems) {
  struct Row {
    std::size_t sprite = 0;
    std::size_t frames = 0;
  };
  std::unordered_map<std::string, Row> rows;
  const auto report = [&](std::size_t i, std::string_view name, std::size_t other) {
    problems.error(resolved.sprite_spans[i],
                   fmt::format("frames '{}' of sprite '{}' are also frames of '{}' of line {}",
                               name, resolved.sprites[i].id, resolved.sprites[other].id,
                               resolved.sprites[other].place.line),
                   "rename one sprite or animation");
  };
  for (std::size_t i = 0; i < resolved.sprites.size(); ++i) {
    const SpriteSpec& sprite = resolved.sprites[i];
    for (const RowSpec& row : sprite.rows) {
      const std::string name =
          to_lower(row.name.empty() ? sprite.id : fmt::format("{}/{}", sprite.id, row.name));
      const auto [first, is_new] = rows.emplace(name, Row{i, row.durations.size()});
      if (!is_new) report(i, name, first->second.sprite);
    }
  }
  for (std::size_t i = 0; i < resolved.sprites.size(); ++i) {
    const std::string id = to_lower(resolved.sprites[i].id);
    const std::size_t slash = id.rfind('/');
    if (slash == std::string::npos || !resolved.sprites[i].rows.front().name.empty()) continue;
    const auto number = parse_whole_number(std::string_view(id).substr(slash + 1));
    const auto row = rows.find(id.substr(0, slash));
    if (!number || *number < 0 || row == rows.end() || row->second.sprite == i) continue;
    const bool is_frame = static_cast<std::size_t>(*number) < row->second.frames;
    if (is_frame) report(i, id, row->second.sprite);
  }
}

}  // namespace

void check_collisions(const ResolvedSprites& resolved, ProblemList& problems) {
  // The first kind of collision explains those that follow from it.
  if (!check_sprite_ids(resolved, problems)) return;
  if (!check_master_ids(resolved, problems)) return;
  check_paths(resolved, problems);
  check_frame_names(resolved, problems);
}

}  // namespace dgxp
