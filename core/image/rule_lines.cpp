#include "core/image/rule_lines.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "core/image/float_lanes.hpp"

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

/// Dynamic programming over the last line: the most that lines up to each place gain.
class Ruler {
 public:
  Ruler(const std::vector<float>& gain, double cell)
      : gain_(gain),
        least_(std::max(1, static_cast<int>(std::floor(cell * (1 - kReach))))),
        most_(std::max(least_, static_cast<int>(std::ceil(cell * (1 + kReach))))),
        start_(static_cast<int>(std::ceil(cell))),
        sums_(static_cast<std::size_t>(most_), kNothing),
        steps_(gain.size()) {
    for (int step = least_; step <= most_; ++step) {
      const double off = (step - cell) / cell;
      costs_.push_back(static_cast<float>(kElasticity * off * off));
    }
    sums_.resize(sums_.size() + gain.size());
  }

  /// All places from the first on.
  void fill(SimdLevel level) {
    int place = 0;
#if defined(__x86_64__)
    if (level != SimdLevel::baseline && least_ >= kEight) {
      place = fill_avx2();
    }
#endif
    static_cast<void>(level);
    if (least_ >= kFour) {
      place = fill_blocks<FourFloats, FourInts>(place);
    }
    for (; place < size(); ++place) {
      fill_place(place);
    }
  }

  Ruling best() const {
    const int last = size() - 1;
    int end = last;
    for (int place = std::max(0, last - start_ + 1); place <= last; ++place) {
      if (sum(place) > sum(end)) {
        end = place;
      }
    }
    Ruling ruling{.lines = {}, .gain = static_cast<double>(sum(end))};
    for (int place = end, step = 1; step != 0; place -= step) {
      ruling.lines.push_back(place);
      step = steps_[static_cast<std::size_t>(place)];
    }
    std::ranges::reverse(ruling.lines);
    return ruling;
  }

 private:
  static constexpr float kNothing = std::numeric_limits<float>::lowest();
  static constexpr int kFour = 4;
  static constexpr int kEight = 8;

  int size() const { return static_cast<int>(gain_.size()); }
  float sum(int place) const { return sums_[static_cast<std::size_t>(most_ + place)]; }
  /// What the first line gains before its place does.
  float first(int place) const { return place < start_ ? 0.0F : kNothing; }

  void fill_place(int place) {
    const auto here = static_cast<std::size_t>(place);
    float best = first(place);
    for (int step = least_; step <= most_; ++step) {
      const float value = sum(place - step) - costs_[static_cast<std::size_t>(step - least_)];
      if (value > best) {
        best = value;
        steps_[here] = step;
      }
    }
    sums_[static_cast<std::size_t>(most_ + place)] = best + gain_[here];
  }

  /// As many places at once as there are lanes, while there are: no step is so small that one of
  /// them follows another. Gives the place behind the last.
  template <typename Floats, typename Ints>
  [[gnu::always_inline]] inline int fill_blocks(int place) {
    constexpr int kPlaces = sizeof(Floats) / sizeof(float);
    for (; place + kPlaces <= size(); place += kPlaces) {
      const auto here = static_cast<std::size_t>(place);
      Floats best;
      for (int lane = 0; lane < kPlaces; ++lane) {
        best[lane] = first(place + lane);
      }
      Ints steps{};
      const float* before = sums_.data() + most_ + place - least_;
      for (std::size_t i = 0; i < costs_.size(); ++i) {
        Floats value;
        std::memcpy(&value, before - i, sizeof value);
        value -= costs_[i];
        const Ints wins = value > best;
        best = wins ? value : best;
        steps = wins ? Ints{} + (least_ + static_cast<int>(i)) : steps;
      }
      Floats gains;
      std::memcpy(&gains, gain_.data() + here, sizeof gains);
      best += gains;
      std::memcpy(sums_.data() + most_ + place, &best, sizeof best);
      std::memcpy(steps_.data() + here, &steps, sizeof steps);
    }
    return place;
  }

#if defined(__x86_64__)
  [[gnu::target("avx2")]] int fill_avx2() {
    using EightFloats = float __attribute__((vector_size(32)));
    using EightInts = std::int32_t __attribute__((vector_size(32)));
    return fill_blocks<EightFloats, EightInts>(0);
  }
#endif

  const std::vector<float>& gain_;
  int least_;  ///< places of a step
  int most_;
  int start_;                 ///< the first line is before it
  std::vector<float> costs_;  ///< of each step
  std::vector<float> sums_;   ///< by place, behind `most_` that are outside
  std::vector<int> steps_;    ///< from the line before; 0 for none
};

/// The lines in places of `gain`.
Ruling rule_places(const std::vector<float>& gain, double cell, SimdLevel level) {
  Ruler ruler(gain, cell);
  ruler.fill(level);
  return ruler.best();
}

}  // namespace

Ruling rule_axis(const std::vector<float>& gain, double cell, RuleSteps steps, SimdLevel level) {
  const int fineness =
      steps == RuleSteps::fine
          ? std::clamp(static_cast<int>(std::ceil(kFinePlaces / cell)), 1, kMostFineness)
          : 1;
  if (fineness == 1) {
    return rule_places(gain, cell, level);
  }
  Ruling ruling = rule_places(stretched(gain, fineness), cell * fineness, level);
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
