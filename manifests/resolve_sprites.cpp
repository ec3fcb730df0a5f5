#include "manifests/resolve_sprites.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "manifests/expand_matrix.hpp"
#include "manifests/make_masters.hpp"
#include "manifests/names.hpp"
#include "manifests/placeholders.hpp"
#include "manifests/resolve_look.hpp"
#include "manifests/resolve_rows.hpp"
#include "manifests/suggest.hpp"
#include "manifests/template_table.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;
using Choice = std::span<const std::size_t>;

/// One entry of `sprites`, read once for all sprites it stands for.
struct Family {
  std::string_view pattern;
  Span span;
  FieldReader reader;
  Look look = {};
  Matrix matrix = {};
  std::vector<RowPlan> rows = {};
  std::vector<std::string> variants = {};  ///< palettes; empty = only the sprite itself
  SpriteSpec common = {};                  ///< all but id, rows' masters and colours
  std::size_t common_bytes = 0;
  std::string_view prompt = {};
  std::string_view source = {};
};

std::vector<SliceSpec> read_slices(const NodeLayers& layers, ProblemList& problems) {
  std::vector<SliceSpec> slices;
  for (const auto& [name, value] : layers.entries()) {
    const auto bounds = read_rect(value.find("bounds"));
    if (!bounds) continue;
    SliceSpec slice{.name = std::string(name),
                    .bounds = *bounds,
                    .center = read_rect(value.find("center")),
                    .pivot = read_point(value.find("pivot"))};
    if (slice.center && (slice.center->x + slice.center->width > bounds->width ||
                         slice.center->y + slice.center->height > bounds->height)) {
      problems.error(value.find("center").top().where(),
                     fmt::format("the center of slice '{}' reaches outside its {}x{} bounds", name,
                                 bounds->width, bounds->height),
                     "it is counted from the slice's upper left corner");
    }
    slices.push_back(std::move(slice));
  }
  return slices;
}

