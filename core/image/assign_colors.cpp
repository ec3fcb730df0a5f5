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

#include "core/image/assign_kernels.hpp"
#include "core/image/color_beliefs.hpp"
#include "core/image/color_lanes.hpp"
#include "core/image/color_noise.hpp"
#include "core/image/color_usage.hpp"
#include "core/image/estimate_light.hpp"
#include "core/image/float_lanes.hpp"
#include "core/image/local_usage.hpp"
#include "core/image/nearest_colors.hpp"
#include "core/image/plain_math.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMostColors = 1024;
constexpr int kRounds = 11;
constexpr int kFirstLight = 1;       // round; before it the beliefs are too rough to judge light
constexpr int kFirstNoise = 1;       // round; before it nothing is known of noise
constexpr int kFirstNoiseKnown = 3;  // round; before it the noise is too rough to rule out much
constexpr int kFirstUsage = 2;       // round; before it every colour is as likely as the others
constexpr int kFirstTogether = 7;    // round; before it each cell is judged alone
constexpr float kFar = 16.0F;        // cost of noise above the least that rules a colour out
constexpr float kFarthest = 24.0F;   // the same while noise is known roughly
constexpr std::size_t kRoom = 8;     // behind what is read several cells at once
constexpr std::size_t kGroundPart = 4;
constexpr std::size_t kEnoughCells = 4000;  // to tell of the noise
constexpr float kRuledOut = 1e-4F;          // likelihood against that of the likeliest candidate
constexpr float kHardlyShown = 1e-6F;       // the same while each cell is judged alone
constexpr float kCommonTrust = 5.0F;        // in the light of cells of the most common colour
constexpr float kBelief = 0.625F;           // of the logarithm of shares, see judge_confidence
constexpr float kBrightness = 0.57735027F;  // of red + green + blue, to keep distances

float brightness(const std::array<float, 3>& color) {
  return (color[0] + color[1] + color[2]) * kBrightness;
}

class Chooser {
 public:
  Chooser(const CellSamples& cells, std::span<const Rgb> colors, SimdLevel level);
  ColorChoice run();

 private:
  void trust_exact(const std::vector<std::uint32_t>& exact);
  SeenCells seen_cells() const;
  void judge_light();
  void judge_noise();
  void judge_cells(int round);
  bool read_choice();
  void judge_confidence();

  std::size_t count_;
  SeenColors seen_;
  std::vector<std::int32_t> words_;  ///< of the palette
  std::span<const Rgb> colors_;
  ColorBeliefs beliefs_;
  ColorUsage usage_;
  LocalUsage local_;
  LightEstimate estimate_;
  std::vector<float> light_;
  ColorNoise noise_;
  ColorNoise common_noise_;
  const AssignKernels& kernels_;
  std::vector<std::uint32_t> noisy_;  ///< the cells that tell of the noise
  std::vector<std::uint32_t> open_;   ///< the cells in doubt
  std::vector<std::uint8_t> kept_;    ///< which candidates of these are not ruled out
  ColorChoice choice_;
};

/// About kEnoughCells of the cells or all of them: in each row those beside the ones of the row
/// above.
std::vector<std::uint32_t> spread_cells(Size size) {
  const auto width = static_cast<std::size_t>(size.width);
  const auto height = static_cast<std::size_t>(size.height);
  const std::size_t step =
      std::max<std::size_t>(1, (width * height + kEnoughCells / 2) / kEnoughCells);
  std::vector<std::uint32_t> cells;
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = y % step; x < width; x += step) {
      cells.push_back(static_cast<std::uint32_t>(y * width + x));
    }
  }
  return cells;
}

