// Maximum a posteriori choice of palette colours. What a cell shows is its palette colour under
// uneven light, plus noise. Which of two similar colours it is, distance alone cannot tell; what
// the rest of the picture does can. So a few rounds estimate from the present choice
//   - the light (estimate_light),
//   - the covariance of the noise that is left: brightness varies more than hue, and the most
//     common colour, mostly a flat background, varies less than the figures,
//   - how often each colour is used and which colours stand side by side (ColorUsage),
// and choose again for each cell the colour of least
//   d' S^-1 d / 2 + log |S| / 2 - log(share) - sum over neighbours of log(lift) / 2.
// The lifts are halved because neighbours say partly the same.
#include "core/image/assign_colors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/image/color_usage.hpp"
#include "core/image/estimate_light.hpp"

namespace dgxp {
namespace {

constexpr int kRounds = 6;
constexpr int kFirstLight = 2;          // round; before it the choice is too rough to judge light
constexpr std::size_t kCandidates = 8;  // nearest colours of a cell, among which it is decided
constexpr float kNeighbours = 0.5F;     // weight of what the neighbours say
constexpr float kCommonTrust = 3.0F;    // in the light of cells of the most common colour
constexpr float kOutlier = 2500.0F;     // squared distance; no noise but a wrong colour
constexpr double kLeastVariance = 0.5;
constexpr double kPriorVariance = 4.0;
constexpr double kPriorCells = 10.0;
constexpr float kSettled = 0.9999F;  // confidence of cells in a flat ground that stay as they are

using Vec3 = std::array<float, 3>;
using Mat3 = std::array<std::array<double, 3>, 3>;

Vec3 to_vec(Rgb c) {
  return {static_cast<float>(c.r), static_cast<float>(c.g), static_cast<float>(c.b)};
}

constexpr float kBrightness = 0.57735027F;  // of red + green + blue, to keep distances

/// Brightness and two hue axes: RGB turned, distances stay the same.
Vec3 opponent(const Vec3& rgb) {
  return {(rgb[0] + rgb[1] + rgb[2]) * kBrightness, (rgb[0] - rgb[2]) * 0.70710678F,
          (rgb[0] - 2 * rgb[1] + rgb[2]) * 0.40824829F};
}

float squared_distance(const Vec3& a, const Vec3& b) {
  const float x = a[0] - b[0];
  const float y = a[1] - b[1];
  const float z = a[2] - b[2];
  return x * x + y * y + z * z;
}

struct Candidates {
  std::array<std::uint16_t, kCandidates> index{};  ///< nearest first
  std::array<float, kCandidates> distance{};       ///< squared
  std::size_t count = 0;
};

Candidates nearest_colors(const Vec3& color, std::span<const Vec3> colors) {
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

/// Gaussian noise: `cost` is the negative logarithm of its density, but for a constant.
class Noise {
 public:
  void add(const Vec3& rest) {
    count_ += 1;
    for (std::size_t p = 0; p < 3; ++p) {
      for (std::size_t q = 0; q <= p; ++q) {
        sum_[p][q] += static_cast<double>(rest[p]) * static_cast<double>(rest[q]);
      }
    }
  }

  /// To be called after the last `add`: the inverse of the covariance's Cholesky factor.
  void finish() {
    Mat3 s{};
    for (std::size_t p = 0; p < 3; ++p) {
      for (std::size_t q = 0; q <= p; ++q) {
        s[p][q] = sum_[p][q] / (count_ + kPriorCells);
      }
      s[p][p] += kPriorVariance * kPriorCells / (count_ + kPriorCells) + kLeastVariance;
    }
    const double a = std::sqrt(s[0][0]);
    const double b = s[1][0] / a;
    const double c = std::sqrt(std::max(kLeastVariance / 2, s[1][1] - b * b));
    const double d = s[2][0] / a;
    const double e = (s[2][1] - d * b) / c;
    const double f = std::sqrt(std::max(kLeastVariance / 2, s[2][2] - d * d - e * e));
    w_ = {static_cast<float>(1 / a),        static_cast<float>(-b / (a * c)),
          static_cast<float>(1 / c),        static_cast<float>((b * e - d * c) / (a * c * f)),
          static_cast<float>(-e / (c * f)), static_cast<float>(1 / f)};
    spread_cost_ = static_cast<float>(std::log(a * c * f));
  }

  float cost(const Vec3& rest) const {
    const float a = w_[0] * rest[0];
    const float b = w_[1] * rest[0] + w_[2] * rest[1];
    const float c = w_[3] * rest[0] + w_[4] * rest[1] + w_[5] * rest[2];
    return (a * a + b * b + c * c) / 2 + spread_cost_;
  }

 private:
  Mat3 sum_{};
  double count_ = 0;
  std::array<float, 6> w_{};
  float spread_cost_ = 0;
};

class Chooser {
 public:
  Chooser(const CellSamples& cells, std::span<const Rgb> colors);
  ColorChoice run();

 private:
  void judge_light(const ColorUsage& usage);
  void choose_all(const ColorUsage& usage, bool ask_neighbours);
  void choose(const ColorUsage& usage, std::size_t cell, std::span<const std::size_t> neighbours);
  bool is_settled(std::size_t cell, std::span<const std::size_t> neighbours,
                  std::uint16_t common) const;

  Size size_;
  std::vector<Vec3> seen_;
  std::vector<std::array<float, 2>> slopes_;
  std::vector<Vec3> colors_;
  std::vector<Candidates> near_;
  std::vector<float> light_;
  ColorChoice choice_;
  Noise noise_;
  Noise common_noise_;
};

Chooser::Chooser(const CellSamples& cells, std::span<const Rgb> colors)
    : size_(cells.size), light_(cells.colors.size()) {
  for (const Rgb& c : colors) {
    colors_.push_back(opponent(to_vec(c)));
  }
  for (std::size_t i = 0; i < cells.colors.size(); ++i) {
    seen_.push_back(opponent(cells.colors[i]));
    slopes_.push_back({cells.slopes[i][0] * kBrightness, cells.slopes[i][1] * kBrightness});
    near_.push_back(nearest_colors(seen_.back(), colors_));
    choice_.index.push_back(near_.back().index[0]);
    choice_.confidence.push_back(1.0F);
  }
}

void Chooser::judge_light(const ColorUsage& usage) {
  const auto w = static_cast<std::size_t>(size_.width);
  const std::size_t count = seen_.size();
  std::vector<float> brightness(count);
  std::vector<float> rest(count);
  std::vector<float> trust(choice_.confidence);
  for (std::size_t i = 0; i < count; ++i) {
    brightness[i] = colors_[choice_.index[i]][0];
    rest[i] = seen_[i][0] - brightness[i];
    trust[i] *= choice_.index[i] == usage.most_common() ? kCommonTrust : 1.0F;
  }
  std::vector<float> across(count);
  std::vector<float> down(count);
  for (std::size_t i = 0; i < count; ++i) {
    across[i] = brightness[(i + 1) % w == 0 ? i : i + 1] - brightness[i % w == 0 ? i : i - 1];
    down[i] = brightness[i + w < count ? i + w : i] - brightness[i >= w ? i - w : i];
  }
  light_ = estimate_light({.size = size_,
                           .rest = rest,
                           .trust = trust,
                           .contrast_x = across,
                           .contrast_y = down,
                           .slopes = slopes_});
}

bool Chooser::is_settled(std::size_t cell, std::span<const std::size_t> neighbours,
                         std::uint16_t common) const {
  return choice_.index[cell] == common && choice_.confidence[cell] >= kSettled &&
         std::ranges::all_of(neighbours, [&](std::size_t n) { return choice_.index[n] == common; });
}

void Chooser::choose(const ColorUsage& usage, std::size_t cell,
                     std::span<const std::size_t> neighbours) {
  const Candidates& near = near_[cell];
  const std::uint16_t before = choice_.index[cell];
  float best = 0;
  float second = 1e30F;
  for (std::size_t c = 0; c < near.count; ++c) {
    const std::uint16_t k = near.index[c];
    const Vec3 rest{seen_[cell][0] - light_[cell] - colors_[k][0], seen_[cell][1] - colors_[k][1],
                    seen_[cell][2] - colors_[k][2]};
    float cost = (k == usage.most_common() ? common_noise_ : noise_).cost(rest);
    cost -= k == before ? usage.share_without(k) : usage.share(k);
    for (const std::size_t n : neighbours) {
      const std::uint16_t other = choice_.index[n];
      cost -= kNeighbours * (k == before ? usage.beside_without(k, other) : usage.beside(k, other));
    }
    if (c == 0 || cost < best) {
      second = c == 0 ? second : best;
      best = cost;
      choice_.index[cell] = k;
    } else {
      second = std::min(second, cost);
    }
  }
  choice_.confidence[cell] = 1 / (1 + std::exp(best - second));
}

void Chooser::choose_all(const ColorUsage& usage, bool ask_neighbours) {
  const auto w = static_cast<std::size_t>(size_.width);
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    std::array<std::size_t, 4> neighbours{};
    std::size_t count = 0;
    if (i % w != 0) {
      neighbours[count++] = i - 1;
    }
    if ((i + 1) % w != 0) {
      neighbours[count++] = i + 1;
    }
    if (i >= w) {
      neighbours[count++] = i - w;
    }
    if (i + w < seen_.size()) {
      neighbours[count++] = i + w;
    }
    const std::span<const std::size_t> all(neighbours.data(), count);
    if (ask_neighbours && is_settled(i, all, usage.most_common())) {
      continue;
    }
    choose(usage, i, ask_neighbours ? all : std::span<const std::size_t>());
  }
}

ColorChoice Chooser::run() {
  for (int round = 0; round < kRounds; ++round) {
    const ColorUsage usage(size_, choice_.index, colors_.size());
    if (round >= kFirstLight) {
      judge_light(usage);
    }
    noise_ = {};
    common_noise_ = {};
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const Vec3& color = colors_[choice_.index[i]];
      const Vec3 rest{seen_[i][0] - light_[i] - color[0], seen_[i][1] - color[1],
                      seen_[i][2] - color[2]};
      if (squared_distance(rest, {}) <= kOutlier) {
        (choice_.index[i] == usage.most_common() ? common_noise_ : noise_).add(rest);
      }
    }
    noise_.finish();
    common_noise_.finish();
    const std::vector<std::uint16_t> before = choice_.index;
    choose_all(usage, round > 0);
    if (round > kFirstLight && before == choice_.index) {
      break;
    }
  }
  return choice_;
}

}  // namespace

ColorChoice assign_colors(const CellSamples& cells, std::span<const Rgb> colors) {
  return Chooser(cells, colors).run();
}

}  // namespace dgxp
