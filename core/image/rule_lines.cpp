#include "core/image/rule_lines.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace dgxp {
namespace {

constexpr double kElasticity = 30.0;
constexpr double kReach = 0.3;         // a step differs from the cell size by at most this share
constexpr double kSurroundings = 1.5;  // cells on both sides that a line is compared with
constexpr double kFinePlaces = 32;     // places in a cell that fine steps can tell apart
constexpr int kMostFineness = 8;

/// `gain` at places 1 / `fineness` pixels apart.
std::vector<float> stretched(const std::vector<float>& gain, int fineness) {
  std::vector<float> places;
  places.reserve(gain.size() * static_cast<std::size_t>(fineness));
  for (std::size_t i = 0; i + 1 < gain.size(); ++i) {
    for (int part = 0; part < fineness; ++part) {
      const float share = static_cast<float>(part) / static_cast<float>(fineness);
      places.push_back(gain[i] * (1 - share) + gain[i + 1] * share);
    }
  }
  places.push_back(gain.back());
  return places;
}

/// The lines in places of `gain`, by dynamic programming over the last line.
Ruling rule_places(const std::vector<float>& gain, double cell) {
  const int size = static_cast<int>(gain.size()) - 1;
  const int least = std::max(1, static_cast<int>(std::floor(cell * (1 - kReach))));
  const int most = std::max(least, static_cast<int>(std::ceil(cell * (1 + kReach))));
  std::vector<float> cost;
  for (int step = least; step <= most; ++step) {
    const double off = (step - cell) / cell;
    cost.push_back(static_cast<float>(kElasticity * off * off));
  }
  const int start = static_cast<int>(std::ceil(cell));
  std::vector<float> best(gain.size(), std::numeric_limits<float>::lowest());
  std::vector<int> from(gain.size(), -1);
  for (int x = 0; x <= size; ++x) {
    const auto here = static_cast<std::size_t>(x);
    if (x < start) {
      best[here] = 0;
    }
    for (int step = least; step <= std::min(most, x); ++step) {
      const float value =
          best[static_cast<std::size_t>(x - step)] - cost[static_cast<std::size_t>(step - least)];
      if (value > best[here]) {
        best[here] = value;
        from[here] = x - step;
      }
    }
    best[here] += gain[here];
  }
  int end = size;
  for (int x = std::max(0, size - start + 1); x <= size; ++x) {
    if (best[static_cast<std::size_t>(x)] > best[static_cast<std::size_t>(end)]) {
      end = x;
    }
  }
  Ruling ruling{.lines = {}, .gain = static_cast<double>(best[static_cast<std::size_t>(end)])};
  for (int x = end; x >= 0; x = from[static_cast<std::size_t>(x)]) {
    ruling.lines.push_back(x);
  }
  std::ranges::reverse(ruling.lines);
  return ruling;
}

}  // namespace

Ruling rule_axis(const std::vector<float>& gain, double cell, RuleSteps steps) {
  const int fineness =
      steps == RuleSteps::fine
          ? std::clamp(static_cast<int>(std::ceil(kFinePlaces / cell)), 1, kMostFineness)
          : 1;
  if (fineness == 1) {
    return rule_places(gain, cell);
  }
  Ruling ruling = rule_places(stretched(gain, fineness), cell * fineness);
  for (double& line : ruling.lines) {
    line /= fineness;
  }
  return ruling;
}

std::vector<float> over_surroundings(const std::vector<float>& gain, double cell) {
  const int radius = static_cast<int>(std::lround(kSurroundings * cell));
  const int size = static_cast<int>(gain.size());
  std::vector<double> sums{0};
  for (const float g : gain) {
    sums.push_back(sums.back() + static_cast<double>(g));
  }
  std::vector<float> over;
  for (int i = 0; i < size; ++i) {
    const int first = std::max(0, i - radius);
    const int end = std::min(size, i + radius + 1);
    const double mean =
        (sums[static_cast<std::size_t>(end)] - sums[static_cast<std::size_t>(first)]) /
        (end - first);
    over.push_back(gain[static_cast<std::size_t>(i)] - static_cast<float>(mean));
  }
  return over;
}

double strength_at(const std::vector<float>& profile, double place) {
  const double floor = std::floor(place);
  if (floor < 0 || floor + 1 >= static_cast<double>(profile.size())) {
    return 0;
  }
  const auto at = static_cast<std::size_t>(floor);
  const double share = place - floor;
  return static_cast<double>(profile[at]) * (1 - share) +
         static_cast<double>(profile[at + 1]) * share;
}

}  // namespace dgxp
