#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/color.hpp"
#include "core/base/geometry.hpp"
#include "manifests/fields.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

/// What several places of a manifest say about one thing, the most special first: a sprite, its
/// templates, the defaults. Maps merge, lists and single values replace. Nothing is copied, so
/// every value still knows its line.
class NodeLayers {
 public:
  /// Sprite, a chain of templates, defaults.
  static constexpr std::size_t kMost = 20;

  NodeLayers() = default;
  explicit NodeLayers(const SyntaxNode* node) { add(node); }

  /// Adds a less special layer. A nullptr, a null and a broken node say nothing; behind a list or
  /// a single value nothing counts.
  void add(const SyntaxNode* node);

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  /// The one with the last word. Not for an empty one.
  const SyntaxNode& top() const { return *nodes_.front(); }
  const SyntaxNode& at(std::size_t layer) const { return *nodes_.at(layer); }

  NodeLayers find(std::string_view name) const;
  /// True when a layer has such a key at all, whatever stands behind it.
  bool mentions(std::string_view name) const;
  /// Every key once: first those of the least special map, each in the order of its text.
  std::vector<std::pair<std::string_view, NodeLayers>> entries() const;

 private:
  std::array<const SyntaxNode*, kMost> nodes_{};
  std::size_t size_ = 0;
};

/// Reads the fields of one shape: what is written, else the table's default. Values of a wrong type
/// have been reported by check_fields and count as not written.
class FieldReader {
 public:
  FieldReader(const FieldShape& shape, NodeLayers layers) : shape_(shape), layers_(layers) {}

  bool has(std::string_view name) const { return !layers_.find(name).empty(); }
  bool mentions(std::string_view name) const { return layers_.mentions(name); }
  NodeLayers find(std::string_view name) const { return layers_.find(name); }
  const NodeLayers& layers() const { return layers_; }

  std::string_view text(std::string_view name) const;
  int integer(std::string_view name) const;
  std::int64_t large_integer(std::string_view name) const;
  double number(std::string_view name) const;
  bool boolean(std::string_view name) const;
  /// The position of the word in the field's list of words.
  std::size_t choice(std::string_view name) const;
  /// Nothing when it is neither written nor in the table.
  std::optional<std::uint64_t> optional_natural(std::string_view name) const;

 private:
  std::string_view written_or_standard(std::string_view name) const;

  const FieldShape& shape_;
  NodeLayers layers_;
};

// Single values; nothing for anything else than what is asked for.
std::optional<std::int64_t> read_integer(const SyntaxNode& node);
std::optional<Rgb> read_color(const SyntaxNode& node);
std::optional<Size> read_size(const NodeLayers& layers);
std::optional<Point> read_point(const NodeLayers& layers);
std::optional<Rect> read_rect(const NodeLayers& layers);
/// The numbers of a list of exactly `count`.
std::optional<std::vector<int>> read_integers(const NodeLayers& layers, std::size_t count);

}  // namespace dgxp
