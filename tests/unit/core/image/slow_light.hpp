#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "core/base/geometry.hpp"

// SlowLightEstimate cell by cell, in reading order: the obvious way.
namespace dgxp::testing {

class SlowLightEstimate {
 public:
  /// Rise of brightness from a cell's middle to its left, right, upper and lower border.
  using Tilts = std::array<float, 4>;

  SlowLightEstimate(Size size, std::vector<Tilts> tilts);

  /// The light for cells, in reading order, that show `seen` and would show `colors` in even
  /// light; `trust` is the weight of that, 1 for a usual cell. What was found for other `colors`
  /// before is where the search begins.
  std::vector<float> judge(std::span<const float> seen, std::span<const float> colors,
                           std::span<const float> trust);

 private:
  /// The difference of light to the next cell along an axis, and how far it is trusted.
  struct Link {
    float rise = 0;
    float weight = 0;
  };
  /// What the neighbours (left, right, upper, lower) say: weights, and weight x light.
  struct Told {
    std::array<float, 4> weight{};
    std::array<float, 4> light{};
  };
  /// All that is known of one cell.
  struct Known {
    float weight = 0;
    float light = 0;  ///< times weight
  };

  void link_cells(std::span<const float> colors, std::vector<Link>& links, std::size_t step,
                  std::size_t back) const;
  Known sum_up(std::size_t cell) const;
  void tell(const Known& known, std::size_t from, std::size_t side, std::size_t to,
            const Link& link, float rise);
  void sweep();

