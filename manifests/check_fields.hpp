#pragma once

#include "manifests/fields.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

/// Compares a tree with the table of fields: unknown and missing fields, types, ranges, words,
/// names, paths, and what is not supported yet. Reports every problem; values that refer to each
/// other are none of its business.
///
/// False when something is much longer than it may be: resolving it would take as much longer.
bool check_fields(const SyntaxNode& root, const FieldShape& shape, ProblemList& problems);

/// "'abc'", "the text 'abc'", "a list", "a map", "nothing": what stands there, for messages.
std::string describe_value(const SyntaxNode& node);

}  // namespace dgxp
