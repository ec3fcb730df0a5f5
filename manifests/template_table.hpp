#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/node_layers.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

/// `templates` and `defaults`: what a sprite takes over.
class TemplateTable {
 public:
  static constexpr std::size_t kMostChained = 16;

  /// Reports templates that extend what does not exist, themselves, or too long a chain.
  TemplateTable(const SyntaxNode& manifest, ProblemList& problems);

  /// The sprite, its templates from the nearest on, the defaults.
  NodeLayers layers_of(const SyntaxNode& sprite, ProblemList& problems) const;
  /// The same for what has no templates.
  NodeLayers with_defaults(const SyntaxNode& node) const;

 private:
  const SyntaxNode* find_extended(const SyntaxNode& node, ProblemList& problems) const;
  std::vector<const SyntaxNode*> chain_of(const SyntaxNode& first, ProblemList& problems);

  std::map<std::string_view, const SyntaxNode*> nodes_;
  std::map<const SyntaxNode*, std::vector<const SyntaxNode*>> chains_;
  const SyntaxNode* defaults_ = nullptr;
  bool has_long_chain_ = false;  ///< reported
};

}  // namespace dgxp