/// Points and parts that lie outside the frame: often a template for a larger sprite.
void check_geometry(const Family& family, ProblemList& problems) {
  const SpriteSpec& sprite = family.common;
  const auto [width, height] = sprite.size;
  const std::string frame = fmt::format("the {}x{} frame of '{}'", width, height, family.pattern);
  const auto& pivot = sprite.pivot;
  if (pivot && (pivot->x < 0 || pivot->y < 0 || pivot->x > width || pivot->y > height)) {
    problems.warning(family.reader.find("pivot").top().where(),
                     fmt::format("pivot [{}, {}] lies outside {}", pivot->x, pivot->y, frame),
                     "give the sprite a pivot of its own");
  }
  for (const SliceSpec& slice : sprite.slices) {
    if (slice.bounds.x + slice.bounds.width <= width &&
        slice.bounds.y + slice.bounds.height <= height) {
      continue;
    }
    problems.warning(family.reader.find("slices").find(slice.name).top().where(),
                     fmt::format("slice '{}' reaches outside {}", slice.name, frame),
                     "give the sprite a slice of its own");
  }
  const auto& borders = sprite.borders;
  if (borders &&
      ((*borders)[0] + (*borders)[2] > width || (*borders)[1] + (*borders)[3] > height)) {
    problems.error(family.reader.find("borders").top().where(),
                   fmt::format("borders are wider than {}", frame),
                   "left and right, top and bottom together must fit into the frame");
  }
}

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
    const bool fits = is_usable && check_key(family);
    const bool has_words = !is_usable || check_words(family);
    const bool has_source = check_source(family);
    read_variants(family);
    check_recolouring(family);
    if (fits && has_words && has_source) expand(family);
  }

  Family read_family(const SyntaxNode& node) {
    const FieldReader reader(sprite_shape(), templates_.layers_of(node, problems_));
    Family family{.pattern = node.key, .span = node.key_span, .reader = reader};
    family.look = read_look(reader, palettes_, styles_, node, problems_);
    family.rows = plan_rows(reader, problems_);
    family.prompt = reader.text("prompt");
    family.source = reader.text("source");
    SpriteSpec& common = family.common;
    common.place = node.key_span.place;
    common.size = read_size(reader.find("size")).value_or(Size{32, 32});
    common.pivot = read_point(reader.find("pivot"));
    if (const auto borders = read_integers(reader.find("borders"), 4)) {
      common.borders = {(*borders)[0], (*borders)[1], (*borders)[2], (*borders)[3]};
    }
    common.slices = read_slices(reader.find("slices"), problems_);
    common.finish = family.look.finish;
    common.note = reader.text("note");
    family.common_bytes = count_bytes(family);
    check_geometry(family, problems_);
    masters_.check_row_sizes(common.size, family.look, family.rows, !family.source.empty(),
                             node.key_span);
    return family;
  }

  static std::size_t count_bytes(const Family& family) {
    constexpr std::size_t kEventBytes = 96;
    std::size_t bytes = sizeof(SpriteSpec) + family.common.note.size() +
                        family.common.slices.size() * sizeof(SliceSpec);
    for (const RowPlan& plan : family.rows) {
      bytes += sizeof(RowSpec) + plan.row.durations.size() * sizeof(int) +
               plan.row.events.size() * kEventBytes + plan.row.name.size() + kLongestId;
    }
    return bytes;
  }

  /// The key holds every axis and nothing else in braces.
  bool check_key(const Family& family) {
    bool is_good = true;
    std::vector<std::string_view> axes;
    for (const Axis& axis : family.matrix.axes) axes.push_back(axis.name);
    std::set<std::string_view> named;
    std::size_t braced = 0;
    for (const Placeholder& placeholder : find_placeholders(family.pattern)) {
      braced += 2;
      named.insert(placeholder.name);
      if (family.matrix.find(placeholder.name) != nullptr) continue;
      problems_.error(problems_.span_of(placeholder.whole, family.span),
                      fmt::format("unknown placeholder '{}' in the key '{}'", placeholder.whole,
                                  family.pattern),
                      suggest(placeholder.name, axes, "give it values under 'matrix: generate:'"));
      is_good = false;
    }
    if (static_cast<std::size_t>(std::ranges::count_if(
            family.pattern, [](char c) { return c == '{' || c == '}'; })) != braced) {
      problems_.error(family.span, fmt::format("a brace without a name in '{}'", family.pattern),
                      "write {axis}, with an axis of the matrix");
      is_good = false;
    }
    for (const Axis& axis : family.matrix.axes) {
      if (named.contains(axis.name)) continue;
      problems_.error(
          axis.span, fmt::format("axis '{}' is not in the key '{}'", axis.name, family.pattern),
          fmt::format("write {{{}}} into the key: ids would be the same without it", axis.name));
      is_good = false;
    }
    return is_good;
  }

  /// The prompt, if one is needed, names drawn axes only.
  bool check_words(const Family& family) {
    if (!family.source.empty()) return check_placeholders(family, "source", family.source);
    if (family.reader.mentions("source")) return false;  // reported
    if (!family.reader.has("prompt")) {
      if (family.reader.mentions("prompt")) return false;  // reported
      problems_.error(family.span, fmt::format("sprite '{}' has no prompt", family.pattern),
                      "add 'prompt: \"...\"', or 'source: FILE' for a picture drawn by hand");
      return false;
    }
    return check_placeholders(family, "prompt", family.prompt);
  }

  bool check_placeholders(const Family& family, std::string_view field, std::string_view text) {
    bool is_good = true;
    for (const Placeholder& placeholder : find_placeholders(text)) {
      const Axis* axis = family.matrix.find(placeholder.name);
      if (axis != nullptr && !axis->recolors) continue;
      const Span span = problems_.span_of(placeholder.whole, family.reader.find(field).top().span);
      is_good = false;
      if (axis != nullptr) {
        problems_.error(span,
                        fmt::format("'{}' is a recolour axis: all its values share one picture",
                                    placeholder.whole),
                        fmt::format("take it out of the {}", field));
        continue;
      }
      std::vector<std::string_view> axes;
      for (const Axis& known : family.matrix.axes) axes.push_back(known.name);
      problems_.error(span,
                      fmt::format("unknown placeholder '{}' in the {}", placeholder.whole, field),
                      suggest(placeholder.name, axes, "give it values under 'matrix: generate:'"));
    }
    return is_good;
  }

  /// A drawn file is one picture or one row.
  bool check_source(const Family& family) {
    if (family.source.empty()) return true;
    const Span span = family.reader.find("source").top().span;
    if (!fold_case(family.source).ends_with(".png")) {
      problems_.error(span, fmt::format("'{}' is not a PNG", family.source),
                      "export it as PNG and name that file");
      return false;
    }
    std::set<std::string_view> masters;
    for (const RowPlan& plan : family.rows) masters.insert(plan.master_id);
    if (masters.size() == 1) return true;
    problems_.error(span,
                    fmt::format("a drawn picture cannot show {} rows of frames", masters.size()),
                    "use it for a still or for one animation in one drawn direction");
    return false;
  }

  void read_variants(Family& family) {
    const NodeLayers layers = family.reader.find("variants").find("palette");
    if (layers.empty() || !layers.top().is(Kind::list)) return;
    for (const SyntaxNode& item : layers.top().items) {
      if (!item.is(Kind::scalar)) continue;
      if (std::ranges::find(family.variants, item.text) != family.variants.end()) {
        problems_.error(item.span, fmt::format("palette '{}' is listed twice", item.text),
                        "keep one of them");
      } else if (!palettes_.has(item.text)) {
        problems_.error(item.span, fmt::format("there is no palette '{}'", item.text),
                        suggest(item.text, palettes_.names(), "add it under 'palettes'"));
      } else {
        check_length(family, item.text, item.span);
        family.variants.emplace_back(item.text);
      }
    }
  }

  /// Recolouring into another palette goes position by position.
  void check_length(const Family& family, std::string_view palette, Span span) {
    const auto own = palettes_.count_colors(family.look.palette.name);
    const auto other = palettes_.count_colors(palette);
    if (!own || !other || *own == *other) return;
    problems_.error(span,
                    fmt::format("palette '{}' has {} colours and '{}' has {}", palette, *other,
                                family.look.palette.name, *own),
                    "recolouring goes by position: both need equally many colours");
  }

  void check_recolouring(const Family& family) {
    bool recolors = !family.variants.empty();
    std::size_t count = std::max<std::size_t>(family.variants.size(), 1);
    for (const Axis& axis : family.matrix.axes) {
      if (!axis.recolors) continue;
      count *= axis.values.size();
      for (const AxisValue& value : axis.values) {
        recolors = recolors || !value.recolor.empty() || !value.palette.empty();
        if (!value.palette.empty()) check_length(family, value.palette, value.span);
      }
    }
    // The list of variants alone has a limit of its own.
    if (count > std::max(ExpansionBudget::kMostVariants, family.variants.size())) {
      problems_.error(family.span,
                      fmt::format("'{}' has {} recoloured variants, more than {}", family.pattern,
                                  count, ExpansionBudget::kMostVariants),
                      "recolour along fewer axes, or into fewer palettes");
    }
    const PaletteUse& palette = family.look.palette;
    if (recolors && palette.is_given && palette.name.empty() && palette.auto_colors == 0) {
      problems_.error(palette.span, "without a palette nothing can be recoloured",
                      "give the sprite a palette instead of 'none'");
    }
  }

  std::string fill_names(const Family& family, std::string_view text, Choice choice) {
    return fill_placeholders(text, [&](std::string_view name) -> std::optional<std::string_view> {
      const Axis* axis = family.matrix.find(name);
      if (axis == nullptr) return std::nullopt;
      return axis->values[choice[static_cast<std::size_t>(axis - family.matrix.axes.data())]].name;
    });
  }

  std::string fill_words(const Family& family, Choice choice) {
    return fill_placeholders(
        family.prompt, [&](std::string_view name) -> std::optional<std::string_view> {
          const Axis* axis = family.matrix.find(name);
          if (axis == nullptr) return std::nullopt;
          return axis->values[choice[static_cast<std::size_t>(axis - family.matrix.axes.data())]]
              .words;
        });
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
    masters_.make(plan, family.look, family.rows);
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
    if (family.variants.empty()) return add(family, std::move(sprite));
    for (const std::string& variant : family.variants) {
      SpriteSpec copy = sprite;
      if (variant != sprite.palette) {
        copy.id += fmt::format("-{}", variant);
        copy.variant_palette = variant;
        if (!check_sprite_id(family, copy.id)) return;
        if (!sprite.variant_palette.empty()) return report_two_palettes(family, sprite, variant);
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
    const bool is_granted = budget_.take_sprite(family.span) &&
                            budget_.take_rows(sprite.rows.size(), family.span) &&
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
      masters_.make({.id = id,
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
  MasterMaker masters_;
};

}  // namespace

ResolvedSprites resolve_sprites(const SyntaxNode& manifest, const std::string& art_dir,
                                PaletteTable& palettes, const StyleTable& styles,
                                ProblemList& problems) {
  return SpriteResolver(manifest, art_dir, palettes, styles, problems).resolve();
}

}  // namespace dgxp
