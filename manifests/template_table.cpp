#include "manifests/template_table.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

std::string describe_chain(const std::vector<const SyntaxNode*>& chain, const SyntaxNode& last) {
  constexpr std::size_t kMost = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(chain.size(), kMost); ++i) {
    text += fmt::format("{} -> ", chain[i]->key);
  }
  return text + std::string(chain.size() > kMost ? "..." : last.key);
}

}  // namespace

TemplateTable::TemplateTable(const SyntaxNode& manifest, ProblemList& problems) {
  const NodeLayers root(&manifest);
  const NodeLayers defaults = root.find("defaults");
  if (!defaults.empty() && defaults.top().is(Kind::map)) defaults_ = &defaults.top();
  for (const auto& [name, layers] : root.find("templates").entries()) {
    if (layers.top().is(Kind::map)) nodes_.emplace(name, &layers.top());
  }
  for (const auto& [name, node] : nodes_) chains_.emplace(node, chain_of(*node, problems));
}

const SyntaxNode* TemplateTable::find_extended(const SyntaxNode& node,
                                               ProblemList& problems) const {
  const SyntaxNode* extends = node.find("extends");
  if (extends == nullptr || !extends->is(Kind::scalar)) return nullptr;
  const auto found = nodes_.find(extends->text);
  if (found != nodes_.end()) return found->second;
  const auto list_names = [&] {
    std::vector<std::string_view> names;
    names.reserve(nodes_.size());
    for (const auto& known : nodes_) names.push_back(known.first);
    return names;
  };
  problems.error(extends->span, fmt::format("there is no template '{}'", extends->text),
                 problems.suggest(extends->text, list_names, "add it under 'templates'"));
  return nullptr;
}

std::vector<const SyntaxNode*> TemplateTable::chain_of(const SyntaxNode& first,
                                                       ProblemList& problems) {
  std::vector<const SyntaxNode*> chain{&first};
  while (const SyntaxNode* next = find_extended(*chain.back(), problems)) {
    const Span span = chain.back()->find("extends")->span;
    const auto start = std::ranges::find(chain, next);
    if (start != chain.end()) {
      // A circle is told once: from its first template by name.
      const auto least = std::ranges::min_element(chain, {}, [](const auto* n) { return n->key; });
      if (start != chain.begin() || least != chain.begin()) return chain;
      problems.error(
          span,
          fmt::format("template '{}' extends itself: {}", next->key, describe_chain(chain, *next)),
          "take one 'extends' of the circle out");
      return chain;
    }
    if (chain.size() == kMostChained) {
      if (std::exchange(has_long_chain_, true)) return chain;
      problems.error(span, fmt::format("more than {} templates extend each other", kMostChained),
                     "join some of them");
      return chain;
    }
    chain.push_back(next);
  }
  return chain;
}

NodeLayers TemplateTable::layers_of(const SyntaxNode& sprite, ProblemList& problems) const {
  NodeLayers layers(&sprite);
  if (const SyntaxNode* extended = find_extended(sprite, problems)) {
    for (const SyntaxNode* node : chains_.at(extended)) layers.add(node);
  }
  layers.add(defaults_);
  return layers;
}

NodeLayers TemplateTable::with_defaults(const SyntaxNode& node) const {
  NodeLayers layers(&node);
  layers.add(defaults_);
  return layers;
}

}  // namespace dgxp
