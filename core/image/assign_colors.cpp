// Maximum a posteriori choice of palette colours. A cell is a palette colour plus noise; the noise
// is larger than the distance between similar palette colours, so what the rest of the picture
// uses decides: distance^2 / (2 s^2) - log(share of the colour). Shares and s are estimated from
// the choice and the choice is repeated (expectation maximisation with hard decisions).
#include "core/image/assign_colors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace dgxp {
namespace {

constexpr int kRounds = 6;
constexpr std::size_t kCandidates = 8;  // nearest colours of a cell that later rounds look at
constexpr double kUnseen = 0.02;        // cells that an unused colour is counted with
constexpr double kLeastVariance = 1.0;

struct Candidates {
  std::array<std::uint16_t, kCandidates> index{};
  std::array<float, kCandidates> distance{};  ///< squared, ascending
  std::size_t count = 0;
};

float squared_distance(const std::array<float, 3>& color, Rgb other) {
  const float r = color[0] - static_cast<float>(other.r);
  const float g = color[1] - static_cast<float>(other.g);
  const float b = color[2] - static_cast<float>(other.b);
  return r * r + g * g + b * b;
}

Candidates nearest_colors(const std::array<float, 3>& color, std::span<const Rgb> colors) {
  Candidates found;
  for (std::size_t i = 0; i < colors.size(); ++i) {
    const float d = squared_distance(color, colors[i]);
    if (found.count == kCandidates && d >= found.distance[kCandidates - 1]) {
      continue;
    }
    std::size_t place = std::min(found.count, kCandidates - 1);
    while (place > 0 && found.distance[place - 1] > d) {
      found.distance[place] = found.distance[place - 1];
      found.index[place] = found.index[place - 1];
      --place;
    }
    found.distance[place] = d;
    found.index[place] = static_cast<std::uint16_t>(i);
    found.count = std::min(found.count + 1, kCandidates);
  }
  return found;
}

std::vector<double> shares(const std::vector<std::uint16_t>& index, std::size_t colors) {
  std::vector<double> share(colors, kUnseen);
  for (const std::uint16_t i : index) {
    share[i] += 1;
  }
  const double total = static_cast<double>(index.size()) + kUnseen * static_cast<double>(colors);
  for (double& s : share) {
    s /= total;
  }
  return share;
}

/// Variance of one channel: the median squared distance of cells that do not have the most common
/// colour, over the median of chi-square with 3 degrees of freedom.
double noise_variance(const std::vector<Candidates>& candidates,
                      const std::vector<std::size_t>& choice, const std::vector<double>& share) {
  const auto common = static_cast<std::uint16_t>(std::ranges::max_element(share) - share.begin());
  std::vector<float> distances;
  for (std::size_t i = 0; i < choice.size(); ++i) {
    if (candidates[i].index[choice[i]] != common) {
      distances.push_back(candidates[i].distance[choice[i]]);
    }
  }
  if (distances.empty()) {
    return kLeastVariance;
  }
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::ranges::nth_element(distances, middle);
  return std::max(kLeastVariance, static_cast<double>(*middle) / 2.366);
}

}  // namespace

ColorChoice assign_nearest(const CellSamples& cells, std::span<const Rgb> colors) {
  ColorChoice result;
  for (const auto& color : cells.colors) {
    result.index.push_back(nearest_colors(color, colors).index[0]);
    result.confidence.push_back(1.0F);
  }
  return result;
}

ColorChoice assign_colors(const CellSamples& cells, std::span<const Rgb> colors) {
  const std::size_t count = cells.colors.size();
  std::vector<Candidates> candidates;
  candidates.reserve(count);
  for (const auto& color : cells.colors) {
    candidates.push_back(nearest_colors(color, colors));
  }
  ColorChoice result{.index = std::vector<std::uint16_t>(count),
                     .confidence = std::vector<float>(count, 1.0F)};
  std::vector<std::size_t> choice(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    result.index[i] = candidates[i].index[0];
  }
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> share = shares(result.index, colors.size());
    const double variance = noise_variance(candidates, choice, share);
    for (double& s : share) {
      s = std::log(s);
    }
    bool changed = false;
    for (std::size_t i = 0; i < count; ++i) {
      const Candidates& near = candidates[i];
      double best = 0;
      double second = 1e30;
      std::size_t chosen = 0;
      for (std::size_t k = 0; k < near.count; ++k) {
        const double cost = near.distance[k] / (2 * variance) - share[near.index[k]];
        if (k == 0 || cost < best) {
          second = k == 0 ? 1e30 : best;
          best = cost;
          chosen = k;
        } else {
          second = std::min(second, cost);
        }
      }
      changed = changed || chosen != choice[i];
      choice[i] = chosen;
      result.index[i] = near.index[chosen];
      result.confidence[i] = static_cast<float>(1 / (1 + std::exp(best - second)));
    }
    if (!changed && round > 0) {
      break;
    }
  }
  return result;
}

}  // namespace dgxp
