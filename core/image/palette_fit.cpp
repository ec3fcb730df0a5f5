#include "core/image/palette_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dgxp {
namespace {

// Of degraded pictures in their own palette 97 in 100 cells are nearer than 12 and five times the
// middle spread inside of cells, in RGB; in a palette of other pictures most are farther.
constexpr float kNear = 12.0F;
constexpr float kNearPerSpread = 5.0F;
constexpr float kNearest = 48.0F;  // a picture of much spread is no reason to believe everything
constexpr float kFall = 24.0F;     // from 1 to the least

float middle_of(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

float distance(const std::array<float, 3>& shown, Rgb color) {
  const float r = shown[0] - static_cast<float>(color.r);
  const float g = shown[1] - static_cast<float>(color.g);
  const float b = shown[2] - static_cast<float>(color.b);
  return std::sqrt(r * r + g * g + b * b);
}

}  // namespace

std::vector<float> palette_fit(const CellSamples& cells, std::span<const Rgb> chosen) {
  std::vector<float> fit;
  if (chosen.empty()) return fit;
  const float near = std::min(kNearest, kNear + kNearPerSpread * middle_of(cells.spread));
  fit.reserve(chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const float beyond = (distance(cells.colors[i], chosen[i]) - near) / kFall;
    fit.push_back(1.0F - (1.0F - kLeastFit) * std::clamp(beyond, 0.0F, 1.0F));
  }
  return fit;
}

}  // namespace dgxp
