#pragma once

#include <string>
#include <vector>

#include "core/spec/atlas_spec.hpp"
#include "manifests/resolve_sprites.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

/// The atlases with the ids their patterns match; without `atlases:` one called `project_name` with
/// every sprite. Reports patterns that match nothing, sprites in two atlases or too large for
/// theirs, and warns of sprites in none.
std::vector<AtlasSpec> resolve_atlases(const SyntaxNode& manifest, const std::string& project_name,
                                       const ResolvedSprites& sprites, ProblemList& problems);

}  // namespace dgxp
