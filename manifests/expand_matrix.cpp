#include "manifests/expand_matrix.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

std::size_t count_values(const NodeLayers& axis) {
  return axis.top().is(Kind::map) ? axis.entries().size() : axis.top().items.size();
}

AxisValue make_name_value(const SyntaxNode& item) {
  return {.name = item.text,
          .words = item.text,
          .words_place = {},
          .recolor = {},
          .palette = {},
          .span = item.span};
}

template <typename Range>
std::vector<std::string_view> names_of(const Range& range) {
  std::vector<std::string_view> names;
  names.reserve(range.size());
  for (const auto& item : range) names.push_back(item.name);
  return names;
}

}  // namespace

const Axis* Matrix::find(std::string_view axis) const {
  const auto found = std::ranges::find(axes, axis, &Axis::name);
  return found == axes.end() ? nullptr : &*found;
}

bool Matrix::excludes(std::span<const std::size_t> choice) const {
  return std::ranges::any_of(excluded, [&](const auto& combination) {
    return std::ranges::all_of(combination,
                               [&](const auto& pair) { return choice[pair.first] == pair.second; });
  });
}

/// Before anything is read: how much would be made. What cannot be made is charged all the same:
/// the next sprite may take the same matrix over.
bool MatrixReader::count(const NodeLayers& layers, Span owner) {
  std::size_t all = 1;
  std::size_t recolored = 1;
  for (const std::string_view kind : {"generate", "recolor"}) {
    for (const auto& [name, axis] : layers.find(kind).entries()) {
      const std::size_t values = count_values(axis);
      if (values == 0) {
        problems_.error(axis.top().where(), fmt::format("axis '{}' has no values", name),
                        "give it at least one, or delete it");
        budget_.take_combinations(all, owner);
        return false;
      }
      all = std::min(all * values, ExpansionBudget::kMostCombinations + 1);
      if (kind == "recolor")
        recolored = std::min(recolored * values, ExpansionBudget::kMostVariants + 1);
    }
  }
  const bool is_too_often = recolored > ExpansionBudget::kMostVariants;
  if (is_too_often) {
    problems_.error(layers.find("recolor").top().where(),
                    fmt::format("more than {} recoloured variants of one sprite",
                                ExpansionBudget::kMostVariants),
                    "recolour along fewer axes, or with fewer values");
  }
  return budget_.take_combinations(all, owner) && !is_too_often;
}

MatrixReader::Answer MatrixReader::read(const NodeLayers& layers, Span owner) {
  Answer answer;
  if (layers.empty()) return answer;
  if (!count(layers, owner)) return {.matrix = {}, .is_usable = false};
  for (const auto& [name, axis] : layers.find("generate").entries()) {
    answer.matrix.axes.push_back(read_axis(name, axis, false));
  }
  for (const auto& [name, axis] : layers.find("recolor").entries()) {
    if (answer.matrix.find(name) != nullptr) {
      problems_.error(axis.top().where(), fmt::format("axis '{}' is under generate too", name),
                      "an axis either generates or recolours: rename one");
      answer.is_usable = false;
      continue;
    }
    answer.matrix.axes.push_back(read_axis(name, axis, true));
  }
  for (const Axis& axis : answer.matrix.axes) {
    if (axis.values.empty()) answer.is_usable = false;
  }
  read_excluded(layers.find("exclude"), answer.matrix);
  return answer;
}

Axis MatrixReader::read_axis(std::string_view name, const NodeLayers& layers, bool recolors) {
  Axis axis{.name = name, .recolors = recolors, .values = {}, .span = layers.top().where()};
  if (recolors) {
    for (const auto& [value, fields] : layers.entries()) {
      axis.values.push_back(read_recolor(value, fields));
    }
  } else if (layers.top().is(Kind::map)) {
    for (const auto& [value, words] : layers.entries()) {
      if (!words.top().is(Kind::scalar)) continue;
      axis.values.push_back({.name = value,
                             .words = words.top().text,
                             .words_place = words.top().key_span.place,
                             .recolor = {},
                             .palette = {},
                             .span = words.top().key_span});
    }
  } else {
    for (const SyntaxNode& item : layers.top().items) {
      if (item.is(Kind::scalar)) axis.values.push_back(make_name_value(item));
    }
    std::vector<std::string_view> names = names_of(axis.values);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice != names.end()) {
      problems_.error(axis.span, fmt::format("axis '{}' has the value '{}' twice", name, *twice),
                      "keep one of them");
    }
  }
  return axis;
}

AxisValue MatrixReader::read_recolor(std::string_view name, const NodeLayers& layers) {
  const bool is_shared = layers.size() == 1;
  if (is_shared) {
    const auto known = known_.find(&layers.top());
    if (known != known_.end()) return known->second;
  }
  AxisValue value{.name = name,
                  .words = {},
                  .words_place = {},
                  .recolor = palettes_.read_pairs(layers, problems_),
                  .palette = {},
                  .span = layers.top().where()};
  const NodeLayers palette = layers.find("palette");
  if (!palette.empty() && palette.top().is(Kind::scalar)) {
    value.palette = palette.top().text;
    if (!palettes_.has(value.palette)) {
      problems_.error(
          palette.top().span, fmt::format("there is no palette '{}'", value.palette),
          problems_.suggest(
              value.palette, [&] { return palettes_.names(); }, "add it under 'palettes'"));
      value.palette = {};
    }
  }
  if (is_shared) known_.emplace(&layers.top(), value);
  return value;
}

void MatrixReader::read_excluded(const NodeLayers& layers, Matrix& matrix) {
  if (layers.empty()) return;
  for (const SyntaxNode& item : layers.top().items) {
    std::vector<std::pair<std::size_t, std::size_t>> combination;
    bool is_known = item.is(Kind::map) && !item.items.empty();
    for (const SyntaxNode& pair : item.items) {
      const auto axis = std::ranges::find(matrix.axes, pair.key, &Axis::name);
      if (axis == matrix.axes.end()) {
        problems_.error(
            pair.key_span, fmt::format("there is no axis '{}'", pair.key),
            problems_.suggest(
                pair.key, [&] { return names_of(matrix.axes); }, "name an axis of this matrix"));
        is_known = false;
        continue;
      }
      const auto value = std::ranges::find(axis->values, pair.text, &AxisValue::name);
      if (value == axis->values.end()) {
        problems_.error(
            pair.span, fmt::format("axis '{}' has no value '{}'", pair.key, pair.text),
            problems_.suggest(
                pair.text, [&] { return names_of(axis->values); }, "name one of its values"));
        is_known = false;
        continue;
      }
      combination.emplace_back(axis - matrix.axes.begin(), value - axis->values.begin());
    }
    if (is_known) matrix.excluded.push_back(std::move(combination));
  }
}

void for_each_combination(const Matrix& matrix,
                          const std::function<void(std::span<const std::size_t>)>& make) {
  std::vector<std::size_t> choice(matrix.axes.size(), 0);
  while (true) {
    if (!matrix.excludes(choice)) make(choice);
    std::size_t axis = choice.size();
    while (axis > 0 && ++choice[axis - 1] == matrix.axes[axis - 1].values.size()) {
      choice[--axis] = 0;
    }
    if (axis == 0) return;
  }
}

}  // namespace dgxp
