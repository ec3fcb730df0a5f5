// Maximum a posteriori choice of palette colours. What a cell shows is its palette colour under
// uneven light, plus noise. Which of two similar colours it is, distance alone cannot tell; what
// the rest of the picture does can. So a few rounds estimate from the present beliefs
//   - how often each colour is used and which colours stand side by side (ColorUsage),
//   - which colours are missing where (LocalUsage),
//   - the light (LightEstimate),
//   - the covariance of the noise that is left (ColorNoise): brightness varies more than hue, and
//     the most common colour, mostly a flat background, varies less than the figures,
// and from these the beliefs again (ColorBeliefs). This is expectation maximisation (Dempster,
// Laird, Rubin 1977), which ends in whichever optimum is near to where it begins. So what can
// confirm its own errors comes late (compare the deterministic annealing of Ueda and Nakano 1998):
// the first rounds know nothing of usage, or of two similar colours the one that is nearer in the
// first guess of light would take over, and light be bent to suit it; then each cell is judged
// alone until usage, light and noise have settled; only then do cells hear what stands around them.
// In the first rounds a cell has several candidates; those that what it shows rules out are
// dropped, so that later rounds are quick.
#include "core/image/assign_colors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/image/color_beliefs.hpp"
#include "core/image/color_noise.hpp"
#include "core/image/color_usage.hpp"
#include "core/image/estimate_light.hpp"
#include "core/image/float_lanes.hpp"
#include "core/image/local_usage.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMostColors = 1024;
constexpr int kRounds = 12;
constexpr int kFirstLight = 1;         // round; before it the beliefs are too rough to judge light
constexpr int kFirstNoiseKnown = 3;    // round; before it the noise is too rough to rule out much
constexpr int kFirstUsage = 2;         // round; before it every colour is as likely as the others
constexpr int kFirstTogether = 8;      // round; before it each cell is judged alone
constexpr float kFar = 16.0F;          // cost of noise above the least that rules a colour out
constexpr float kNoCandidate = 45.0F;  // farther from what is seen than the nearest colour
constexpr std::size_t kGroundPart = 4;
constexpr float kRuledOut = 1e-4F;          // likelihood against that of the likeliest candidate
constexpr float kCommonTrust = 5.0F;        // in the light of cells of the most common colour
constexpr float kOutlier = 2500.0F;         // squared distance; no noise but a wrong colour
constexpr float kBelief = 0.625F;           // of the logarithm of shares, see judge_confidence
constexpr float kBrightness = 0.57735027F;  // of red + green + blue, to keep distances

using Vec3 = std::array<float, 3>;

float squared_distance(const Vec3& a, const Vec3& b) {
  const float x = a[0] - b[0];
  const float y = a[1] - b[1];
  const float z = a[2] - b[2];
  return x * x + y * y + z * z;
}

float brightness(const Vec3& color) {
  return (color[0] + color[1] + color[2]) * kBrightness;
}

/// e to the power of what each of the first `count` costs is above the least; the rest is 0.
CandidateShares likelihoods(const CandidateShares& cost, float least, std::size_t count) {
  CandidateShares found{};
  for (std::size_t k = 0; k < count; k += kLanes) {
    store_lanes(plain_exp_lanes(least - load_lanes(cost.data() + k)), found.data() + k);
  }
  std::fill(found.begin() + static_cast<std::ptrdiff_t>(count), found.end(), 0.0F);
  return found;
}

struct Candidates {
  std::array<std::uint16_t, kCandidates> index{};  ///< nearest first
  std::array<float, kCandidates> distance{};       ///< squared
  std::size_t count = 0;
};

