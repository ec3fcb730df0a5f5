#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifests/expansion_budget.hpp"
#include "manifests/node_layers.hpp"
#include "manifests/resolve_palettes.hpp"
#include "manifests/source_text.hpp"

namespace dgxp {

struct AxisValue {
  std::string_view name;
  std::string_view words;  ///< what stands in the prompt
  Place words_place;       ///< {0,0} when they are the name
  ColorPairs recolor;
  std::string_view palette;  ///< to recolour into; empty = none
  Span span;
};

struct Axis {
  std::string_view name;
  bool recolors = false;  ///< its values cost no job
  std::vector<AxisValue> values;
  Span span;
};

/// `matrix:` of a sprite: first the axes that are drawn, then those that recolour, each in the
/// order of the manifest. Without a matrix there are no axes and one empty combination.
struct Matrix {
  std::vector<Axis> axes;
  /// Combinations left out: pairs of axis and value, by position.
  std::vector<std::vector<std::pair<std::size_t, std::size_t>>> excluded;

  const Axis* find(std::string_view axis) const;
  bool excludes(std::span<const std::size_t> choice) const;
};

/// Reads matrices; values that many sprites take over from one template are read once.
class MatrixReader {
 public:
  MatrixReader(const PaletteTable& palettes, ExpansionBudget& budget, ProblemList& problems)
      : palettes_(palettes), budget_(budget), problems_(problems) {}

  /// Reports axes without values, exclusions of what does not exist, unknown ramps and palettes,
  /// and more combinations than are allowed; then the matrix is empty and `is_usable` false.
  struct Answer {
    Matrix matrix;
    bool is_usable = true;
  };
  Answer read(const NodeLayers& layers, Span owner);

 private:
  Axis read_axis(std::string_view name, const NodeLayers& layers, bool recolors);
  AxisValue read_recolor(std::string_view name, const NodeLayers& layers);
  void read_excluded(const NodeLayers& layers, Matrix& matrix);
  bool count(const NodeLayers& layers, Span owner);

  const PaletteTable& palettes_;
  ExpansionBudget& budget_;
  ProblemList& problems_;
  std::map<const SyntaxNode*, AxisValue> known_;
};

/// Calls `make` with the position of the chosen value of every axis, for all combinations that are
/// not excluded; the last axis changes fastest.
void for_each_combination(const Matrix& matrix,
                          const std::function<void(std::span<const std::size_t>)>& make);

}  // namespace dgxp
