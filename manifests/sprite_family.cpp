#include "manifests/sprite_family.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "manifests/expansion_budget.hpp"
#include "manifests/names.hpp"
#include "manifests/placeholders.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

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

std::vector<std::string_view> axis_names(const Family& family) {
  std::vector<std::string_view> names;
  names.reserve(family.matrix.axes.size());
  for (const Axis& axis : family.matrix.axes) names.push_back(axis.name);
  return names;
}

bool check_placeholders(const Family& family, std::string_view field, std::string_view text,
                        ProblemList& problems) {
  bool is_good = true;
  for (const Placeholder& placeholder : find_placeholders(text)) {
    const Axis* axis = family.matrix.find(placeholder.name);
    if (axis != nullptr && !axis->recolors) continue;
    const Span span = problems.span_of(placeholder.whole, family.reader.find(field).top().span);
    is_good = false;
    if (axis != nullptr) {
      problems.error(span,
                     fmt::format("'{}' is a recolour axis: all its values share one picture",
                                 placeholder.whole),
                     fmt::format("take it out of the {}", field));
      continue;
    }
    problems.error(span,
                   fmt::format("unknown placeholder '{}' in the {}", placeholder.whole, field),
                   problems.suggest(
                       placeholder.name, [&] { return axis_names(family); },
                       "give it values under 'matrix: generate:'"));
  }
  return is_good;
}

/// Recolouring into another palette goes position by position.
void check_length(const Family& family, std::string_view palette, Span span,
                  const PaletteTable& palettes, ProblemList& problems) {
  const auto own = palettes.count_colors(family.look.palette.name);
  const auto other = palettes.count_colors(palette);
  if (!own || !other || *own == *other) return;
  problems.error(span,
                 fmt::format("palette '{}' has {} colours and '{}' has {}", palette, *other,
                             family.look.palette.name, *own),
                 "recolouring goes by position: both need equally many colours");
}

}  // namespace

void read_common(Family& family, ProblemList& problems) {
  const FieldReader& reader = family.reader;
  SpriteSpec& common = family.common;
  common.place = family.span.place;
  common.size = read_size(reader.find("size")).value_or(Size{32, 32});
  common.pivot = read_point(reader.find("pivot"));
  if (const auto borders = read_integers(reader.find("borders"), 4)) {
    common.borders = {(*borders)[0], (*borders)[1], (*borders)[2], (*borders)[3]};
  }
  common.slices = read_slices(reader.find("slices"), problems);
  common.finish = family.look.finish;
  common.note = reader.text("note");
  check_geometry(family, problems);
}

void read_variants(Family& family, const PaletteTable& palettes, ProblemList& problems) {
  const NodeLayers layers = family.reader.find("variants").find("palette");
  if (layers.empty() || !layers.top().is(Kind::list)) return;
  for (const SyntaxNode& item : layers.top().items) {
    if (!item.is(Kind::scalar)) continue;
    if (std::ranges::find(family.variants, item.text) != family.variants.end()) {
      problems.error(item.span, fmt::format("palette '{}' is listed twice", item.text),
                     "keep one of them");
    } else if (!palettes.has(item.text)) {
      problems.error(
          item.span, fmt::format("there is no palette '{}'", item.text),
          problems.suggest(item.text, [&] { return palettes.names(); }, "add it under 'palettes'"));
    } else {
      check_length(family, item.text, item.span, palettes, problems);
      family.variants.emplace_back(item.text);
    }
  }
}

std::size_t count_bytes(const Family& family) {
  constexpr std::size_t kEventBytes = 96;
  std::size_t bytes = sizeof(SpriteSpec) + family.common.note.size() +
                      family.common.slices.size() * sizeof(SliceSpec);
  for (const RowPlan& plan : family.rows) {
    bytes += sizeof(RowSpec) + plan.row.durations.size() * sizeof(int) +
             plan.row.events.size() * kEventBytes + plan.row.name.size() + kLongestId;
  }
  return bytes;
}

