#include "core/image/color_noise.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr double kLeastVariance = 0.5;
constexpr double kPriorVariance = 4.0;
constexpr double kPriorCells = 10.0;
// Pixels vary more than the means of cells, and it is they that are cut off.
constexpr double kPixelsOverCells = 1.6;
constexpr float kLeastDeviation = 0.5F;
constexpr float kNoise = 20.0F;        // cost of what may still be noise
constexpr float kFarther = 0.125F;     // of the cost beyond it counts
constexpr float kLeastWeight = 0.05F;  // of three channels; below, a step would go anywhere

/// What is seen of a value that noise of standard deviation 1 moves and that cannot be below 0.
struct CutOff {
  float mean = 0;
  float deviation = 1;
  float cost = 0;   ///< log of the deviation
  float slope = 1;  ///< of the mean: the share that is not cut off
};
constexpr int kSteps = 16;      // a standard deviation
constexpr int kTableReach = 4;  // standard deviations, as ColorNoise::kReach
using CutOffTable = std::array<CutOff, std::size_t{2} * kTableReach * kSteps + 1>;

CutOffTable make_table() {
  CutOffTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const float value = static_cast<float>(i) / kSteps - kTableReach;
    float all = 0;
    float sum = 0;
    float squares = 0;
    float passed = 0;
    constexpr int kParts = 160;
    for (int part = -kParts; part <= kParts; ++part) {
      const float shift = static_cast<float>(part) * 5 / kParts;
      const float density = plain_exp(-shift * shift / 2);
      const float seen = std::max(0.0F, value + shift);
      all += density;
      sum += density * seen;
      squares += density * seen * seen;
      passed += seen > 0 ? density : 0.0F;
    }
    table[i].mean = sum / all;
    table[i].deviation = std::max(
        kLeastDeviation, std::sqrt(std::max(0.0F, squares / all - sum / all * (sum / all))));
    table[i].cost = plain_log(table[i].deviation);
    table[i].slope = passed / all;
  }
  return table;
}

/// For a value less than kTableReach.
const CutOff& cut_off(float value) {
  static const CutOffTable kTable = make_table();
  const float place =
      (std::max(value, static_cast<float>(-kTableReach)) + kTableReach) * kSteps + 0.5F;
  return kTable[static_cast<std::size_t>(place)];
}

}  // namespace

FourFloats ColorNoise::cut_rest(const std::array<float, 3>& seen,
                                const std::array<float, 3>& want) const {
  struct Channel {
    float rest;
    float cost;
  };
  const auto channel = [&](std::size_t c) -> Channel {
    const float reach = kReach * deviation_[c];
    if (want[c] < reach) {
      const CutOff& low = cut_off(want[c] / deviation_[c]);
      return {(seen[c] - low.mean * deviation_[c]) / low.deviation, low.cost};
    }
    if (255 - want[c] < reach) {
      const CutOff& high = cut_off((255 - want[c]) / deviation_[c]);
      return {(seen[c] - 255 + high.mean * deviation_[c]) / high.deviation, high.cost};
    }
    return {seen[c] - want[c], 0.0F};
  };
  const Channel red = channel(0);
  const Channel green = channel(1);
  const Channel blue = channel(2);
  return FourFloats{red.rest, green.rest, blue.rest, red.cost + green.cost + blue.cost};
}

std::array<float, 3> ColorNoise::shown(Rgb color) const {
  const std::array<float, 3> channels{static_cast<float>(color.r), static_cast<float>(color.g),
                                      static_cast<float>(color.b)};
  std::array<float, 3> shown{};
  for (std::size_t c = 0; c < 3; ++c) {
    const float low = channels[c] / deviation_[c];
    const float high = (255 - channels[c]) / deviation_[c];
    shown[c] = low < kReach    ? cut_off(low).mean * deviation_[c]
               : high < kReach ? 255 - cut_off(high).mean * deviation_[c]
                               : channels[c];
  }
  return shown;
}

ShownLight ColorNoise::cut_light(const std::array<float, 3>& seen, const std::array<float, 3>& want,
                                 float guess) const {
  float pull = 0;
  float weight = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const float reach = kReach * deviation_[c];
    const bool dark = want[c] < reach;
    if (!dark && 255 - want[c] >= reach) {
      pull += seen[c] - want[c];
      weight += 1;
      continue;
    }
    const CutOff& cut = cut_off((dark ? want[c] : 255 - want[c]) / deviation_[c]);
    const float mean = cut.mean * deviation_[c];
    const float trust = cut.slope / (cut.deviation * cut.deviation);
    pull += trust * (seen[c] - (dark ? mean : 255 - mean));
    weight += trust * cut.slope;
  }
  return {guess + pull / std::max(weight, kLeastWeight), weight / 3};
}

void ColorNoise::restart() {
  sum_ = {};
  count_ = 0;
}

void ColorNoise::judge() {
  std::array<std::array<double, 3>, 3> s{};
  for (std::size_t p = 0; p < 3; ++p) {
    for (std::size_t q = 0; q <= p; ++q) {
      s[p][q] = sum_[p][q] / (count_ + kPriorCells);
    }
    s[p][p] += kPriorVariance * kPriorCells / (count_ + kPriorCells);
    deviation_[p] = static_cast<float>(kPixelsOverCells * std::sqrt(s[p][p]));
    s[p][p] += kLeastVariance;
  }
  const double a = std::sqrt(s[0][0]);
  const double b = s[1][0] / a;
  const double c = std::sqrt(std::max(kLeastVariance / 2, s[1][1] - b * b));
  const double d = s[2][0] / a;
  const double e = (s[2][1] - d * b) / c;
  const double f = std::sqrt(std::max(kLeastVariance / 2, s[2][2] - d * d - e * e));
  whiten_ = {static_cast<float>(1 / a),        static_cast<float>(-b / (a * c)),
             static_cast<float>(1 / c),        static_cast<float>((b * e - d * c) / (a * c * f)),
             static_cast<float>(-e / (c * f)), static_cast<float>(1 / f)};
  spread_cost_ = plain_log(static_cast<float>(a * c * f));
}

float ColorNoise::cost(const ColorRest& rest) const {
  const auto& w = whiten_;
  const float a = w[0] * rest.rest[0];
  const float b = w[1] * rest.rest[0] + w[2] * rest.rest[1];
  const float c = w[3] * rest.rest[0] + w[4] * rest.rest[1] + w[5] * rest.rest[2];
  const float cost = (a * a + b * b + c * c) / 2;
  // Farther away it is no noise, but a cell that shows a mixture or a colour that the palette
  // lacks: the nearest is still the likeliest, by little.
  const float far = std::max(0.0F, cost - kNoise);
  return cost - far + far * kFarther + spread_cost_ + rest.cost;
}

}  // namespace dgxp
