#include "manifests/node_layers.hpp"

#include <algorithm>
#include <cassert>

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

}  // namespace

void NodeLayers::add(const SyntaxNode* node) {
  if (node == nullptr || node->is(Kind::null) || node->is(Kind::broken)) return;
  if (size_ > 0 && !(nodes_.at(size_ - 1)->is(Kind::map) && node->is(Kind::map))) return;
  if (size_ < kMost) nodes_.at(size_++) = node;
}

NodeLayers NodeLayers::find(std::string_view name) const {
  NodeLayers found;
  for (std::size_t i = 0; i < size_; ++i) {
    if (!nodes_.at(i)->is(Kind::map)) break;
    const SyntaxNode* child = nodes_.at(i)->find(name);
    if (child == nullptr || child->is(Kind::null) || child->is(Kind::broken)) continue;
    found.add(child);
    if (!child->is(Kind::map)) break;
  }
  return found;
}

bool NodeLayers::mentions(std::string_view name) const {
  return std::any_of(nodes_.begin(), nodes_.begin() + static_cast<std::ptrdiff_t>(size_),
                     [&](const SyntaxNode* node) { return node->find(name) != nullptr; });
}

std::vector<std::pair<std::string_view, NodeLayers>> NodeLayers::entries() const {
  std::vector<std::pair<std::string_view, NodeLayers>> found;
  if (size_ == 1) {  // by far the most common, and the only one that may be long
    for (const SyntaxNode& item : top().items) {
      const NodeLayers value(&item);
      if (top().is(Kind::map) && !value.empty()) found.emplace_back(item.key, value);
    }
    return found;
  }
  for (std::size_t i = size_; i-- > 0;) {
    if (!nodes_.at(i)->is(Kind::map)) continue;
    for (const SyntaxNode& item : nodes_.at(i)->items) {
      const bool is_lowest = i + 1 == size_;
      const bool is_known = !is_lowest && std::ranges::any_of(found, [&](const auto& entry) {
        return entry.first == item.key;
      });
      if (is_known) continue;
      const NodeLayers value = find(item.key);
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

std::optional<std::int64_t> FieldReader::optional_integer(std::string_view name) const {
  return parse_whole_number(written_or_standard(name));
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
