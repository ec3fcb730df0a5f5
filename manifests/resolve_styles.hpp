#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/spec/sprite_spec.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

struct ResolvedStyle {
  StyleSpec spec;
  /// "style.sampler.steps" and so on, for what is written.
  std::map<std::string, Place> places;
  std::size_t bytes = 0;  ///< memory of one copy, roughly
};

class StyleTable {
 public:
  /// Reports unknown placeholders in prompts.
  StyleTable(const SyntaxNode& manifest, ProblemList& problems);

  /// The style that `style:` names; the one without a name when nothing is written. Reports one
  /// that does not exist.
  const ResolvedStyle& find(const NodeLayers& style, ProblemList& problems) const;

 private:
  std::map<std::string, ResolvedStyle, std::less<>> styles_;
  ResolvedStyle plain_;
};

/// The words sent to the worker: `prompt` put into the style's template, with direction and
/// animation, which are appended when the template does not mention them.
std::string compose_prompt(const StyleSpec& style, std::string_view prompt,
                           std::optional<Direction> direction, std::string_view animation);

}  // namespace dgxp
