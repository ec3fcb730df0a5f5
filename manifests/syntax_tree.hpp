#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/source_text.hpp"

namespace dgxp {

/// A piece of a text as it was written: our own tree, without anchors, tags or types.
struct SyntaxNode {
  /// `broken`: reported already; nobody says anything about it again.
  enum class Kind : std::uint8_t { null, scalar, list, map, broken };
  Kind kind = Kind::null;
  bool quoted = false;  ///< or a block of text: never a number, a truth value or null
  Span span;
  Span key_span;                  ///< for the value of a map
  std::string_view key;           ///< for the value of a map
  std::string_view text;          ///< of a scalar
  std::vector<SyntaxNode> items;  ///< of a list or a map, in the order of the text

  bool is(Kind wanted) const { return kind == wanted; }
  /// A value of this map, or nullptr.
  const SyntaxNode* find(std::string_view name) const;
  /// Where a person looks: the key for a value of a map, else the value.
  Span where() const { return key_span.place.line > 0 ? key_span : span; }
};

/// Owns what its nodes point to beside the source.
struct SyntaxTree {
  SyntaxNode root;
  std::deque<std::string> texts;
};

}  // namespace dgxp
