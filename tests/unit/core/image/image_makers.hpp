#pragma once

#include <cstdint>
#include <random>

#include "core/image/image.hpp"
#include "core/image/palette.hpp"

namespace dgxp::testing {

/// Random values that are the same with every standard library.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  /// 0..count-1
  int below(int count) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(count)); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }
  Rgb color() { return {byte(), byte(), byte()}; }
  Palette palette(int count) {
    Palette palette;
    for (int i = 0; i < count; ++i) palette.colors.push_back(color());
    return palette;
  }
  /// Every pixel opaque in one of the palette's colours or, one in `hole_share`, transparent.
  Image image(Size size, const Palette& palette, int hole_share = 4) {
    Image image(size);
    for (Rgba& pixel : image.pixels)
      if (below(hole_share) != 0)
        pixel = opaque(
            palette
                .colors[static_cast<std::size_t>(below(static_cast<int>(palette.colors.size())))]);
    return image;
  }
  Image noise(Size size) {
    Image image(size);
    for (Rgba& pixel : image.pixels) pixel = {byte(), byte(), byte(), byte()};
    return image;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace dgxp::testing
