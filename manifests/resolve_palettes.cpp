#include "manifests/resolve_palettes.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/base/text.hpp"
#include "manifests/names.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;
constexpr std::string_view kAutoPrefix = "auto-";
constexpr std::size_t kMostColors = 256;

std::vector<Rgb> read_colors(const SyntaxNode& list) {
  std::vector<Rgb> colors;
  for (const SyntaxNode& item : list.items) {
    if (const auto color = read_color(item)) colors.push_back(*color);
  }
  return colors;
}

void check_palette_name(const SyntaxNode& node, ProblemList& problems) {
  if (node.key == "none") {
    problems.error(node.key_span, "a palette cannot be called 'none'",
                   "'palette: none' means that all colours are kept: choose another name");
  }
  if (to_lower(node.key).starts_with(kAutoPrefix)) {
    problems.error(node.key_span, fmt::format("palette name '{}' begins with 'auto-'", node.key),
                   "such names are kept for palettes that sprites make with 'auto'");
  }
}

/// Exactly one way to come about.
void check_ways(const SyntaxNode& node, ProblemList& problems) {
  std::vector<std::string_view> ways;
  for (const std::string_view way : {"file", "colors", "auto", "from"}) {
    if (node.find(way) != nullptr) ways.push_back(way);
  }
  if (ways.empty()) {
    problems.error(node.where(), fmt::format("palette '{}' has no colours", node.key),
                   "give it one of file, colors, auto and from");
  }
  if (ways.size() > 1) {
    problems.error(node.find(ways[1])->key_span,
                   fmt::format("palette '{}' has both '{}' and '{}'", node.key, ways[0], ways[1]),
                   "keep one of them");
  }
  for (const std::string_view part : {"map", "ramps"}) {
    const SyntaxNode* given = node.find(part);
    if (given == nullptr || node.find("from") != nullptr) continue;
    problems.error(given->key_span,
                   fmt::format("palette '{}' has '{}' without 'from'", node.key, part),
                   "add 'from: PALETTE', the one whose colours are replaced");
  }
}

void check_extension(const SyntaxNode& node, ProblemList& problems) {
  const SyntaxNode* extend = node.find("extend");
  if (extend == nullptr || node.find("auto") == nullptr) return;
  problems.error(extend->key_span,
                 fmt::format("palette '{}' has both 'auto' and 'extend'", node.key),
                 "all of its colours are chosen: raise 'auto' instead");
}

std::string describe_circle(const std::vector<std::string_view>& names) {
  constexpr std::size_t kMost = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : " -> ", names[i]);
  }
  if (names.size() > kMost) text += " -> ...";
  return text;
}

}  // namespace

bool ColorPairList::add(std::pair<Rgb, Rgb> pair, Span span, ProblemList& problems) {
  constexpr std::size_t kMost = 256;
  const auto [known, is_new] = known_.insert(pair);
  if (!is_new && known->second != pair.second) {
    problems.error(span,
                   fmt::format("{} becomes both {} and {}", to_hex(pair.first),
                               to_hex(known->second), to_hex(pair.second)),
                   "a colour can become only one: take it out of one ramp or map");
    return false;
  }
  if (is_new && pairs_.size() == kMost) {
    problems.error(span, fmt::format("more than {} colours are replaced", kMost),
                   "a palette has no more: take some out");
    return false;
  }
  if (is_new) pairs_.push_back(pair);
  return true;
}

PaletteTable::PaletteTable(const SyntaxNode& manifest, ProblemList& problems) {
  read_ramps(manifest);
  const NodeLayers palettes = NodeLayers(&manifest).find("palettes");
  if (palettes.empty() || !palettes.top().is(Kind::map)) return;
  for (const SyntaxNode& node : palettes.top().items) {
    check_palette_name(node, problems);
    read_palette(node, problems);
  }
  check_links(manifest, problems);
  if (!problems.has_errors()) check_sizes(palettes.top(), problems);
}

void PaletteTable::read_ramps(const SyntaxNode& manifest) {
  for (const auto& [name, layers] : NodeLayers(&manifest).find("ramps").entries()) {
    ramps_.emplace(name, read_colors(layers.top()));
  }
}

