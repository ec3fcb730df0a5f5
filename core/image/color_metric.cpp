#include "core/image/color_metric.hpp"

#include <cmath>
#include <numbers>

namespace dgxp {
namespace {

double linear_channel(std::size_t value) {
  const double channel = static_cast<double>(value) / 255.0;
  return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

const std::array<double, 256>& linear_table() {
  static const std::array<double, 256> kTable = [] {
    std::array<double, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) table.at(i) = linear_channel(i);
    return table;
  }();
  return kTable;
}

/// The cube root with CIELAB's straight piece near black.
double lab_curve(double t) {
  return t > kLabCurveStart ? std::cbrt(t) : (kLabCurveSlope * t + 16.0) / 116.0;
}

std::int64_t fixed_point(double value) {
  return std::llround(value * static_cast<double>(1 << 26));
}

double square(double x) {
  return x * x;
}

double radians(double degrees) {
  return degrees * std::numbers::pi / 180.0;
}

/// Hue angle in degrees, 0..360; 0 for gray.
double hue_of(double a, double b) {
  if (a == 0 && b == 0) return 0;
  const double angle = std::atan2(b, a) * 180.0 / std::numbers::pi;
  return angle < 0 ? angle + 360.0 : angle;
}

/// C^7 / (C^7 + 25^7), under the root.
double seventh_power_share(double chroma) {
  constexpr double k25To7 = 6103515625.0;
  const double power = chroma * square(chroma * chroma * chroma);
  return std::sqrt(power / (power + k25To7));
}

struct HuePair {
  double difference = 0;  ///< degrees, -180..180
  double mean = 0;        ///< degrees
};
HuePair pair_hues(double left, double right, bool has_gray) {
  if (has_gray) return {.difference = 0, .mean = left + right};
  HuePair pair{.difference = right - left, .mean = (left + right) / 2};
  if (std::abs(right - left) <= 180.0) return pair;
  pair.difference += right > left ? -360.0 : 360.0;
  pair.mean += left + right < 360.0 ? 180.0 : -180.0;
  return pair;
}

double hue_weight(double hue) {
  return 1 - 0.17 * std::cos(radians(hue - 30)) + 0.24 * std::cos(radians(2 * hue)) +
         0.32 * std::cos(radians(3 * hue + 6)) - 0.20 * std::cos(radians(4 * hue - 63));
}

}  // namespace

double linear_light(std::uint8_t channel) {
  return linear_table()[channel];
}

Lab to_lab(Rgb color) {
  const auto& linear = linear_table();
  const double r = linear[color.r];
  const double g = linear[color.g];
  const double b = linear[color.b];
  const auto share = [&](std::size_t row) {
    return (kRgbToXyz[row][0] * r + kRgbToXyz[row][1] * g + kRgbToXyz[row][2] * b) / kXyzWhite[row];
  };
  const double fx = lab_curve(share(0));
  const double fy = lab_curve(share(1));
  const double fz = lab_curve(share(2));
  return {116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)};
}

double ciede2000(const Lab& left, const Lab& right) {
  const double mean_chroma = (std::hypot(left.a, left.b) + std::hypot(right.a, right.b)) / 2;
  const double stretch = 1 + 0.5 * (1 - seventh_power_share(mean_chroma));
  const double left_a = stretch * left.a;
  const double right_a = stretch * right.a;
  const double left_chroma = std::hypot(left_a, left.b);
  const double right_chroma = std::hypot(right_a, right.b);
  const bool has_gray = left_chroma * right_chroma == 0;
  const HuePair hue = pair_hues(hue_of(left_a, left.b), hue_of(right_a, right.b), has_gray);

  const double delta_chroma = right_chroma - left_chroma;
  const double delta_hue =
      2 * std::sqrt(left_chroma * right_chroma) * std::sin(radians(hue.difference / 2));
  const double mean_l = (left.l + right.l) / 2;
  const double mean_new_chroma = (left_chroma + right_chroma) / 2;

  const double from_middle = square(mean_l - 50);
  const double scale_l = 1 + 0.015 * from_middle / std::sqrt(20 + from_middle);
  const double scale_c = 1 + 0.045 * mean_new_chroma;
  const double scale_h = 1 + 0.015 * mean_new_chroma * hue_weight(hue.mean);
  const double turn = 30 * std::exp(-square((hue.mean - 275) / 25));
  const double rotation = -std::sin(radians(2 * turn)) * 2 * seventh_power_share(mean_new_chroma);

  const double part_l = (right.l - left.l) / scale_l;
  const double part_c = delta_chroma / scale_c;
  const double part_h = delta_hue / scale_h;
  return std::sqrt(square(part_l) + square(part_c) + square(part_h) + rotation * part_c * part_h);
}

RgbMetric::Point RgbMetric::point(Rgb color) {
  return {color.r, color.g, color.b};
}

OklabMetric::Point OklabMetric::point(Rgb color) {
  const Oklab lab = to_oklab(color);
  return {fixed_point(lab.l), fixed_point(lab.a), fixed_point(lab.b)};
}

HyabMetric::Distance HyabMetric::distance(const Point& left, const Point& right) {
  return std::abs(left.l - right.l) +
         std::sqrt(square(left.a - right.a) + square(left.b - right.b));
}

}  // namespace dgxp
