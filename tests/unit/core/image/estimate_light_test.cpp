#include "core/image/estimate_light.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "image_makers.hpp"
#include "slow_light.hpp"

namespace dgxp {
namespace {

/// A field of 20x20 cells under light that rises by 3 a cell to the right and falls by 2 downwards.
struct Scene {
  static constexpr int kSide = 20;
  std::vector<float> truth, seen, colors, trust;
  std::vector<LightEstimate::Tilts> tilts;

  Scene() {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        truth.push_back(3.0F * static_cast<float>(x - 10) - 2.0F * static_cast<float>(y - 10));
        tilts.push_back({-1.5F, 1.5F, 1.0F, -1.0F});
        colors.push_back(100.0F);
      }
    }
    trust.assign(truth.size(), 1.0F);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      seen.push_back(colors[i] + truth[i]);
    }
  }
  std::vector<float> light() const {
    LightEstimate estimate({kSide, kSide}, tilts);
    for (int again = 0; again < 5; ++again) {
      estimate.judge(seen, colors, trust);
    }
    return estimate.judge(seen, colors, trust);
  }
};

}  // namespace

TEST_CASE("LightEstimate follows light that rises evenly") {
  const Scene scene;
  const std::vector<float> light = scene.light();
  for (std::size_t i = 0; i < light.size(); ++i) {
    CHECK(std::abs(light[i] - scene.truth[i]) < 3.0F);
  }
}

TEST_CASE("LightEstimate does not ask the cell it judges") {
  Scene scene;
  const std::size_t odd = 10 * Scene::kSide + 10;
  const float before = scene.light()[odd];
  scene.seen[odd] += 40;
  CHECK(std::abs(scene.light()[odd] - before) < 4.0F);
}

TEST_CASE("LightEstimate is even where nothing tells of light") {
  Scene scene;
  scene.seen = scene.colors;
  scene.tilts.assign(scene.tilts.size(), {0, 0, 0, 0});
  CHECK(scene.light() == std::vector<float>(scene.truth.size()));
}

TEST_CASE("LightEstimate says what telling cell by cell says") {
  testing::Random random(9);
  for (const Size size :
       {Size{1, 1}, {1, 9}, {9, 1}, {2, 2}, {5, 3}, {4, 11}, {23, 17}, {16, 40}}) {
    const auto count = static_cast<std::size_t>(size.area());
    const auto number = [&] { return static_cast<float>(random.below(2000) - 1000) / 8; };
    std::vector<LightEstimate::Tilts> tilts(count);
    for (auto& tilt : tilts) {
      tilt = {number(), number(), number(), number()};
    }
    LightEstimate estimate(size, tilts);
    testing::SlowLightEstimate slow(size, tilts);
    for (int round = 0; round < 3; ++round) {
      std::vector<float> seen;
      std::vector<float> colors;
      std::vector<float> trust;
      for (std::size_t i = 0; i < count; ++i) {
        seen.push_back(number());
        colors.push_back(random.below(3) == 0 || i == 0 ? number() : colors.back());
        trust.push_back(static_cast<float>(random.below(5)) / 4);
      }
      REQUIRE(estimate.judge(seen, colors, trust) == slow.judge(seen, colors, trust));
    }
  }
}

}  // namespace dgxp
