#include "core/image/assign_kernels.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"
#include "tests/unit/core/image/seen_scene.hpp"
#include "tests/unit/core/image/slow_noise.hpp"

namespace dgxp {
namespace {

NoiseShape judged(testing::Random& random, int levels) {
  ColorNoise noise;
  for (int i = 0; i < 500; ++i) {
    const auto level = [&] { return static_cast<float>(random.below(2 * levels + 1) - levels); };
    const float bright = level();
    noise.add({level() + bright, level() + bright, level() / 2 + bright}, 1);
  }
  noise.judge();
  return noise.shape();
}

/// Cells that may have several colours.
struct Scene {
  static constexpr int kColors = testing::SeenScene::kColors;
  static constexpr Size kSize{25, 16};
  static constexpr std::uint16_t kMostCommon = 4;

  testing::SeenScene sights;
  ColorBeliefs beliefs{kSize};
  std::vector<std::uint32_t> cells;
  NoiseShape common;
  NoiseShape others;
  ColorUsage usage{kColors, ColorUsage::Pairs::no};
  LocalUsage local{kSize, kColors};

  explicit Scene(testing::Random& random) : sights(random, static_cast<std::size_t>(kSize.area())) {
    for (std::uint32_t i = 0; i < beliefs.size(); ++i) {
      std::array<std::uint16_t, kCandidates> colors{};
      for (std::uint16_t& color : colors) color = static_cast<std::uint16_t>(random.below(kColors));
      beliefs.start(i, colors, static_cast<std::size_t>(1 + random.below(8)));
      for (float& shown : beliefs[i].shown) shown = static_cast<float>(random.below(99)) / 98;
      if (beliefs[i].count > 1 && random.below(3) > 0) cells.push_back(i);
    }
    beliefs.believe_shown();
    common = judged(random, 3);
    others = judged(random, 12);
    usage = beliefs.count_colors(kColors);
    local.count(beliefs);
  }
  CandidateQuestion question() const {
    return {
        .cells = sights.cells(), .most_common = kMostCommon, .common = &common, .others = &others};
  }
};

/// What is said of one cell.
struct SlowAnswer {
  CandidateShares alone{};
  CandidateShares shown{};
  std::uint32_t kept = 0;
};

/// A candidate at a time: the obvious way.
SlowAnswer judge_slowly(const Scene& scene, const CandidateQuestion& question, std::size_t cell) {
  const CellBelief& belief = scene.beliefs[cell];
  SlowAnswer answer;
  std::vector<float> costs;
  for (std::size_t k = 0; k < belief.count; ++k) {
    const std::uint16_t color = belief.color[k];
    const testing::SlowNoise noise(color == Scene::kMostCommon ? scene.common : scene.others);
    costs.push_back(noise.cost(
        noise.rest(scene.sights.seen(cell), scene.sights.color(color), scene.sights.light(cell))));
  }
  const float least = *std::ranges::min_element(costs);
  std::vector<std::size_t> near;
  float sum = 0;
  for (std::size_t k = 0; k < belief.count; ++k) {
    if (!(costs[k] - least < question.far)) continue;
    near.push_back(k);
    answer.alone[k] = answer.shown[k] = plain_exp(least - costs[k]);
    sum += answer.alone[k];
  }
  float likeliest = 1e30F;
  for (const std::size_t k : near) {
    answer.alone[k] /= sum;
    if (question.usage == nullptr) continue;
    const float share = question.usage->share(belief.color[k], belief.share[k]);
    costs[k] -= plain_log(share);
    if (question.local != nullptr) {
      costs[k] += question.local->cost(cell, belief.color[k], belief.share[k], share);
    }
    likeliest = std::min(likeliest, costs[k]);
  }
  for (const std::size_t k : near) {
    if (question.usage != nullptr) answer.shown[k] = plain_exp(likeliest - costs[k]);
    answer.kept |= answer.shown[k] >= question.least_shown ? 1U << k : 0;
  }
  return answer;
}

void check(const Scene& scene, const CandidateQuestion& question) {
  for (const SimdLevel level : {SimdLevel::baseline, simd_level()}) {
    ColorBeliefs beliefs = scene.beliefs;
    std::vector<std::uint8_t> kept(scene.cells.size());
    assign_kernels(level).judge_candidates(question, beliefs.data(), scene.cells.data(),
                                           kept.size(), kept.data());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const CellBelief& belief = beliefs[scene.cells[i]];
      const SlowAnswer slow = judge_slowly(scene, question, scene.cells[i]);
      REQUIRE(kept[i] == slow.kept);
      for (std::size_t k = 0; k < belief.count; ++k) {
        REQUIRE(belief.alone[k] == slow.alone[k]);
        REQUIRE(belief.shown[k] == slow.shown[k]);
        REQUIRE(belief.share[k] == scene.beliefs[scene.cells[i]].share[k]);
      }
    }
  }
}

}  // namespace

TEST_CASE("judge_candidates says of each candidate what judging one after the other says") {
  testing::Random random(3);
  for (int i = 0; i < 4; ++i) {
    const Scene scene(random);
    CandidateQuestion question = scene.question();
    check(scene, question);
    question.usage = &scene.usage;
    check(scene, question);
    question.far = 16;
    check(scene, question);
    question.local = &scene.local;
    question.least_shown = 0.01F;
    check(scene, question);
  }
}

TEST_CASE("judge_candidates leaves other cells alone") {
  testing::Random random(5);
  Scene scene(random);
  scene.cells = {7, 3, 4};
  for (const std::uint32_t cell : scene.cells) scene.beliefs.start(cell, {1, 2, 3}, 3);
  ColorBeliefs beliefs = scene.beliefs;
  std::array<std::uint8_t, 4> kept{9, 9, 9, 9};
  assign_kernels(simd_level())
      .judge_candidates(scene.question(), beliefs.data(), scene.cells.data(), 3, kept.data());
  CHECK(kept == std::array<std::uint8_t, 4>{7, 7, 7, 9});
  CHECK(beliefs[5].alone == scene.beliefs[5].alone);
  CHECK(beliefs[5].shown == scene.beliefs[5].shown);
}

}  // namespace dgxp
