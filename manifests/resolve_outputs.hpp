#pragma once

#include <string>
#include <vector>

#include "core/spec/project_spec.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

/// The outputs; without `outputs:` one for bevy in assets/sprites. Reports atlases that do not
/// exist and folders that would be written to by two outputs or hold the masters.
std::vector<OutputSpec> resolve_outputs(const SyntaxNode& manifest, const ProjectSpec& project,
                                        ProblemList& problems);

/// Reports a least coverage above the greatest.
ChecksSpec resolve_checks(const SyntaxNode& manifest, ProblemList& problems);

}  // namespace dgxp
