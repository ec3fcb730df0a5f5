#include "manifests/node_layers.hpp"

#include <algorithm>
#include <cassert>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "manifests/scalar_text.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

bool fits(std::string_view text, const FieldType& type) {
  switch (type.kind) {
    case FieldType::Kind::integer: {
      const auto value = parse_whole_value(text);
      return value && *value >= type.least && *value <= type.most;
    }
    case FieldType::Kind::number: {
      const auto value = parse_number(text);
      return value && *value >= type.least && *value <= type.most;
    }
    case FieldType::Kind::boolean:
      return text == "true" || text == "false";
    case FieldType::Kind::choice:
      return std::ranges::find(type.words, text) != type.words.end();
    default:
      return true;
  }
}

/// The items of a map; of those with one key the first, as SyntaxNode::find has it.
using ItemsByKey = std::unordered_map<std::string_view, const SyntaxNode*>;

ItemsByKey items_by_key(const SyntaxNode& map) {
  ItemsByKey items;
  items.reserve(map.items.size());
  for (const SyntaxNode& item : map.items) items.emplace(item.key, &item);
  return items;
}

/// The layers of one child: `child_of` gives that of a layer by its position, or nullptr.
template <typename ChildOf>
NodeLayers merge_children(std::span<const SyntaxNode* const> nodes, ChildOf child_of) {
  NodeLayers found;
  for (std::size_t i = 0; i < nodes.size() && nodes[i]->is(Kind::map); ++i) {
    const SyntaxNode* child = child_of(i);
    if (child == nullptr || child->is(Kind::null) || child->is(Kind::broken)) continue;
    found.add(child);
    if (!child->is(Kind::map)) break;
  }
  return found;
}

}  // namespace

void NodeLayers::add(const SyntaxNode* node) {
  if (node == nullptr || node->is(Kind::null) || node->is(Kind::broken)) return;
  if (size_ > 0 && !(nodes_.at(size_ - 1)->is(Kind::map) && node->is(Kind::map))) return;
  if (size_ < kMost) nodes_.at(size_++) = node;
}

NodeLayers NodeLayers::find(std::string_view name) const {
  return merge_children(std::span(nodes_).first(size_),
                        [&](std::size_t layer) { return nodes_.at(layer)->find(name); });
}

bool NodeLayers::mentions(std::string_view name) const {
  return std::any_of(nodes_.begin(), nodes_.begin() + static_cast<std::ptrdiff_t>(size_),
                     [&](const SyntaxNode* node) { return node->find(name) != nullptr; });
}

std::vector<std::pair<std::string_view, NodeLayers>> NodeLayers::entries() const {
  std::vector<std::pair<std::string_view, NodeLayers>> found;
  if (size_ == 1) {  // by far the most common
    for (const SyntaxNode& item : top().items) {
      const NodeLayers value(&item);
      if (top().is(Kind::map) && !value.empty()) found.emplace_back(item.key, value);
    }
    return found;
  }
  // Maps of the longest legal size meet here: no search through one of them for every key.
  std::vector<ItemsByKey> layers;
  for (std::size_t i = 0; i < size_; ++i) layers.push_back(items_by_key(*nodes_.at(i)));
  std::unordered_set<std::string_view> known;
  for (std::size_t i = size_; i-- > 0;) {
    for (const SyntaxNode& item : nodes_.at(i)->items) {
      if (!nodes_.at(i)->is(Kind::map) || !known.insert(item.key).second) continue;
      const NodeLayers value =
          merge_children(std::span(nodes_).first(size_), [&](std::size_t layer) {
            const auto child = layers[layer].find(item.key);
            return child == layers[layer].end() ? nullptr : child->second;
          });
      if (!value.empty()) found.emplace_back(item.key, value);
    }
  }
  return found;
}

std::string_view FieldReader::written_or_standard(std::string_view name) const {
  const FieldSpec* field = shape_.find(name);
  assert(field != nullptr);
  const NodeLayers value = layers_.find(name);
  const bool is_written =
      !value.empty() && value.top().is(Kind::scalar) && fits(value.top().text, *field->type);
  return is_written ? value.top().text : field->standard;
}

std::string_view FieldReader::text(std::string_view name) const {
  return written_or_standard(name);
}

std::int64_t FieldReader::large_integer(std::string_view name) const {
  return parse_whole_number(written_or_standard(name)).value_or(0);
}

int FieldReader::integer(std::string_view name) const {
  return static_cast<int>(large_integer(name));
}

double FieldReader::number(std::string_view name) const {
  return parse_number(written_or_standard(name)).value_or(0);
}

bool FieldReader::boolean(std::string_view name) const {
  return written_or_standard(name) == "true";
}

std::size_t FieldReader::choice(std::string_view name) const {
  const auto& words = shape_.find(name)->type->words;
  const auto found = std::ranges::find(words, written_or_standard(name));
  return found == words.end() ? 0 : static_cast<std::size_t>(found - words.begin());
}

std::optional<std::uint64_t> FieldReader::optional_natural(std::string_view name) const {
  return parse_natural_number(written_or_standard(name));
}

std::optional<std::int64_t> read_integer(const SyntaxNode& node) {
  if (!node.is(Kind::scalar) || node.quoted) return std::nullopt;
  return parse_whole_number(node.text);
}

std::optional<Rgb> read_color(const SyntaxNode& node) {
  if (!node.is(Kind::scalar)) return std::nullopt;
  return parse_hex_color(node.text);
}

std::optional<std::vector<int>> read_integers(const NodeLayers& layers, std::size_t count) {
  constexpr std::int64_t kMost = 1'000'000;
  if (layers.empty() || !layers.top().is(Kind::list)) return std::nullopt;
  const std::vector<SyntaxNode>& items = layers.top().items;
  if (items.size() != count) return std::nullopt;
  std::vector<int> numbers;
  for (const SyntaxNode& item : items) {
    const auto value = read_integer(item);
    if (!value || *value < -kMost || *value > kMost) return std::nullopt;
    numbers.push_back(static_cast<int>(*value));
  }
  return numbers;
}

std::optional<Size> read_size(const NodeLayers& layers) {
  const auto numbers = read_integers(layers, 2);
  const auto is_side = [](int n) { return n >= 1 && n <= 4096; };
  if (!numbers || !std::ranges::all_of(*numbers, is_side)) return std::nullopt;
  return Size{(*numbers)[0], (*numbers)[1]};
}

std::optional<Point> read_point(const NodeLayers& layers) {
  const auto numbers = read_integers(layers, 2);
  if (!numbers) return std::nullopt;
  return Point{(*numbers)[0], (*numbers)[1]};
}

std::optional<Rect> read_rect(const NodeLayers& layers) {
  const auto numbers = read_integers(layers, 4);
  if (!numbers) return std::nullopt;
  return Rect{(*numbers)[0], (*numbers)[1], (*numbers)[2], (*numbers)[3]};
}

}  // namespace dgxp
