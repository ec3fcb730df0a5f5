#include "core/image/nearest_colors.hpp"

#include <algorithm>
#include <bit>
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
  distances_.resize(fours_.size());
}

NearColors NearestColors::find(const std::array<float, 3>& color) {
  FourFloats least = all_lanes(kNowhere * kNowhere);
  for (std::size_t i = 0; i < fours_.size(); ++i) {
    distances_[i] = distances(color, fours_[i]);
    least = smaller(distances_[i], least);
  }
  const float nearest = std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
  const float reach = std::sqrt(nearest) + kNoCandidate;
  NearColors found;
  for (std::size_t i = 0; i < fours_.size(); ++i) {
    for (std::uint32_t bits = lane_bits(distances_[i] <= reach * reach); bits != 0;
         bits &= bits - 1) {
      const auto lane = static_cast<std::size_t>(std::countr_zero(bits));
      const float distance = distances_[i][lane];
      if (found.count < kCandidates || distance < found.distance[kCandidates - 1]) {
        enter(found, kLanes * i + lane, distance);
      }
    }
  }
  return found;
}

}  // namespace dgxp
