#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/color.hpp"
#include "core/base/diagnostic.hpp"

namespace dgxp {

/// How the colours of one named palette come about. Exactly one of `file`, `colors`, `from` and
/// `auto_colors` is set.
struct PaletteSpec {
  std::string name;
  Place place;
  std::optional<std::string> file;  ///< relative to the manifest's folder
  std::vector<Rgb> colors;          ///< written in the manifest
  std::optional<std::string>
      from;             ///< name of the palette this one recolours, position by position
  int auto_colors = 0;  ///< N: made from all masters that use this palette
  /// With `file`, `colors` or `from`: at most so many more colours stand behind these, chosen from
  /// all masters that use this palette.
  int extend = 0;
  /// Replaced colours of `from`: `map` entries and ramps, already paired. A left colour that the
  /// base palette does not hold today is looked up by its position in the lock, else an error.
  std::vector<std::pair<Rgb, Rgb>> map;
};

}  // namespace dgxp
