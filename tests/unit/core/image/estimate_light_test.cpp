#include "core/image/estimate_light.hpp"

#include <cmath>

#include <doctest/doctest.h>

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

}  // namespace dgxp
