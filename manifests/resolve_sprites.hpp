#pragma once

#include <string>
#include <vector>

#include "core/spec/sprite_spec.hpp"
#include "manifests/expansion_budget.hpp"
#include "manifests/resolve_palettes.hpp"
#include "manifests/resolve_styles.hpp"
#include "manifests/source_text.hpp"
#include "manifests/syntax_tree.hpp"

namespace dgxp {

/// Everything `sprites` and `tilesets` are expanded to, with the keys they come from.
struct ResolvedSprites {
  std::vector<SpriteSpec> sprites;  ///< in the order of the manifest, tilesets last
  std::vector<Span> sprite_spans;   ///< one a sprite
  std::vector<MasterSpec> masters;
  std::vector<Span> master_spans;  ///< one a master
  std::vector<std::string> tilesets;
};

/// Applies templates and defaults, expands matrices and variants, and lists the masters behind
/// them. `palettes` receives the palettes that sprites make with `auto`.
ResolvedSprites resolve_sprites(const SyntaxNode& manifest, const std::string& art_dir,
                                PaletteTable& palettes, const StyleTable& styles,
                                ProblemList& problems);

/// Reports ids, files and frames of different sprites that would be the same one, also where case
/// does not count.
void check_collisions(const ResolvedSprites& resolved, ProblemList& problems);

}  // namespace dgxp
