#pragma once

#include <cstddef>
#include <optional>

#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

struct YamlLimits {
  TextLimits text;
  std::size_t nodes = 200'000;
  std::size_t scalar_bytes = 16U << 10U;
  int depth = 32;
};

/// Reads the part of YAML that manifests are written in: one document of maps, lists and scalars.
/// Anchors, aliases, tags, `<<`, a second document, directives, duplicate and non-scalar keys,
/// unclosed quotes and numbers like 010 are problems. The root of an empty text is null.
///
/// Nothing when the text could not be read to its end; the reason is in `problems` then. A tree
/// may come with problems too: the rest of it is still worth checking. `source` must outlive it.
std::optional<SyntaxTree> load_yaml(const SourceText& source, const YamlLimits& limits,
                                    ProblemList& problems);

}  // namespace dgxp
