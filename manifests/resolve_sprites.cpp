#include "manifests/resolve_sprites.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "manifests/expand_masters.hpp"
#include "manifests/expand_matrix.hpp"
#include "manifests/names.hpp"
#include "manifests/placeholders.hpp"
#include "manifests/resolve_look.hpp"
#include "manifests/resolve_rows.hpp"
#include "manifests/sprite_family.hpp"
#include "manifests/template_table.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

class SpriteResolver {
 public:
  SpriteResolver(const SyntaxNode& manifest, const std::string& art_dir, PaletteTable& palettes,
                 const StyleTable& styles, ProblemList& problems)
      : manifest_(manifest),
        palettes_(palettes),
        styles_(styles),
        problems_(problems),
        budget_(problems),
        templates_(manifest, problems),
        matrices_(palettes, budget_, problems),
        masters_(art_dir, budget_, problems, resolved_) {}

  ResolvedSprites resolve() {
    const NodeLayers sprites = NodeLayers(&manifest_).find("sprites");
    for (const SyntaxNode& node : items_of(sprites)) {
      if (node.is(Kind::map) && !budget_.is_spent()) resolve_family(node);
    }
    const NodeLayers tilesets = NodeLayers(&manifest_).find("tilesets");
    for (const SyntaxNode& node : items_of(tilesets)) {
      if (node.is(Kind::map) && !budget_.is_spent()) resolve_tileset(node);
    }
    return std::move(resolved_);
  }

 private:
  static const std::vector<SyntaxNode>& items_of(const NodeLayers& layers) {
    static const std::vector<SyntaxNode> kNone;
    return layers.empty() || !layers.top().is(Kind::map) ? kNone : layers.top().items;
  }

  void resolve_family(const SyntaxNode& node) {
    Family family = read_family(node);
    auto [matrix, is_usable] = matrices_.read(family.reader.find("matrix"), family.span);
    family.matrix = std::move(matrix);
    // All checks speak up before one of them ends the matter.
    const bool fits = is_usable && check_key(family, problems_);
    const bool has_words = !is_usable || check_words(family, problems_);
    const bool has_source = check_source(family, problems_);
    read_variants(family, palettes_, problems_);
    check_recolouring(family, palettes_, problems_);
    if (fits && has_words && has_source) expand(family);
  }

  Family read_family(const SyntaxNode& node) {
    const FieldReader reader(sprite_shape(), templates_.layers_of(node, problems_));
    Family family{.pattern = node.key, .span = node.key_span, .reader = reader};
    family.look = read_look(reader, palettes_, styles_, node, problems_);
    family.rows = plan_rows(reader, problems_);
    family.prompt = reader.text("prompt");
    family.source = reader.text("source");
    read_common(family, problems_);
    family.common_bytes = count_bytes(family);
    masters_.check_row_sizes(family.common.size, family.look, family.rows, !family.source.empty(),
                             node.key_span);
    return family;
  }

  void expand(Family& family) {
    const std::string master_pattern =
        remove_placeholders(family.pattern, [&](std::string_view name) {
          const Axis* axis = family.matrix.find(name);
          return axis != nullptr && axis->recolors;
        });
    if (master_pattern.empty()) {
      problems_.error(family.span,
                      fmt::format("'{}' names nothing but recolour axes", family.pattern),
                      "the master needs a name: put one before them, as in 'gem-{colour}'");
      return;
    }
    const auto drawn_axes =
        std::ranges::count_if(family.matrix.axes, [](const Axis& a) { return !a.recolors; });
    std::vector<std::size_t> last_drawn;
    std::string master_id;
    for_each_combination(family.matrix, [&](Choice choice) {
      if (budget_.is_spent()) return;
      const std::vector<std::size_t> drawn(choice.begin(), choice.begin() + drawn_axes);
      if (master_id.empty() || drawn != last_drawn) {
        last_drawn = drawn;
        master_id = fill_names(family, master_pattern, choice);
        if (check_sprite_id(family, master_id)) make_masters(family, master_id, choice);
      }
      make_sprites(family, fill_names(family, family.pattern, choice), master_id, choice);
    });
  }

  bool check_sprite_id(const Family& family, const std::string& id) {
    const auto problem = check_id(id);
    if (!problem) return true;
    problems_.error(family.span,
                    fmt::format("sprite id '{}' {}", id.substr(0, 120), problem->reason),
                    problem->hint);
    return false;
  }

  void name_auto_palette(Look& look, const std::string& sprite_id) {
    if (look.palette.auto_colors == 0 || !look.palette.name.empty()) return;
    look.palette.name =
        palettes_.add_auto(sprite_id, look.palette.auto_colors, look.palette.span, problems_);
  }

  void make_masters(Family& family, const std::string& master_id, Choice choice) {
    name_auto_palette(family.look, fill_names(family, family.pattern, choice));
    MasterPlan plan{.id = master_id,
                    .prompt = fill_words(family, choice),
                    .source = fill_names(family, family.source, choice),
                    .size = family.common.size,
                    .seamless = false,
                    .span = family.span};
    const auto problem =
        plan.source == family.source ? std::nullopt : check_input_path(plan.source);
    if (problem) {
      problems_.error(family.reader.find("source").top().span,
                      fmt::format("'{}' {}", plan.source, problem->reason), problem->hint);
    }
    for (std::size_t i = 0; i < family.matrix.axes.size(); ++i) {
      const Axis& axis = family.matrix.axes[i];
      const Place place = axis.recolors ? Place{} : axis.values[choice[i]].words_place;
      const std::string name = fmt::format("matrix.{}", axis.name);
      family.look.places.erase(name);
      if (place.line > 0) family.look.places[name] = place;
    }
    masters_.expand(plan, family.look, family.rows);
  }