ColorChoice nearest_of(const CellSamples& cells, std::span<const Rgb> colors) {
  NearestColors nearest(colors);
  ColorChoice choice;
  for (const auto& color : cells.colors) {
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

Chooser::Chooser(const CellSamples& cells, std::span<const Rgb> colors, SimdLevel level)
    : count_(cells.colors.size()),
      seen_(cells.colors),
      words_(color_words(colors)),
      colors_(colors),
      beliefs_(cells.size),
      usage_(colors.size()),
      local_(cells.size, colors.size()),
      estimate_(cells.size, scaled_tilts(cells)),
      light_(count_ + kRoom),
      kernels_(assign_kernels(level)),
      noisy_(spread_cells(cells.size)) {
  NearestColors nearest(colors);
  NearColors near;
  std::vector<std::uint32_t> exact;  // cells that show nothing but a colour
  for (std::size_t i = 0; i < count_; ++i) {
    if (i == 0 || cells.colors[i] != cells.colors[i - 1]) {
      near = nearest.find(cells.colors[i]);
    }
    if (near.distance[0] == 0 && cells.spread[i] == 0) {
      exact.push_back(static_cast<std::uint32_t>(i));
    }
    beliefs_.start(i, near.index, near.count);
    if (near.count > 1) {
      open_.push_back(static_cast<std::uint32_t>(i));
    }
    choice_.index.push_back(near.index[0]);
  }
  trust_exact(exact);
  choice_.index.resize(count_ + kRoom);
  choice_.confidence.resize(count_ + kRoom, 1.0F);
  usage_.finish();
}

/// Where most cells beside those of the most frequent colour are exact, the picture was drawn
/// without noise, and exact cells are in no doubt. Elsewhere some are by chance.
void Chooser::trust_exact(const std::vector<std::uint32_t>& exact) {
  std::vector<std::size_t> counts(colors_.size());
  for (const std::uint16_t color : choice_.index) {
    ++counts[color];
  }
  const auto common = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
  const auto is_other = [&](std::uint32_t cell) { return choice_.index[cell] != common; };
  const auto others = static_cast<std::size_t>(std::ranges::count_if(exact, is_other));
  if (2 * others < count_ - counts[common]) {
    return;
  }
  for (const std::uint32_t cell : exact) {
    beliefs_.keep(cell, 1);
  }
}

SeenCells Chooser::seen_cells() const {
  return {.seen = seen_.planes(),
          .light = light_.data(),
          .brightness = kBrightness,
          .colors = words_.data()};
}

void Chooser::judge_light() {
  std::vector<float> looks;  // brightness of each colour in even light
  for (std::size_t k = 0; k < colors_.size(); ++k) {
    const ColorNoise& noise = k == usage_.most_common() ? common_noise_ : noise_;
    looks.push_back(brightness(noise.shape().shown(colors_[k])));
  }
  std::vector<float> expected(count_ + kRoom);
  std::vector<float> shown(count_ + kRoom);
  std::vector<float> trust(count_ + kRoom);
  kernels_.show_light({.cells = seen_cells(),
                       .color = choice_.index.data(),
                       .confidence = choice_.confidence.data(),
                       .looks = looks.data(),
                       .most_common = usage_.most_common(),
                       .common_trust = kCommonTrust,
                       .common = &common_noise_.shape(),
                       .others = &noise_.shape()},
                      count_,
                      {.shown = shown.data(), .expected = expected.data(), .trust = trust.data()});
  std::ranges::copy(
      estimate_.judge(std::span(shown).first(count_), std::span(expected).first(count_),
                      std::span(trust).first(count_)),
      light_.begin());
}

void Chooser::judge_noise() {
  noise_.restart();
  common_noise_.restart();
  const SeenCells cells = seen_cells();
  NoiseWitnesses others;
  NoiseWitnesses common;
  const auto add = [&](NoiseWitnesses& some, ColorNoise& noise) {
    kernels_.add_noise(cells, some, noise);
    some.count = 0;
  };
  const std::uint16_t most_common = usage_.most_common();
  for (const std::uint32_t i : noisy_) {
    const CellBelief& belief = beliefs_[i];
    // Of a flat ground a part of the cells tells enough.
    if (belief.count == 1 && i % kGroundPart != 0 && belief.color[0] == most_common) {
      continue;
    }
    for (std::size_t k = 0; k < belief.count; ++k) {
      const bool is_common = belief.color[k] == most_common;
      common.add_if(is_common, i, belief.color[k], belief.share[k]);
      others.add_if(!is_common, i, belief.color[k], belief.share[k]);
    }
    if (others.count >= NoiseWitnesses::kMany) add(others, noise_);
    if (common.count >= NoiseWitnesses::kMany) add(common, common_noise_);
  }
  add(others, noise_);
  add(common, common_noise_);
  noise_.judge();
  common_noise_.judge();
}

/// What each cell shows, without its neighbours.
void Chooser::judge_cells(int round) {
  const bool together = round >= kFirstTogether;
  std::erase_if(open_, [&](std::uint32_t cell) { return beliefs_[cell].count == 1; });
  kept_.resize(open_.size());
  CandidateQuestion question{.cells = seen_cells(),
                             .most_common = usage_.most_common(),
                             .common = &common_noise_.shape(),
                             .others = &noise_.shape(),
                             .usage = round >= kFirstUsage ? &usage_ : nullptr,
                             .local = together ? &local_ : nullptr};
  if (round >= kFirstNoise) question.far = round >= kFirstNoiseKnown ? kFar : kFarthest;
  if (round > kFirstNoiseKnown) question.least_shown = together ? kRuledOut : kHardlyShown;
  kernels_.judge_candidates(question, beliefs_.data(), open_.data(), open_.size(), kept_.data());
  for (std::size_t place = 0; place < open_.size(); ++place) {
    beliefs_.keep(open_[place], kept_[place]);
  }
}

/// Whether any cell changed its colour.
bool Chooser::read_choice() {
  bool changed = false;
  for (std::size_t i = 0; i < count_; ++i) {
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
  for (std::size_t i = 0; i < count_; ++i) {
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
  choice_.index.resize(count_);
  choice_.confidence.resize(count_);
  return choice_;
}

}  // namespace

ColorChoice assign_colors(const CellSamples& cells, std::span<const Rgb> colors, SimdLevel level) {
  // Which of so many colours stand side by side is neither known nor worth a table.
  return colors.size() > kMostColors ? nearest_of(cells, colors)
                                     : Chooser(cells, colors, level).run();
}

}  // namespace dgxp