/// Puts a colour at its place among the nearest.
void enter(Candidates& found, std::size_t color, float distance) {
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

/// Finds the nearest of some colours, four of which are looked at at once.
class NearestColors {
 public:
  explicit NearestColors(std::span<const Rgb> colors) {
    for (std::size_t i = 0; i < colors.size(); i += kLanes) {
      Four four{all_lanes(kNowhere), all_lanes(kNowhere), all_lanes(kNowhere)};
      for (std::size_t lane = 0; lane < std::min(kLanes, colors.size() - i); ++lane) {
        const Rgb color = colors[i + lane];
        four[0][lane] = static_cast<float>(color.r);
        four[1][lane] = static_cast<float>(color.g);
        four[2][lane] = static_cast<float>(color.b);
      }
      fours_.push_back(four);
    }
  }

  Candidates find(const Vec3& color) const {
    FourFloats least = distances(color, fours_[0]);
    for (const Four& four : fours_) {
      const FourFloats here = distances(color, four);
      least = here < least ? here : least;
    }
    const float nearest = std::min(std::min(least[0], least[1]), std::min(least[2], least[3]));
    const float reach = std::sqrt(nearest) + kNoCandidate;
    Candidates found;
    for (std::size_t i = 0; i < fours_.size(); ++i) {
      const FourFloats here = distances(color, fours_[i]);
      const FourInts is_near = here <= reach * reach;
      if ((is_near[0] | is_near[1] | is_near[2] | is_near[3]) != 0) {
        enter_near(found, kLanes * i, here, is_near);
      }
    }
    return found;
  }

 private:
  using Four = std::array<FourFloats, 3>;  // red, green and blue
  static constexpr float kNowhere = 1e6F;  // farther than any colour

  static FourFloats distances(const Vec3& color, const Four& four) {
    const FourFloats x = color[0] - four[0];
    const FourFloats y = color[1] - four[1];
    const FourFloats z = color[2] - four[2];
    return x * x + y * y + z * z;
  }
  static void enter_near(Candidates& found, std::size_t first, FourFloats distances,
                         FourInts is_near) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (is_near[lane] != 0 &&
          (found.count < kCandidates || distances[lane] < found.distance[kCandidates - 1])) {
        enter(found, first + lane, distances[lane]);
      }
    }
  }

  std::vector<Four> fours_;
};

class Chooser {
 public:
  Chooser(const CellSamples& cells, std::span<const Rgb> colors);
  ColorChoice run();

 private:
  void judge_light();
  void judge_noise();
  CandidateShares judge_candidates(std::size_t cell, bool rule_out);
  void judge_cells(int round);
  bool read_choice();
  void judge_confidence();
  ColorNoise& noise_of(std::uint16_t color) {
    return color == usage_.most_common() ? common_noise_ : noise_;
  }
  ColorRest rest_of(std::size_t cell, std::uint16_t color) {
    return noise_of(color).rest(seen_[cell], colors_[color], light_[cell] * kBrightness);
  }

  std::span<const Vec3> seen_;
  std::span<const Rgb> colors_;
  ColorBeliefs beliefs_;
  ColorUsage usage_;
  LocalUsage local_;
  LightEstimate estimate_;
  std::vector<float> light_;
  ColorNoise noise_;
  ColorNoise common_noise_;
  ColorChoice choice_;
};

ColorChoice nearest_of(const CellSamples& cells, std::span<const Rgb> colors) {
  const NearestColors nearest(colors);
  ColorChoice choice;
  for (const Vec3& color : cells.colors) {
    choice.index.push_back(nearest.find(color).index[0]);
    choice.confidence.push_back(1.0F);
  }
  return choice;
}

std::vector<LightEstimate::Tilts> scaled_tilts(const CellSamples& cells) {
  std::vector<LightEstimate::Tilts> tilts(cells.tilts);
  for (LightEstimate::Tilts& tilt : tilts) {
    for (float& t : tilt) {
      t *= kBrightness;
    }
  }
  return tilts;
}

Chooser::Chooser(const CellSamples& cells, std::span<const Rgb> colors)
    : seen_(cells.colors),
      colors_(colors),
      beliefs_(cells.size),
      usage_(colors.size()),
      local_(cells.size, colors.size()),
      estimate_(cells.size, scaled_tilts(cells)),
      light_(seen_.size()) {
  const NearestColors nearest(colors);
  Candidates near;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (i == 0 || seen_[i] != seen_[i - 1]) {
      near = nearest.find(seen_[i]);
    }
    beliefs_.start(i, near.index, near.count);
    choice_.index.push_back(near.index[0]);
    choice_.confidence.push_back(1.0F);
  }
  usage_.finish();
}

void Chooser::judge_light() {
  std::vector<float> looks;  // brightness of each colour in even light
  for (std::size_t k = 0; k < colors_.size(); ++k) {
    looks.push_back(brightness(noise_of(static_cast<std::uint16_t>(k)).shown(colors_[k])));
  }
  std::vector<float> expected(seen_.size());
  std::vector<float> shown(seen_.size());
  std::vector<float> trust(choice_.confidence);
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const std::uint16_t color = choice_.index[i];
    const ShownLight on =
        noise_of(color).light_on(seen_[i], colors_[color], light_[i] * kBrightness);
    expected[i] = looks[color];
    shown[i] = looks[color] + on.light * 3 * kBrightness;
    trust[i] *= on.weight * (color == usage_.most_common() ? kCommonTrust : 1.0F);
  }
  light_ = estimate_.judge(shown, expected, trust);
}