  /// The sprite of one combination, or its variants.
  void make_sprites(Family& family, const std::string& id, const std::string& master_id,
                    Choice choice) {
    if (!check_sprite_id(family, id)) return;
    SpriteSpec sprite = family.common;
    sprite.id = id;
    sprite.palette = family.look.palette.name;
    if (!recolor(family, choice, sprite)) return;
    for (const RowPlan& plan : family.rows) {
      sprite.rows.push_back(plan.row);
      sprite.rows.back().master = master_id + plan.master_id;
    }
    if (family.variants.empty()) {
      add(family, std::move(sprite));
      return;
    }
    for (const std::string& variant : family.variants) {
      SpriteSpec copy = sprite;
      if (variant != sprite.palette) {
        copy.id += fmt::format("-{}", variant);
        copy.variant_palette = variant;
        if (!check_sprite_id(family, copy.id)) return;
        if (!sprite.variant_palette.empty()) {
          report_two_palettes(family, sprite, variant);
          return;
        }
      }
      add(family, std::move(copy));
    }
  }

  void report_two_palettes(const Family& family, const SpriteSpec& sprite,
                           const std::string& variant) {
    problems_.error(family.span,
                    fmt::format("'{}' would be recoloured into '{}' and into '{}'", sprite.id,
                                sprite.variant_palette, variant),
                    "use either variants or a palette in matrix.recolor");
  }

  bool recolor(const Family& family, Choice choice, SpriteSpec& sprite) {
    ColorPairList pairs;
    for (std::size_t i = 0; i < choice.size(); ++i) {
      const AxisValue& value = family.matrix.axes[i].values[choice[i]];
      for (const auto& pair : value.recolor) {
        if (!pairs.add(pair, value.span, problems_)) return false;
      }
      if (value.palette.empty() || value.palette == sprite.palette) continue;
      if (!sprite.variant_palette.empty() && sprite.variant_palette != value.palette) {
        report_two_palettes(family, sprite, std::string(value.palette));
        return false;
      }
      sprite.variant_palette = value.palette;
    }
    sprite.recolor = pairs.pairs();
    return true;
  }

  void add(const Family& family, SpriteSpec&& sprite) {
    const std::size_t bytes =
        family.common_bytes + sprite.id.size() + sprite.recolor.size() * sizeof(sprite.recolor[0]);
    std::int64_t frames = 0;
    for (const RowSpec& row : sprite.rows) frames += std::ssize(row.durations);
    const bool is_granted = budget_.take_sprite(family.span) &&
                            budget_.take_rows(sprite.rows.size(), family.span) &&
                            budget_.take_pixels(sprite.size.area() * frames, family.span) &&
                            budget_.take_bytes(bytes, family.span);
    if (!is_granted) return;
    resolved_.sprites.push_back(std::move(sprite));
    resolved_.sprite_spans.push_back(family.span);
  }

  /// One still sprite a terrain.
  void resolve_tileset(const SyntaxNode& node) {
    resolved_.tilesets.emplace_back(node.key);
    const FieldReader reader(tileset_shape(), templates_.with_defaults(node));
    Family family{.pattern = node.key, .span = node.key_span, .reader = reader};
    family.look = read_look(reader, palettes_, styles_, node, problems_);
    family.look.recover.background = Background::none;
    family.rows = plan_rows(FieldReader(sprite_shape(), {}), problems_);
    family.common.size = read_size(reader.find("tile")).value_or(Size{16, 16});
    family.common.finish = family.look.finish;
    family.common.note = reader.text("note");
    family.common_bytes = count_bytes(family);
    masters_.check_row_sizes(family.common.size, family.look, family.rows, false, node.key_span);
    for (const auto& [terrain, words] : reader.find("terrains").entries()) {
      if (!words.top().is(Kind::scalar) || budget_.is_spent()) continue;
      family.span = words.top().key_span;
      const std::string id = fmt::format("{}/{}", node.key, terrain);
      if (!check_sprite_id(family, id)) continue;
      name_auto_palette(family.look, id);
      family.look.places["prompt"] = words.top().key_span.place;
      masters_.expand({.id = id,
                       .prompt = std::string(words.top().text),
                       .source = {},
                       .size = family.common.size,
                       .seamless = reader.boolean("seamless"),
                       .span = family.span},
                      family.look, family.rows);
      SpriteSpec sprite = family.common;
      sprite.id = id;
      sprite.place = family.span.place;
      sprite.palette = family.look.palette.name;
      sprite.rows = {family.rows.front().row};
      sprite.rows.front().master = id;
      add(family, std::move(sprite));
    }
  }

  const SyntaxNode& manifest_;
  PaletteTable& palettes_;
  const StyleTable& styles_;
  ProblemList& problems_;
  ExpansionBudget budget_;
  TemplateTable templates_;
  MatrixReader matrices_;
  ResolvedSprites resolved_;
  MasterExpander masters_;
};

}  // namespace

ResolvedSprites resolve_sprites(const SyntaxNode& manifest, const std::string& art_dir,
                                PaletteTable& palettes, const StyleTable& styles,
                                ProblemList& problems) {
  return SpriteResolver(manifest, art_dir, palettes, styles, problems).resolve();
}

}  // namespace dgxp
