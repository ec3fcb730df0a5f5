#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "core/image/image.hpp"

// Pictures enlarged by interpolation, as image programs do it.
namespace dgxp::synthetic {

/// What a cell counts at a distance of so many cells.
using KernelShape = std::function<double(double)>;

inline double tent(double x) {
  return std::max(0.0, 1 - std::abs(x));
}

inline double cubic(double x) {
  const double t = std::abs(x);
  if (t < 1) {
    return 1.5 * t * t * t - 2.5 * t * t + 1;
  }
  return t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2 : 0.0;
}

inline double lanczos(double x) {
  const double t = std::abs(x) * 3.14159265358979323846;
  if (t < 1e-9) {
    return 1;
  }
  return std::abs(x) < 3 ? 3 * std::sin(t) * std::sin(t / 3) / (t * t) : 0.0;
}

using Plane = std::vector<std::array<double, 4>>;  // red, green and blue times alpha, alpha

/// The rows of a plane enlarged to `length` pixels, and transposed.
inline Plane enlarge_rows(const Plane& plane, int width, int height, int length,
                          const KernelShape& shape) {
  Plane result(static_cast<std::size_t>(length) * static_cast<std::size_t>(height));
  for (int x = 0; x < length; ++x) {
    const double centre = (x + 0.5) * width / length - 0.5;
    double sum = 0;
    std::vector<double> weights;
    for (int cell = 0; cell < width; ++cell) {
      weights.push_back(shape(cell - centre));
      sum += weights.back();
    }
    for (int y = 0; y < height; ++y) {
      for (std::size_t c = 0; c < 4; ++c) {
        double value = 0;
        for (int cell = 0; cell < width; ++cell) {
          value += weights[static_cast<std::size_t>(cell)] *
                   plane[static_cast<std::size_t>(y * width + cell)][c];
        }
        result[static_cast<std::size_t>(x * height + y)][c] =
            std::floor(std::clamp(value / sum, 0.0, 255.0) + 0.5);
      }
    }
  }
  return result;
}

inline Image softly_enlarged(const Image& image, Size size, const KernelShape& shape) {
  Plane plane;
  for (const Rgba& p : image.pixels) {
    plane.push_back(
        {p.r * p.a / 255.0, p.g * p.a / 255.0, p.b * p.a / 255.0, static_cast<double>(p.a)});
  }
  plane = enlarge_rows(plane, image.size.width, image.size.height, size.width, shape);
  plane = enlarge_rows(plane, image.size.height, size.width, size.height, shape);
  Image large(size);
  for (std::size_t i = 0; i < plane.size(); ++i) {
    const auto& [r, g, b, a] = plane[i];
    const auto byte = [a = a](double v) {
      return static_cast<std::uint8_t>(a > 0 ? std::min(255.0, v * 255 / a + 0.5) : 0.0);
    };
    large.pixels[i] = {byte(r), byte(g), byte(b), static_cast<std::uint8_t>(a)};
  }
  return large;
}

}  // namespace dgxp::synthetic
