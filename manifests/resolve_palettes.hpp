#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/spec/palette_spec.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

using ColorPairs = std::vector<std::pair<Rgb, Rgb>>;

/// Replaced colours in the order they were added, no left colour twice.
class ColorPairList {
 public:
  /// Reports a left colour that becomes another one already, and more pairs than a palette has
  /// colours; false then.
  bool add(std::pair<Rgb, Rgb> pair, Span span, ProblemList& problems);
  const ColorPairs& pairs() const { return pairs_; }

 private:
  ColorPairs pairs_;
  std::map<Rgb, Rgb> known_;
};

/// Palettes and ramps of a manifest, by name.
class PaletteTable {
 public:
  /// Reports unknown ramps and palettes, palettes made in two ways or in a circle, and names that
  /// mean something else.
  PaletteTable(const SyntaxNode& manifest, ProblemList& problems);

  bool has(std::string_view name) const { return index_.contains(name); }
  std::vector<std::string_view> names() const;
  const std::vector<PaletteSpec>& specs() const { return specs_; }
  const std::map<std::string, std::vector<Rgb>, std::less<>>& ramps() const { return ramps_; }

  /// How many colours a palette has, when the manifest alone tells.
  std::optional<std::size_t> count_colors(std::string_view name) const;

  /// Adds `auto-<id>`, a palette without a name in the manifest. Its name; reports a second one of
  /// the same name.
  std::string add_auto(std::string_view sprite_id, int colors, Span span, ProblemList& problems);

  /// The replaced colours of a map with `ramps` and `map`. Reports unknown ramps, ramps of
  /// different length and a colour that would become two.
  ColorPairs read_pairs(const NodeLayers& layers, ProblemList& problems) const;

 private:
  void read_ramps(const SyntaxNode& manifest);
  void read_palette(const SyntaxNode& node, ProblemList& problems);
  void check_links(const SyntaxNode& manifest, ProblemList& problems) const;
  void check_sizes(const SyntaxNode& palettes, ProblemList& problems) const;
  /// Without those that `extend` adds.
  std::optional<std::size_t> count_own_colors(const PaletteSpec& spec) const;
  const PaletteSpec* find(std::string_view name) const;

  std::vector<PaletteSpec> specs_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::map<std::string, std::vector<Rgb>, std::less<>> ramps_;
};

/// `palette:` of a sprite or tileset.
struct PaletteUse {
  bool is_given = false;  ///< false also when what is given has been reported
  std::string name;       ///< empty for none
  int limit = 0;
  int auto_colors = 0;  ///< > 0: a palette of its own, name still empty
  Span span;
};
/// Reports a palette that does not exist; when there is none at all, at the key of `entry`.
PaletteUse read_palette_use(const FieldReader& reader, const PaletteTable& palettes,
                            const SyntaxNode& entry, ProblemList& problems);

}  // namespace dgxp