void PaletteTable::read_palette(const SyntaxNode& node, ProblemList& problems) {
  PaletteSpec spec;
  spec.name = node.key;
  spec.place = node.key_span.place;
  if (node.is(Kind::list)) {
    spec.colors = read_colors(node);
  } else if (node.is(Kind::map)) {
    const FieldReader reader(palette_shape(), NodeLayers(&node));
    check_ways(node, problems);
    check_extension(node, problems);
    if (reader.has("file")) spec.file = reader.text("file");
    if (reader.has("from")) spec.from = reader.text("from");
    if (reader.has("colors")) spec.colors = read_colors(reader.find("colors").top());
    spec.auto_colors = reader.integer("auto");
    spec.extend = reader.integer("extend");
    spec.map = read_pairs(reader.layers(), problems);
  }
  if (index_.emplace(spec.name, specs_.size()).second) specs_.push_back(std::move(spec));
}

const PaletteSpec* PaletteTable::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &specs_[found->second];
}

std::vector<std::string_view> PaletteTable::names() const {
  std::vector<std::string_view> names;
  names.reserve(specs_.size());
  for (const PaletteSpec& spec : specs_) names.push_back(spec.name);
  return names;
}

void PaletteTable::check_links(const SyntaxNode& manifest, ProblemList& problems) const {
  const NodeLayers palettes = NodeLayers(&manifest).find("palettes");
  std::set<std::string_view> done;
  for (const SyntaxNode& node : palettes.top().items) {
    std::vector<std::string_view> way{node.key};
    const PaletteSpec* spec = find(node.key);
    while (spec != nullptr && spec->from && !done.contains(spec->name)) {
      done.insert(spec->name);
      const PaletteSpec* next = find(*spec->from);
      const SyntaxNode* origin = palettes.top().find(spec->name);
      const Span span = origin->find("from")->span;
      if (next == nullptr) {
        problems.error(
            span, fmt::format("there is no palette '{}'", *spec->from),
            problems.suggest(*spec->from, [&] { return names(); }, "name one of 'palettes'"));
        break;
      }
      way.push_back(next->name);
      const auto start = std::ranges::find(way, next->name);
      if (start + 1 != way.end()) {
        problems.error(span,
                       fmt::format("palette '{}' is made from itself: {}", next->name,
                                   describe_circle({start, way.end()})),
                       "give one of them a file or colors instead of from");
        break;
      }
      spec = next;
    }
  }
}

void PaletteTable::check_sizes(const SyntaxNode& palettes, ProblemList& problems) const {
  for (const PaletteSpec& spec : specs_) {
    if (spec.extend == 0) continue;
    const auto own = count_own_colors(spec);
    if (!own || *own + static_cast<std::size_t>(spec.extend) <= kMostColors) continue;
    problems.error(palettes.find(spec.name)->find("extend")->span,
                   fmt::format("palette '{}' has {} colours and could get {} more, which is more "
                               "than {}",
                               spec.name, *own, spec.extend, kMostColors),
                   "a palette has at most 256 colours: make 'extend' less");
  }
}

std::optional<std::size_t> PaletteTable::count_own_colors(const PaletteSpec& spec) const {
  if (!spec.colors.empty()) return spec.colors.size();
  return spec.from ? count_colors(*spec.from) : std::nullopt;
}

std::optional<std::size_t> PaletteTable::count_colors(std::string_view name) const {
  const PaletteSpec* spec = find(name);
  for (std::size_t steps = 0; spec != nullptr && steps <= specs_.size(); ++steps) {
    if (spec->extend > 0) return std::nullopt;
    if (!spec->colors.empty()) return spec->colors.size();
    if (!spec->from) return std::nullopt;
    spec = find(*spec->from);
  }
  return std::nullopt;
}

