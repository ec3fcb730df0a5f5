#include "core/image/candidate_costs.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"
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

}  // namespace

TEST_CASE("answer_candidates asks of each candidate what SlowNoise says") {
  testing::Random random(3);
  constexpr int kCells = 400;
  // Black and white are often near.
  Palette palette = random.palette(20);
  for (Rgb& color : palette.colors) {
    color = {static_cast<std::uint8_t>(color.r / 4 * random.below(5)), color.g,
             static_cast<std::uint8_t>(255 - color.b / 4 * random.below(5))};
  }
  std::vector<std::int32_t> words;
  for (const Rgb color : palette.colors) {
    words.push_back(color.r | color.g << 8 | color.b << 16);
  }
  std::vector<CellBelief> beliefs(kCells);
  std::array<std::vector<float>, 3> seen;
  std::vector<float> light;
  std::vector<std::uint32_t> cells;
  for (std::uint32_t i = 0; i < kCells; ++i) {
    beliefs[i].count = static_cast<std::size_t>(1 + random.below(8));
    for (std::size_t k = 0; k < beliefs[i].count; ++k) {
      beliefs[i].color[k] = static_cast<std::uint16_t>(random.below(20));
    }
    for (auto& plane : seen) {
      plane.push_back(static_cast<float>(random.below(2551)) / 10);
    }
    light.push_back(static_cast<float>(random.below(400) - 200) / 10);
    if (random.below(3) > 0) {
      cells.push_back(i);
    }
  }
  const NoiseShape common = judged(random, 3);
  const NoiseShape others = judged(random, 12);
  const CandidateQuestion question{.beliefs = beliefs.data(),
                                   .seen = {seen[0].data(), seen[1].data(), seen[2].data()},
                                   .light = light.data(),
                                   .brightness = 0.57F,
                                   .colors = words.data(),
                                   .most_common = 4,
                                   .common = &common,
                                   .others = &others};
  for (const SimdLevel level : {SimdLevel::baseline, simd_level()}) {
    std::vector<CandidateShares> costs(cells.size());
    answer_candidates(level)(question, cells.data(), cells.size(), costs.data());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::uint32_t cell = cells[i];
      for (std::size_t k = 0; k < beliefs[cell].count; ++k) {
        const std::uint16_t color = beliefs[cell].color[k];
        const testing::SlowNoise noise(color == 4 ? common : others);
        REQUIRE(costs[i][k] == noise.cost(noise.rest({seen[0][cell], seen[1][cell], seen[2][cell]},
                                                     palette.colors[color], light[cell] * 0.57F)));
      }
    }
  }
}

}  // namespace dgxp