void Chooser::judge_noise() {
  noise_.restart();
  common_noise_.restart();
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const CellBelief& belief = beliefs_[i];
    // Of a flat ground a part of the cells tells enough.
    if (belief.count == 1 && i % kGroundPart != 0 && belief.color[0] == usage_.most_common()) {
      continue;
    }
    for (std::size_t k = 0; k < belief.count; ++k) {
      if (belief.share[k] < 0.001F) {
        continue;
      }
      const ColorRest rest = rest_of(i, belief.color[k]);
      if (squared_distance(rest.rest, {}) <= kOutlier) {
        noise_of(belief.color[k]).add(rest.rest, belief.share[k]);
      }
    }
  }
  noise_.judge();
  common_noise_.judge();
}

/// The noise that each candidate of a cell would need, once the far ones are ruled out; and what it
/// says of them alone.
CandidateShares Chooser::judge_candidates(std::size_t cell, bool rule_out) {
  CellBelief& belief = beliefs_[cell];
  CandidateShares cost{};
  float least = 0;
  for (std::size_t k = 0; k < belief.count; ++k) {
    cost[k] = noise_of(belief.color[k]).cost(rest_of(cell, belief.color[k]));
    least = k == 0 ? cost[k] : std::min(least, cost[k]);
  }
  if (rule_out) {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < belief.count; ++k) {
      belief.shown[k] = cost[k] - least < kFar ? 1.0F : 0.0F;
      cost[kept] = cost[k];
      kept += cost[k] - least < kFar ? 1 : 0;
    }
    beliefs_.prune(cell, 1.0F);
  }
  belief.alone = likelihoods(cost, least, belief.count);
  float sum = 0;
  for (std::size_t k = 0; k < belief.count; ++k) {
    sum += belief.alone[k];
  }
  for (std::size_t k = 0; k < belief.count; ++k) {
    belief.alone[k] /= sum;
  }
  return cost;
}

/// What each cell shows, without its neighbours.
void Chooser::judge_cells(int round) {
  const bool together = round >= kFirstTogether;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    CellBelief& belief = beliefs_[i];
    if (belief.count == 1) {
      continue;
    }
    CandidateShares cost = judge_candidates(i, round >= kFirstNoiseKnown);
    float least = 0;
    for (std::size_t k = 0; k < belief.count; ++k) {
      const std::uint16_t color = belief.color[k];
      const float own = belief.share[k];
      cost[k] -= round >= kFirstUsage ? usage_.log_share(color, own) : 0.0F;
      if (together) {
        cost[k] += local_.cost(i, color, own, usage_.share(color, own));
      }
      least = k == 0 ? cost[k] : std::min(least, cost[k]);
    }
    belief.shown = likelihoods(cost, least, belief.count);
    if (together) {
      beliefs_.prune(i, kRuledOut);
    }
  }
}

/// Whether any cell changed its colour.
bool Chooser::read_choice() {
  bool changed = false;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const CellBelief& belief = beliefs_[i];
    const std::size_t best = belief.count == 1 ? 0 : belief.best();
    changed = changed || choice_.index[i] != belief.color[best];
    choice_.index[i] = belief.color[best];
    choice_.confidence[i] = belief.share[best];
  }
  return changed;
}

/// Cells that hear each other tell what they have heard again, and believe too much: in pictures of
/// known truth the odds of a choice are about this power of what the shares say.
void Chooser::judge_confidence() {
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    const CellBelief& belief = beliefs_[i];
    float all = 1;
    for (std::size_t k = 0; k < belief.count; ++k) {
      if (belief.color[k] == choice_.index[i] || belief.share[k] <= 0) {
        continue;
      }
      all += plain_exp(kBelief * (plain_log(belief.share[k]) - plain_log(choice_.confidence[i])));
    }
    choice_.confidence[i] = 1 / all;
  }
}

ColorChoice Chooser::run() {
  for (int round = 0; round < kRounds; ++round) {
    const bool together = round >= kFirstTogether;
    usage_ = together ? beliefs_.count_usage(usage_, colors_.size())
                      : beliefs_.count_colors(colors_.size());
    if (round >= kFirstLight) {
      judge_light();
    }
    judge_noise();
    if (together) {
      local_.count(beliefs_);
    }
    judge_cells(round);
    if (together) {
      beliefs_.propagate(usage_);
    } else {
      beliefs_.believe_shown();
    }
    const bool is_settled = !read_choice() && round > kFirstTogether;
    if (is_settled || beliefs_.are_sure()) {
      break;
    }
  }
  judge_confidence();
  return choice_;
}

}  // namespace

ColorChoice assign_colors(const CellSamples& cells, std::span<const Rgb> colors) {
  // Which of so many colours stand side by side is neither known nor worth a table.
  return colors.size() > kMostColors ? nearest_of(cells, colors) : Chooser(cells, colors).run();
}

}  // namespace dgxp