std::string PaletteTable::add_auto(std::string_view sprite_id, int colors, Span span,
                                   ProblemList& problems) {
  PaletteSpec spec;
  spec.name = kAutoPrefix;
  spec.name += sprite_id;
  std::ranges::replace(spec.name, '/', '-');
  spec.place = span.place;
  spec.auto_colors = colors;
  const std::string name = spec.name;
  if (index_.emplace(name, specs_.size()).second) {
    specs_.push_back(std::move(spec));
  } else {
    problems.error(span, fmt::format("a second palette would be called '{}'", name),
                   "give this one a name: write it under 'palettes'");
  }
  return name;
}

ColorPairs PaletteTable::read_pairs(const NodeLayers& layers, ProblemList& problems) const {
  ColorPairList pairs;
  const auto find_ramp = [&](std::string_view name, Span span) -> const std::vector<Rgb>* {
    const auto found = ramps_.find(name);
    if (found != ramps_.end()) return &found->second;
    const auto list_names = [&] {
      std::vector<std::string_view> names;
      names.reserve(ramps_.size());
      for (const auto& ramp : ramps_) names.push_back(ramp.first);
      return names;
    };
    problems.error(span, fmt::format("there is no ramp '{}'", name),
                   problems.suggest(name, list_names, "add it under 'ramps'"));
    return nullptr;
  };
  for (const auto& [name, value] : layers.find("ramps").entries()) {
    if (!value.top().is(Kind::scalar)) continue;
    const std::vector<Rgb>* left = find_ramp(name, value.top().key_span);
    const std::vector<Rgb>* right = find_ramp(value.top().text, value.top().span);
    if (left == nullptr || right == nullptr) continue;
    if (left->size() != right->size()) {
      problems.error(value.top().span,
                     fmt::format("ramp '{}' has {} colours and ramp '{}' has {}", name,
                                 left->size(), value.top().text, right->size()),
                     "ramps that replace each other need equally many colours");
      continue;
    }
    for (std::size_t i = 0; i < left->size(); ++i) {
      if (!pairs.add({(*left)[i], (*right)[i]}, value.top().span, problems)) return pairs.pairs();
    }
  }
  for (const auto& [name, value] : layers.find("map").entries()) {
    const auto from = parse_hex_color(name);
    const auto to = read_color(value.top());
    if (!from || !to) continue;
    if (!pairs.add({*from, *to}, value.top().key_span, problems)) return pairs.pairs();
  }
  return pairs.pairs();
}

PaletteUse read_palette_use(const FieldReader& reader, const PaletteTable& palettes,
                            const SyntaxNode& entry, ProblemList& problems) {
  PaletteUse use;
  const NodeLayers layers = reader.find("palette");
  if (layers.empty() && reader.mentions("palette")) return use;  // reported
  if (layers.empty()) {
    problems.error(entry.key_span, fmt::format("'{}' has no palette", entry.key),
                   "add 'palette: NAME' here or in 'defaults'; 'palette: none' keeps all colours");
    return use;
  }
  const SyntaxNode& node = layers.top();  // as a whole: forms of different layers do not mix
  use.span = node.where();
  const FieldReader form(palette_use_shape(), NodeLayers(&node));
  const SyntaxNode* named = node.is(Kind::map) ? node.find("from") : &node;
  if (node.is(Kind::map)) {
    use.limit = form.integer("limit");
    use.auto_colors = form.integer("auto");
    if (use.auto_colors > 0 && (named != nullptr || use.limit > 0)) {
      problems.error(node.where(), "'auto' does not go with 'from' or 'limit'", "keep one of them");
      return use;
    }
    if (form.has("auto")) {
      use.is_given = use.auto_colors > 0;
      return use;
    }
    if (named == nullptr) {
      problems.error(node.where(), "'palette' needs 'from', the palette whose colours it limits",
                     "write { limit: 8, from: NAME }");
      return use;
    }
  }
  if (!named->is(Kind::scalar)) return use;
  const bool is_none = node.is(Kind::scalar) && named->text == "none";
  if (!is_none && !palettes.has(named->text)) {
    problems.error(
        named->span, fmt::format("there is no palette '{}'", named->text),
        problems.suggest(named->text, [&] { return palettes.names(); }, "add it under 'palettes'"));
    return use;
  }
  use.is_given = true;
  if (!is_none) use.name = named->text;
  return use;
}

}  // namespace dgxp
