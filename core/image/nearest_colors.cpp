#include "core/image/nearest_colors.hpp"

#include <algorithm>
#include <cmath>

namespace dgxp {
namespace {

constexpr float kNoCandidate = 45.0F;  // farther from what is seen than the nearest colour
constexpr float kNowhere = 1e6F;       // farther than any colour

FourFloats distances(const std::array<float, 3>& color, const ColorLanes& four) {
  const FourFloats x = color[0] - four[0];
  const FourFloats y = color[1] - four[1];
  const FourFloats z = color[2] - four[2];
  return x * x + y * y + z * z;
}

/// Puts a colour at its place among the nearest.
void enter(NearColors& found, std::size_t color, float distance) {
  std::size_t place = std::min(found.count, kCandidates - 1);
  while (place > 0 && found.distance[place - 1] > distance) {
    found.distance[place] = found.distance[place - 1];
    found.index[place] = found.index[place - 1];
    --place;
  }
  found.distance[place] = distance;
  found.index[place] = static_cast<std::uint16_t>(color);
  found.count = std::min(found.count + 1, kCandidates);
}

void enter_near(NearColors& found, std::size_t first, FourFloats distances, FourInts is_near) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (is_near[lane] != 0 &&
        (found.count < kCandidates || distances[lane] < found.distance[kCandidates - 1])) {
      enter(found, first + lane, distances[lane]);
    }
  }
}

}  // namespace

NearestColors::NearestColors(std::span<const Rgb> colors) {
  for (std::size_t i = 0; i < colors.size(); i += kLanes) {
    ColorLanes four{all_lanes(kNowhere), all_lanes(kNowhere), all_lanes(kNowhere)};
    for (std::size_t lane = 0; lane < std::min(kLanes, colors.size() - i); ++lane) {
      const Rgb color = colors[i + lane];
      four[0][lane] = static_cast<float>(color.r);
      four[1][lane] = static_cast<float>(color.g);
      four[2][lane] = static_cast<float>(color.b);
    }
    fours_.push_back(four);
  }
}

NearColors NearestColors::find(const std::array<float, 3>& color) const {
  FourFloats least = distances(color, fours_[0]);
  for (const ColorLanes& four : fours_) {
    const FourFloats here = distances(color, four);
    least = here < least ? here : least;
  }
  const float nearest = std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
  const float reach = std::sqrt(nearest) + kNoCandidate;
  NearColors found;
  for (std::size_t i = 0; i < fours_.size(); ++i) {
    const FourFloats here = distances(color, fours_[i]);
    const FourInts is_near = here <= reach * reach;
    if ((is_near[0] | is_near[1] | is_near[2] | is_near[3]) != 0) {
      enter_near(found, kLanes * i, here, is_near);
    }
  }
  return found;
}

}  // namespace dgxp