bool check_key(const Family& family, ProblemList& problems) {
  bool is_good = true;
  std::set<std::string_view> named;
  std::size_t braced = 0;
  for (const Placeholder& placeholder : find_placeholders(family.pattern)) {
    braced += 2;
    named.insert(placeholder.name);
    if (family.matrix.find(placeholder.name) != nullptr) continue;
    problems.error(
        problems.span_of(placeholder.whole, family.span),
        fmt::format("unknown placeholder '{}' in the key '{}'", placeholder.whole, family.pattern),
        problems.suggest(
            placeholder.name, [&] { return axis_names(family); },
            "give it values under 'matrix: generate:'"));
    is_good = false;
  }
  if (static_cast<std::size_t>(std::ranges::count_if(
          family.pattern, [](char c) { return c == '{' || c == '}'; })) != braced) {
    problems.error(family.span, fmt::format("a brace without a name in '{}'", family.pattern),
                   "write {axis}, with an axis of the matrix");
    is_good = false;
  }
  for (const Axis& axis : family.matrix.axes) {
    if (named.contains(axis.name)) continue;
    problems.error(
        axis.span, fmt::format("axis '{}' is not in the key '{}'", axis.name, family.pattern),
        fmt::format("write {{{}}} into the key: ids would be the same without it", axis.name));
    is_good = false;
  }
  return is_good;
}

bool check_words(const Family& family, ProblemList& problems) {
  if (!family.source.empty()) return check_placeholders(family, "source", family.source, problems);
  if (family.reader.mentions("source")) return false;  // reported
  if (!family.reader.has("prompt")) {
    if (family.reader.mentions("prompt")) return false;  // reported
    problems.error(family.span, fmt::format("sprite '{}' has no prompt", family.pattern),
                   "add 'prompt: \"...\"', or 'source: FILE' for a picture drawn by hand");
    return false;
  }
  return check_placeholders(family, "prompt", family.prompt, problems);
}

bool check_source(const Family& family, ProblemList& problems) {
  if (family.source.empty()) return true;
  const Span span = family.reader.find("source").top().span;
  if (!to_lower(family.source).ends_with(".png")) {
    problems.error(span, fmt::format("'{}' is not a PNG", family.source),
                   "export it as PNG and name that file");
    return false;
  }
  std::set<std::string_view> masters;
  for (const RowPlan& plan : family.rows) masters.insert(plan.master_id);
  if (masters.size() == 1) return true;
  problems.error(span, fmt::format("a drawn picture cannot show {} rows of frames", masters.size()),
                 "use it for a still or for one animation in one drawn direction");
  return false;
}

void check_recolouring(const Family& family, const PaletteTable& palettes, ProblemList& problems) {
  bool recolors = !family.variants.empty();
  std::size_t count = std::max<std::size_t>(family.variants.size(), 1);
  for (const Axis& axis : family.matrix.axes) {
    if (!axis.recolors) continue;
    count *= axis.values.size();
    for (const AxisValue& value : axis.values) {
      recolors = recolors || !value.recolor.empty() || !value.palette.empty();
      if (!value.palette.empty())
        check_length(family, value.palette, value.span, palettes, problems);
    }
  }
  // The list of variants alone has a limit of its own.
  if (count > std::max(ExpansionBudget::kMostVariants, family.variants.size())) {
    problems.error(family.span,
                   fmt::format("'{}' has {} recoloured variants, more than {}", family.pattern,
                               count, ExpansionBudget::kMostVariants),
                   "recolour along fewer axes, or into fewer palettes");
  }
  const PaletteUse& palette = family.look.palette;
  if (recolors && palette.is_given && palette.name.empty() && palette.auto_colors == 0) {
    problems.error(palette.span, "without a palette nothing can be recoloured",
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

}  // namespace dgxp
