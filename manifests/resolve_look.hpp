#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/spec/sprite_spec.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/resolve_palettes.hpp"
#include "manifests/resolve_styles.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

/// What sprites and tilesets have in common: how their masters are asked for and finished.
struct Look {
  PaletteUse palette;
  const ResolvedStyle* style = nullptr;
  RecoverSpec recover;
  FinishSpec finish;
  std::vector<std::string> references;
  std::optional<std::uint64_t> seed;
  std::map<std::string, Place> places;  ///< of all of it that is written (MasterSpec::field_places)
  std::size_t bytes = 0;                ///< memory of one copy in a master, roughly
};

/// What `entry` says, with what it takes over. Reports palettes and styles that do not exist, and
/// chroma_key without a key.
Look read_look(const FieldReader& reader, const PaletteTable& palettes, const StyleTable& styles,
               const SyntaxNode& entry, ProblemList& problems);

}  // namespace dgxp
