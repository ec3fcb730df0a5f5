#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec/sprite_spec.hpp"
#include "manifests/expand_matrix.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/resolve_look.hpp"
#include "manifests/resolve_palettes.hpp"
#include "manifests/resolve_rows.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

/// One entry of `sprites`, read once for all sprites it stands for.
struct Family {
  std::string_view pattern;
  Span span;
  FieldReader reader;
  Look look = {};
  Matrix matrix = {};
  std::vector<RowPlan> rows = {};
  std::vector<std::string> variants = {};  ///< palettes; empty = only the sprite itself
  SpriteSpec common = {};                  ///< all but id, rows' masters and colours
  std::size_t common_bytes = 0;
  std::string_view prompt = {};
  std::string_view source = {};
};

/// Everything that every sprite of an entry has: size, pivot, borders, slices. Reports parts that
/// lie outside the frame.
void read_common(Family& family, ProblemList& problems);

/// `variants: palette:`. Reports palettes that do not exist.
void read_variants(Family& family, const PaletteTable& palettes, ProblemList& problems);

/// Memory of one sprite of the family, roughly, without its id and colours.
std::size_t count_bytes(const Family& family);

/// True when the key holds every axis of the matrix and nothing else in braces.
bool check_key(const Family& family, ProblemList& problems);

/// True when the prompt, if one is needed, is there and names drawn axes only.
bool check_words(const Family& family, ProblemList& problems);

/// True when a drawn file, if there is one, is a PNG for one picture or one row.
bool check_source(const Family& family, ProblemList& problems);

/// Reports too many recolours, recolours of nothing, and palettes of another length.
void check_recolouring(const Family& family, const PaletteTable& palettes, ProblemList& problems);

/// The position of the chosen value of each axis of the matrix.
using Choice = std::span<const std::size_t>;

/// A text with each axis replaced by the name of its chosen value.
std::string fill_names(const Family& family, std::string_view text, Choice choice);

/// The prompt with each axis replaced by the words of its chosen value.
std::string fill_words(const Family& family, Choice choice);

}  // namespace dgxp
