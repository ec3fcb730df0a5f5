#pragma once

#include <array>
#include <cstdint>

#include "core/base/color.hpp"

namespace dgxp {

/// CIELAB of an sRGB colour under D65: L 0..100.
struct Lab {
  double l = 0;
  double a = 0;
  double b = 0;
};
Lab to_lab(Rgb color);

// What to_lab is made of: sRGB primaries to XYZ, each row divided by its sum (gray then has
// a = b = 0), and a cube root with a straight piece near black.
inline constexpr std::array<std::array<double, 3>, 3> kRgbToXyz{
    {{0.4124564, 0.3575761, 0.1804375},
     {0.2126729, 0.7151522, 0.0721750},
     {0.0193339, 0.1191920, 0.9503041}}};
inline constexpr std::array<double, 3> kXyzWhite{0.95047, 1.0000001, 1.08883};
inline constexpr double kLabCurveStart = 216.0 / 24389.0;
inline constexpr double kLabCurveSlope = 24389.0 / 27.0;

/// A channel of sRGB as linear light, 0..1.
double linear_light(std::uint8_t channel);

/// CIEDE2000 with all weights 1. Source: Sharma, Wu, Dalal, "The CIEDE2000 Color-Difference
/// Formula: Implementation Notes, Supplementary Test Data, and Mathematical Observations", 2005.
double ciede2000(const Lab& left, const Lab& right);

/// The four metrics in one shape: `point` prepares a colour, `distance` compares two points. Only
/// the order of distances counts: rgb and oklab leave them squared. Coordinates of rgb and oklab
/// are integers, so that ties are ties on every machine.
struct RgbMetric {
  using Point = std::array<std::int32_t, 3>;
  using Distance = std::int32_t;
  static Point point(Rgb color);
  static Distance distance(const Point& left, const Point& right) {
    const std::int32_t r = left[0] - right[0];
    const std::int32_t g = left[1] - right[1];
    const std::int32_t b = left[2] - right[2];
    return r * r + g * g + b * b;
  }
};

struct OklabMetric {
  /// L, a, b in units of 2^-26, far finer than two neighbouring colours are apart.
  using Point = std::array<std::int64_t, 3>;
  using Distance = std::int64_t;
  static Point point(Rgb color);
  static Distance distance(const Point& left, const Point& right) {
    const std::int64_t l = left[0] - right[0];
    const std::int64_t a = left[1] - right[1];
    const std::int64_t b = left[2] - right[2];
    return l * l + a * a + b * b;
  }
};

/// Abasi, Tehran, Fairchild, "Distance metrics for very large color differences", 2020:
/// |dL| + sqrt(da^2 + db^2) in CIELAB.
struct HyabMetric {
  using Point = Lab;
  using Distance = double;
  static Point point(Rgb color) { return to_lab(color); }
  static Distance distance(const Point& left, const Point& right);
};

struct Ciede2000Metric {
  using Point = Lab;
  using Distance = double;
  static Point point(Rgb color) { return to_lab(color); }
  static Distance distance(const Point& left, const Point& right) { return ciede2000(left, right); }
};

}  // namespace dgxp
