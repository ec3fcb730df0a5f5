#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/procedural/draw_procedural.hpp"

namespace dgxp {

inline ProceduralRequest request_for(std::string prompt, int side, std::uint64_t seed = 7) {
  ProceduralRequest request;
  request.prompt = std::move(prompt);
  request.frame_size = {side, side};
  request.seed = seed;
  return request;
}

inline Image frame_of(const Image& strip, int width, int index) {
  Image frame({width, strip.size.height});
  for (int y = 0; y < strip.size.height; ++y)
    for (int x = 0; x < width; ++x) frame.at(x, y) = strip.at(index * width + x, y);
  return frame;
}

inline int count_opaque(const Image& image) {
  return static_cast<int>(
      std::ranges::count_if(image.pixels, [](const Rgba& pixel) { return pixel.a == 255; }));
}

inline double coverage(const Image& image) {
  return static_cast<double>(count_opaque(image)) / static_cast<double>(image.size.area());
}

/// The row below the lowest opaque pixel.
inline int baseline(const Image& image) {
  for (int y = image.size.height; y-- > 0;)
    for (int x = 0; x < image.size.width; ++x)
      if (image.at(x, y).a != 0) return y + 1;
  return 0;
}

inline std::set<Rgb> opaque_colors(const Image& image) {
  std::set<Rgb> colors;
  for (const Rgba& pixel : image.pixels)
    if (pixel.a != 0) colors.insert(pixel.rgb());
  return colors;
}

inline const std::vector<Rgb> kDungeonPalette{
    {0x17, 0x20, 0x38}, {0x25, 0x3a, 0x5e}, {0x3c, 0x5e, 0x8b}, {0x4f, 0x8f, 0xba},
    {0x19, 0x33, 0x2d}, {0x25, 0x56, 0x2e}, {0x46, 0x82, 0x32}, {0x75, 0xa7, 0x43},
    {0x4d, 0x2b, 0x32}, {0x7a, 0x48, 0x41}, {0xad, 0x77, 0x57}, {0xd7, 0xb5, 0x94},
    {0x34, 0x1c, 0x27}, {0x75, 0x24, 0x38}, {0xa5, 0x30, 0x30}, {0xcf, 0x57, 0x3c},
    {0xbe, 0x77, 0x2b}, {0xde, 0x9e, 0x41}, {0xe8, 0xc1, 0x70}, {0x09, 0x0a, 0x14},
    {0x39, 0x4a, 0x50}, {0x57, 0x72, 0x77}, {0x81, 0x97, 0x96}, {0xc7, 0xcf, 0xcc}};

}  // namespace dgxp
