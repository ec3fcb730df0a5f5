#include "manifests/resolve_atlases.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "manifests/check_pages.hpp"
#include "manifests/glob.hpp"
#include "manifests/names.hpp"
#include "manifests/node_layers.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

AtlasSpec read_atlas(const FieldReader& reader) {
  AtlasSpec atlas;
  atlas.layout = static_cast<AtlasLayout>(reader.choice("layout"));
  atlas.cell = read_size(reader.find("cell")).value_or(Size{});
  atlas.max_size = reader.integer("max_size");
  atlas.padding = reader.integer("padding");
  atlas.extrude = reader.integer("extrude");
  atlas.power_of_two = reader.boolean("power_of_two");
  return atlas;
}

class AtlasResolver {
 public:
  AtlasResolver(const ResolvedSprites& sprites, ProblemList& problems)
      : sprites_(sprites), problems_(problems), owner_(sprites.sprites.size(), kNone) {
    for (std::size_t i = 0; i < sprites.sprites.size(); ++i) {
      by_id_.emplace(sprites.sprites[i].id, i);
    }
  }

  std::vector<AtlasSpec> resolve(const std::vector<SyntaxNode>& nodes) {
    for (const SyntaxNode& node : nodes) {
      if (!node.is(Kind::map)) continue;
      const FieldReader reader(atlas_shape(), NodeLayers(&node));
      AtlasSpec atlas = read_atlas(reader);
      atlas.name = node.key;
      atlas.place = node.key_span.place;
      atlases_.push_back(std::move(atlas));
      const NodeLayers cell = reader.find("cell");
      cells_.push_back(cell.empty() ? std::nullopt : std::optional<Span>(cell.top().span));
      warn_of_padding(atlases_.back(), reader.find("padding"));
      include(reader.find("include"));
    }
    list_sprites();
    warn_of_strays();
    return std::move(atlases_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  static constexpr std::size_t kMostComparisons = 2'000'000;

  void warn_of_padding(const AtlasSpec& atlas, const NodeLayers& padding) {
    if (atlas.layout != AtlasLayout::grid || atlas.padding == 0 || padding.empty()) return;
    problems_.warning(padding.top().key_span,
                      fmt::format("'padding' has no effect in the grid of atlas '{}'", atlas.name),
                      "cells stand two 'extrude' apart: leave 'padding' out");
  }

  void include(const NodeLayers& patterns) {
    if (patterns.empty() || !patterns.top().is(Kind::list)) return;
    for (const SyntaxNode& pattern : patterns.top().items) {
      if (pattern.is(Kind::scalar) && check_pattern(pattern)) include_pattern(pattern);
    }
  }

  bool check_pattern(const SyntaxNode& pattern) {
    std::string name(pattern.text);
    std::erase(name, '*');
    const auto is_special = [](char c) {
      return std::string_view("?[]{}!\\").find(c) != std::string_view::npos;
    };
    if (std::ranges::any_of(name, is_special)) {
      problems_.error(pattern.span, fmt::format("'{}' is not a pattern", pattern.text),
                      "only '*' is special: it stands for any text");
      return false;
    }
    return true;
  }

  void include_pattern(const SyntaxNode& pattern) {
    const std::string_view text = pattern.text;
    std::size_t count = 0;
    const bool is_glob = text.find('*') != std::string_view::npos;
    const bool is_tileset = std::ranges::find(sprites_.tilesets, text) != sprites_.tilesets.end();
    const auto exact = by_id_.find(text);
    if (exact != by_id_.end()) count += take(exact->second, pattern);
    if (is_glob) count += include_all(pattern, text);
    if (is_tileset) count += include_all(pattern, fmt::format("{}/*", text));
    if (count == 0 && !is_spent_) report_unmatched(pattern);
  }

  std::size_t include_all(const SyntaxNode& pattern, std::string_view glob) {
    comparisons_ += sprites_.sprites.size();
    if (comparisons_ > kMostComparisons) {
      if (!is_spent_) {
        problems_.error(pattern.span, "too many patterns with '*' for so many sprites",
                        "use fewer patterns that match more");
      }
      is_spent_ = true;
      return 0;
    }
    std::size_t count = 0;
    for (std::size_t i = 0; i < sprites_.sprites.size(); ++i) {
      if (matches_glob(glob, sprites_.sprites[i].id)) count += take(i, pattern);
    }
    return count;
  }

  /// 1, whether or not the sprite was free.
  std::size_t take(std::size_t sprite, const SyntaxNode& pattern) {
    const std::size_t atlas = atlases_.size() - 1;
    if (owner_[sprite] == kNone) owner_[sprite] = atlas;
    if (owner_[sprite] != atlas) {
      problems_.error(
          pattern.span,
          fmt::format("'{}' puts sprite '{}' into a second atlas, after '{}'", pattern.text,
                      sprites_.sprites[sprite].id, atlases_[owner_[sprite]].name),
          "a sprite is in one atlas: make one of the patterns narrower");
    }
    return 1;
  }

  void report_unmatched(const SyntaxNode& pattern) {
    const auto list_names = [&] {
      std::vector<std::string_view> ids(sprites_.tilesets.begin(), sprites_.tilesets.end());
      for (const SpriteSpec& sprite : sprites_.sprites) {
        ids.push_back(sprite.id);
        // "enemy/*" is meant as often as a whole id.
        const std::size_t slash = sprite.id.find('/');
        if (slash != std::string::npos) {
          folders_.insert(sprite.id.substr(0, slash) + "/*");
        }
      }
      ids.insert(ids.end(), folders_.begin(), folders_.end());
      return ids;
    };
    problems_.error(
        pattern.span, fmt::format("'{}' matches no sprite", pattern.text),
        problems_.suggest(pattern.text, list_names, "name the id of a sprite, or use '*'"));
  }

  void list_sprites() {
    std::vector<AtlasMembers> members(atlases_.size());
    for (std::size_t i = 0; i < owner_.size(); ++i) {
      if (owner_[i] == kNone) continue;
      atlases_[owner_[i]].sprites.push_back(sprites_.sprites[i].id);
      members[owner_[i]].sprites.push_back(i);
    }
    for (std::size_t i = 0; i < atlases_.size(); ++i) {
      members[i].spec = &atlases_[i];
      members[i].cell = cells_[i];
      check_pages(members[i], sprites_, problems_);
    }
  }

  /// Once an entry, however many sprites it stands for.
  void warn_of_strays() {
    if (is_spent_) return;
    for (std::size_t i = 0; i < owner_.size();) {
      const Place place = sprites_.sprites[i].place;
      std::size_t strays = 0;
      std::size_t first = kNone;
      std::size_t end = i;
      for (; end < owner_.size() && sprites_.sprites[end].place == place; ++end) {
        if (owner_[end] != kNone) continue;
        if (first == kNone) first = end;
        ++strays;
      }
      if (strays > 0) {
        const std::string others =
            strays > 1 ? fmt::format(" and {} more of its entry", strays - 1) : std::string();
        problems_.warning(sprites_.sprite_spans[i],
                          fmt::format("sprite '{}'{} {} in no atlas", sprites_.sprites[first].id,
                                      others, strays > 1 ? "are" : "is"),
                          "add it to the 'include' of one");
      }
      i = end;
    }
  }

  const ResolvedSprites& sprites_;
  ProblemList& problems_;
  std::vector<AtlasSpec> atlases_;
  std::vector<std::optional<Span>> cells_;  ///< where each atlas writes its own
  std::vector<std::size_t> owner_;          ///< atlas of each sprite
  std::unordered_map<std::string_view, std::size_t> by_id_;
  std::set<std::string> folders_;
  std::size_t comparisons_ = 0;
  bool is_spent_ = false;
};

}  // namespace

std::vector<AtlasSpec> resolve_atlases(const SyntaxNode& manifest, const std::string& project_name,
                                       const ResolvedSprites& sprites, ProblemList& problems) {
  const NodeLayers atlases = NodeLayers(&manifest).find("atlases");
  if (atlases.empty()) {
    const bool is_written = manifest.find("atlases") != nullptr;
    if (is_written) return {};
    AtlasSpec all;
    all.name = project_name;
    AtlasMembers members{.spec = &all, .sprites = {}, .cell = {}, .is_written = false};
    for (std::size_t i = 0; i < sprites.sprites.size(); ++i) {
      all.sprites.push_back(sprites.sprites[i].id);
      members.sprites.push_back(i);
    }
    check_pages(members, sprites, problems);
    return {all};
  }
  return AtlasResolver(sprites, problems).resolve(atlases.top().items);
}

}  // namespace dgxp