  std::size_t width_;
  std::vector<Tilts> tilts_;
  std::vector<Link> right_;  ///< from each cell to its right neighbour
  std::vector<Link> down_;
  std::vector<Told> told_;
  std::vector<Known> own_;  ///< what each cell says itself
};

inline constexpr float kLinkTrust = 2.0F;  // of a difference told by tilts, against `trust` 1
inline constexpr float kZeroTrust = 0.06F;  // of light being even
inline constexpr float kHardContrast =
    120.0F;  // sum of contrasts around a link that halves its trust
inline constexpr double kSoftContrast = 30.0;  // contrasts beyond it weigh the same in the leak
inline constexpr double kMostScale = 1.2;

/// What blur lets of the contrasts on both sides into a tilt.
struct Leak {
  float near = 0;  ///< share of the contrast with the neighbour on the side of the tilt
  float far = 0;   ///< and with the one on the other side
};

/// The contrasts of one cell with its neighbours before and behind, and the tilts towards them.
struct Side {
  std::array<float, 2> contrast{};
  std::array<float, 2> tilt{};
};

inline Leak fit_leak(std::span<const Side> sides) {
  double same = 1;
  double mixed = 0;
  double near = 0;
  double far = 0;
  for (const Side& side : sides) {
    const double before = static_cast<double>(side.contrast[0]);
    const double behind = static_cast<double>(side.contrast[1]);
    const double squares = before * before + behind * behind;
    if (squares == 0) {
      continue;
    }
    const double weight = 1 / (kSoftContrast * kSoftContrast + squares);
    const double back = static_cast<double>(side.tilt[0]);
    const double ahead = static_cast<double>(side.tilt[1]);
    same += weight * squares;
    mixed += weight * 2 * before * behind;
    near += weight * (back * before + ahead * behind);
    far += weight * (back * behind + ahead * before);
  }
  const double determinant = same * same - mixed * mixed;
  if (determinant < 1e-6) {
    return {};
  }
  return {static_cast<float>((near * same - far * mixed) / determinant),
          static_cast<float>((far * same - near * mixed) / determinant)};
}

inline SlowLightEstimate::SlowLightEstimate(Size size, std::vector<Tilts> tilts)
    : width_(static_cast<std::size_t>(size.width)),
      tilts_(std::move(tilts)),
      right_(tilts_.size()),
      down_(tilts_.size()),
      told_(tilts_.size()),
      own_(tilts_.size()) {}

/// `step` leads from a cell to the next, `back` is the tilt towards the one before.
inline void SlowLightEstimate::link_cells(std::span<const float> colors, std::vector<Link>& links,
                                          std::size_t step, std::size_t back) const {
  const auto is_last = [&](std::size_t i) {
    return back == 0 ? (i + 1) % width_ == 0 : i + step >= colors.size();
  };
  std::vector<Side> sides(colors.size());
  for (std::size_t i = 0; i < colors.size(); ++i) {
    sides[i].tilt = {tilts_[i][back], tilts_[i][back + 1]};
    if (!is_last(i)) {
      sides[i].contrast[1] = colors[i + step] - colors[i];
      sides[i + step].contrast[0] = colors[i] - colors[i + step];
    }
  }
  const Leak leak = fit_leak(sides);
  for (std::size_t i = 0; i < colors.size(); ++i) {
    if (is_last(i)) {
      continue;
    }
    const Side& here = sides[i];
    const Side& there = sides[i + step];
    const float ahead = here.tilt[1] - leak.near * here.contrast[1] - leak.far * here.contrast[0];
    const float behind =
        there.tilt[0] - leak.near * there.contrast[0] - leak.far * there.contrast[1];
    const float hardness = (std::abs(here.contrast[0]) + 2 * std::abs(here.contrast[1]) +
                            std::abs(there.contrast[1])) /
                           kHardContrast;
    links[i] = {ahead - behind, kLinkTrust / (1 + hardness * hardness)};
  }
}

inline SlowLightEstimate::Known SlowLightEstimate::sum_up(std::size_t cell) const {
  const Told& told = told_[cell];
  return {told.weight[0] + told.weight[1] + told.weight[2] + told.weight[3],
          told.light[0] + told.light[1] + told.light[2] + told.light[3]};
}

/// A cell that knows `known` in all tells its neighbour what it did not hear from there.
inline void SlowLightEstimate::tell(const Known& known, std::size_t from, std::size_t side,
                                    std::size_t to, const Link& link, float rise) {
  const float weight = known.weight - told_[from].weight[side];
  const float light = known.light - told_[from].light[side];
  const float passed = link.weight / (link.weight + weight);
  told_[to].weight[side ^ 1U] = passed * weight;
  told_[to].light[side ^ 1U] = passed * (light + weight * rise);
}

inline void SlowLightEstimate::sweep() {
  const auto known = [this](std::size_t i) {
    const Known told = sum_up(i);
    return Known{told.weight + own_[i].weight, told.light + own_[i].light};
  };
  const std::size_t count = told_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Known all = known(i);
    if (right_[i].weight > 0) {
      tell(all, i, 1, i + 1, right_[i], right_[i].rise);
    }
    if (down_[i].weight > 0) {
      tell(all, i, 3, i + width_, down_[i], down_[i].rise);
    }
  }
  for (std::size_t i = count; i-- > 0;) {
    const Known all = known(i);
    if (i > 0 && right_[i - 1].weight > 0) {
      tell(all, i, 0, i - 1, right_[i - 1], -right_[i - 1].rise);
    }
    if (i >= width_) {
      tell(all, i, 2, i - width_, down_[i - width_], -down_[i - width_].rise);
    }
  }
}

inline std::vector<float> SlowLightEstimate::judge(std::span<const float> seen,
                                                   std::span<const float> colors,
                                                   std::span<const float> trust) {
  link_cells(colors, right_, 1, 0);
  link_cells(colors, down_, width_, 2);
  for (std::size_t i = 0; i < own_.size(); ++i) {
    own_[i] = {kZeroTrust + trust[i], trust[i] * (seen[i] - colors[i])};
  }
  sweep();
  std::vector<float> light(own_.size());
  double product = 0;
  double square = 100;
  for (std::size_t i = 0; i < light.size(); ++i) {
    const Known told = sum_up(i);
    light[i] = told.light / (told.weight + kZeroTrust);
    if (trust[i] > 0.7F && trust[i] <= 1) {
      product += static_cast<double>(light[i]) * static_cast<double>(seen[i] - colors[i]);
      square += static_cast<double>(light[i]) * static_cast<double>(light[i]);
    }
  }
  // How much of it the cells themselves confirm.
  const auto scale = static_cast<float>(std::clamp(product / square, 0.0, kMostScale));
  for (float& l : light) {
    l *= scale;
  }
  return light;
}

}  // namespace dgxp::testing
