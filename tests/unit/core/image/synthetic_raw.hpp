#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/image/image.hpp"
#include "core/image/palette.hpp"

// Native pictures with known pixels, and raw images that show them the way an image model would.
namespace dgxp::synthetic {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : state_(seed * 2654435761U + 12345U) {}
  /// 0 .. sides - 1
  int roll(int sides) {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<int>((state_ >> 8U) % static_cast<std::uint32_t>(sides));
  }

 private:
  std::uint32_t state_;
};

inline const Palette& palette() {
  static const Palette kPalette{{{20, 12, 28},
                                 {68, 36, 52},
                                 {48, 52, 109},
                                 {133, 76, 48},
                                 {52, 101, 36},
                                 {208, 70, 72},
                                 {89, 125, 206},
                                 {210, 125, 44},
                                 {109, 170, 44},
                                 {218, 212, 94},
                                 {222, 238, 214}}};
  return kPalette;
}

inline constexpr Rgb kBackdrop{255, 0, 255};

/// A blot with an outline, two-cell patches and single odd cells: opaque inside, transparent
/// around, `margin` cells away from every border.
inline Image blot(Size size, int margin, std::uint32_t seed) {
  Dice dice(seed);
  Image image(size);
  const double cx = size.width / 2.0;
  const double cy = size.height / 2.0;
  const auto inside = [&](int x, int y) {
    const double dx = (x + 0.5 - cx) / (cx - margin);
    const double dy = (y + 0.5 - cy) / (cy - margin);
    return dx * dx + dy * dy <= 1;
  };
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      if (!inside(x, y)) {
        continue;
      }
      const bool edge =
          !inside(x - 1, y) || !inside(x + 1, y) || !inside(x, y - 1) || !inside(x, y + 1);
      const int patch = (x / 2 * 7 + y / 3 * 5 + static_cast<int>(seed % 11)) % 10 + 1;
      const int odd = dice.roll(9) == 0 ? dice.roll(10) + 1 : patch;
      image.at(x, y) = opaque(palette().colors[static_cast<std::size_t>(edge ? 0 : odd)]);
    }
  }
  return image;
}

struct Damage {
  double cell = 8;       ///< raw pixels
  double stretch_y = 1;  ///< cell height over cell width
  double offset = 0;     ///< raw pixels left of and above the first cell
  double drift = 0;      ///< cells; quadratic
  double warp = 0;       ///< cells; columns sway once from top to bottom, rows from left to right
  int blur = 0;          ///< radius of a box in raw pixels, applied twice
  int noise = 0;         ///< most change of a channel of a pixel
  int cell_noise = 0;    ///< most change of a channel of a cell
  std::uint32_t seed = 1;
};

inline void blur_lines(std::vector<double>& values, int width, int height, int radius) {
  std::vector<double> out(values.size());
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      double sum = 0;
      for (int d = -radius; d <= radius; ++d) {
        sum += values[static_cast<std::size_t>(y * width + std::clamp(x + d, 0, width - 1))];
      }
      out[static_cast<std::size_t>(x * height + y)] = sum / (2 * radius + 1);
    }
  }
  values = std::move(out);  // transposed
}

