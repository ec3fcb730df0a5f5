#include "core/image/color_noise.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/image/cut_off.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr double kLeastVariance = 0.5;
constexpr double kPriorVariance = 4.0;
constexpr double kPriorCells = 10.0;
// Pixels vary more than the means of cells, and it is they that are cut off.
constexpr double kPixelsOverCells = 1.6;

}  // namespace

std::array<float, 3> NoiseShape::shown(Rgb color) const {
  const std::array<float, 3> channels{static_cast<float>(color.r), static_cast<float>(color.g),
                                      static_cast<float>(color.b)};
  std::array<float, 3> shown{};
  for (std::size_t c = 0; c < 3; ++c) {
    const float low = channels[c] / deviation[c];
    const float high = (255 - channels[c]) / deviation[c];
    shown[c] = low < kCutOffReach    ? cut_off(low).mean * deviation[c]
               : high < kCutOffReach ? 255 - cut_off(high).mean * deviation[c]
                                     : channels[c];
  }
  return shown;
}

void ColorNoise::restart() {
  sums_ = {};
}

void ColorNoise::judge() {
  const double count = sums_[6];
  const std::array<std::array<double, 3>, 3> sums{
      {{sums_[0]}, {sums_[1], sums_[2]}, {sums_[3], sums_[4], sums_[5]}}};
  std::array<std::array<double, 3>, 3> s{};
  for (std::size_t p = 0; p < 3; ++p) {
    for (std::size_t q = 0; q <= p; ++q) {
      s[p][q] = sums[p][q] / (count + kPriorCells);
    }
    s[p][p] += kPriorVariance * kPriorCells / (count + kPriorCells);
    shape_.deviation[p] = static_cast<float>(kPixelsOverCells * std::sqrt(s[p][p]));
    s[p][p] += kLeastVariance;
  }
  const double a = std::sqrt(s[0][0]);
  const double b = s[1][0] / a;
  const double c = std::sqrt(std::max(kLeastVariance / 2, s[1][1] - b * b));
  const double d = s[2][0] / a;
  const double e = (s[2][1] - d * b) / c;
  const double f = std::sqrt(std::max(kLeastVariance / 2, s[2][2] - d * d - e * e));
  shape_.whiten = {
      static_cast<float>(1 / a),        static_cast<float>(-b / (a * c)),
      static_cast<float>(1 / c),        static_cast<float>((b * e - d * c) / (a * c * f)),
      static_cast<float>(-e / (c * f)), static_cast<float>(1 / f)};
  shape_.spread_cost = plain_log(static_cast<float>(a * c * f));
}

}  // namespace dgxp
