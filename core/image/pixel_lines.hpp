#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/image/even_cells.hpp"
#include "core/image/image.hpp"

namespace dgxp {

/// Red, green and blue times alpha, and alpha.
using Channels = std::array<float, 4>;
inline constexpr std::size_t kChannels = 4;

/// A picture of real values.
struct Light {
  Size size;
  std::vector<Channels> pixels;

  const Channels& at(int x, int y) const { return pixels[index(x, y)]; }
  Channels& at(int x, int y) { return pixels[index(x, y)]; }

 private:
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) +
           static_cast<std::size_t>(x);
  }
};

inline Channels channels_of(const Channels& channels) {
  return channels;
}

inline Channels channels_of(const Rgba& p) {
  const float alpha = static_cast<float>(p.a) / 255;
  return {static_cast<float>(p.r) * alpha, static_cast<float>(p.g) * alpha,
          static_cast<float>(p.b) * alpha, static_cast<float>(p.a)};
}

inline int length_of(const Size& size, CellAxis axis) {
  return axis == CellAxis::across ? size.width : size.height;
}

inline int lines_of(const Size& size, CellAxis axis) {
  return axis == CellAxis::across ? size.height : size.width;
}

/// Pixel `place` of a line along an axis, of an Image or a Light.
template <typename Picture>
decltype(auto) pixel_at(Picture& picture, CellAxis axis, int line, int place) {
  return axis == CellAxis::across ? picture.at(place, line) : picture.at(line, place);
}

/// Lines of a picture as EnlargedAxis takes them.
template <typename Picture>
std::vector<float> side_by_side(const Picture& picture, CellAxis axis,
                                const std::vector<int>& lines) {
  const int length = length_of(picture.size, axis);
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(length) * lines.size() * kChannels);
  for (int place = 0; place < length; ++place) {
    for (const int line : lines) {
      const Channels pixel = channels_of(pixel_at(picture, axis, line, place));
      values.insert(values.end(), pixel.begin(), pixel.end());
    }
  }
  return values;
}

}  // namespace dgxp