/// A raw image of `size` that shows `native`, its transparent pixels in kBackdrop.
inline Image draw_raw(const Image& native, Size size, const Damage& damage) {
  Dice dice(damage.seed);
  std::vector<std::array<double, 3>> colors;
  for (const Rgba& p : native.pixels) {
    const Rgb shown = p.a == 0 ? kBackdrop : p.rgb();
    std::array<double, 3> color{static_cast<double>(shown.r), static_cast<double>(shown.g),
                                static_cast<double>(shown.b)};
    for (double& c : color) {
      c += damage.cell_noise == 0 || p.a == 0
               ? 0
               : dice.roll(2 * damage.cell_noise + 1) - damage.cell_noise;
    }
    colors.push_back(color);
  }
  const auto cell_at = [&](double place, int length, double cell, int cells, double across) {
    const double z = place / length - 0.5;
    const double sway = 16 * across * (across - 0.5) * (across - 1);
    const double u =
        (place - damage.offset) / cell + damage.drift * (4 * z * z - 0.5) + damage.warp * sway;
    return static_cast<int>(std::floor(std::clamp(u, -1.0, static_cast<double>(cells))));
  };
  Image raw(size);
  std::array<std::vector<double>, 3> planes;
  for (std::size_t c = 0; c < 3; ++c) {
    planes[c].resize(static_cast<std::size_t>(size.area()));
  }
  const std::array<double, 3> backdrop{static_cast<double>(kBackdrop.r),
                                       static_cast<double>(kBackdrop.g),
                                       static_cast<double>(kBackdrop.b)};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      for (int sample = 0; sample < 4; ++sample) {
        const double at_x = x + 0.25 + 0.5 * (sample % 2);
        const double at_y = y + 0.25 + 0.5 * static_cast<int>(sample / 2);
        const int u = cell_at(at_x, size.width, damage.cell, native.size.width, at_y / size.height);
        const int v = cell_at(at_y, size.height, damage.cell * damage.stretch_y, native.size.height,
                              at_x / size.width);
        const auto& color = native.contains(u, v)
                                ? colors[static_cast<std::size_t>(v * native.size.width + u)]
                                : backdrop;
        for (std::size_t c = 0; c < 3; ++c) {
          planes[c][static_cast<std::size_t>(y * size.width + x)] += color[c] / 4;
        }
      }
    }
  }
  for (auto& plane : planes) {
    for (int pass = 0; pass < 2 && damage.blur > 0; ++pass) {
      blur_lines(plane, size.width, size.height, damage.blur);
      blur_lines(plane, size.height, size.width, damage.blur);
    }
  }
  for (std::size_t i = 0; i < raw.pixels.size(); ++i) {
    std::array<std::uint8_t, 3> color{};
    for (std::size_t c = 0; c < 3; ++c) {
      const int shift = damage.noise == 0 ? 0 : dice.roll(2 * damage.noise + 1) - damage.noise;
      color[c] = static_cast<std::uint8_t>(std::clamp(planes[c][i] + shift + 0.5, 0.0, 255.0));
    }
    raw.pixels[i] = {color[0], color[1], color[2], 255};
  }
  return raw;
}

/// Random pixels that show nothing.
inline Image static_noise(Size size, std::uint32_t seed) {
  Dice dice(seed);
  Image image(size);
  for (Rgba& p : image.pixels) {
    p = {static_cast<std::uint8_t>(dice.roll(256)), static_cast<std::uint8_t>(dice.roll(256)),
         static_cast<std::uint8_t>(dice.roll(256)), 255};
  }
  return image;
}

/// `image` without its empty borders.
inline Image trimmed(const Image& image) {
  int x0 = image.size.width;
  int y0 = image.size.height;
  int x1 = -1;
  int y1 = -1;
  for (int y = 0; y < image.size.height; ++y) {
    for (int x = 0; x < image.size.width; ++x) {
      if (image.at(x, y).a != 0) {
        x0 = std::min(x0, x);
        x1 = std::max(x1, x);
        y0 = std::min(y0, y);
        y1 = std::max(y1, y);
      }
    }
  }
  Image part(x1 < x0 ? Size{} : Size{x1 - x0 + 1, y1 - y0 + 1});
  for (int y = 0; y < part.size.height; ++y) {
    for (int x = 0; x < part.size.width; ++x) {
      part.at(x, y) = image.at(x0 + x, y0 + y);
    }
  }
  return part;
}

/// How many pixels differ, or all of them when the sizes do.
inline int differences(const Image& a, const Image& b) {
  if (a.size != b.size) {
    return static_cast<int>(std::max(a.size.area(), b.size.area()));
  }
  int count = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    count += a.pixels[i] == b.pixels[i] ? 0 : 1;
  }
  return count;
}

inline Image enlarged(const Image& image, int factor) {
  Image large({image.size.width * factor, image.size.height * factor});
  for (int y = 0; y < large.size.height; ++y) {
    for (int x = 0; x < large.size.width; ++x) {
      large.at(x, y) = image.at(x / factor, y / factor);
    }
  }
  return large;
}

/// `image` on a flat ground of the backdrop's colour.
inline Image on_backdrop(Image image) {
  for (Rgba& p : image.pixels) {
    p = p.a == 0 ? opaque(kBackdrop) : p;
  }
  return image;
}

}  // namespace dgxp::synthetic
