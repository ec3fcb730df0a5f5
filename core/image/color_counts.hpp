#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/color.hpp"
#include "core/image/image.hpp"
#include "core/image/palette.hpp"

namespace dgxp {

struct ColorCount {
  Rgb color;
  std::uint64_t pixels = 0;
};

/// Counts colours of many pictures, of which none has to stay: a growing table, since a set of
/// sprites has many pixels but few colours.
class ColorCounter {
 public:
  /// Its opaque pixels.
  void add(const Image& image);
  void add(Rgb color, std::uint64_t pixels);
  /// How often each colour occurs among all that was added, sorted by colour.
  std::vector<ColorCount> take() &&;

 private:
  ColorCount& find(Rgb color);
  void grow();

  std::vector<ColorCount> slots_ = std::vector<ColorCount>(1024);  ///< a power of two
  std::size_t used_ = 0;
};

/// How often each colour occurs among the opaque pixels of all pictures together, sorted by colour.
std::vector<ColorCount> count_colors(std::span<const Image* const> images);

/// Moves each colour behind the first `fixed` to the mean of the pixels that are nearest to it, a
/// few times over (Lloyd), in whole numbers: the squared error in RGB falls.
std::vector<Rgb> settle_colors(std::vector<Rgb> colors, std::span<const ColorCount> counts,
                               std::size_t fixed = 0);

/// From dark to light, each once.
Palette sort_by_lightness(const std::vector<Rgb>& colors);

}  // namespace dgxp
