#include "core/image/estimate_light.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace dgxp {
namespace {

/// A field of 20x20 cells under light that rises by 3 a cell to the right and falls by 2 downwards.
struct Scene {
  static constexpr int kSide = 20;
  std::vector<float> truth, rest, trust, none;
  std::vector<std::array<float, 2>> slopes;

  Scene() {
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        truth.push_back(3.0F * static_cast<float>(x - 10) - 2.0F * static_cast<float>(y - 10));
        slopes.push_back({3.0F, -2.0F});
      }
    }
    rest = truth;
    trust.assign(truth.size(), 1.0F);
    none.assign(truth.size(), 0.0F);
  }
  LightClues clues() const {
    return {.size = {kSide, kSide},
            .rest = rest,
            .trust = trust,
            .contrast_x = none,
            .contrast_y = none,
            .slopes = slopes};
  }
};

}  // namespace

TEST_CASE("estimate_light follows light that rises evenly") {
  const Scene scene;
  const std::vector<float> light = estimate_light(scene.clues());
  for (std::size_t i = 0; i < light.size(); ++i) {
    CHECK(std::abs(light[i] - scene.truth[i]) < 2.0F);
  }
}

TEST_CASE("estimate_light does not ask the cell it judges") {
  Scene scene;
  const std::vector<float> before = estimate_light(scene.clues());
  const std::size_t odd = 10 * Scene::kSide + 10;
  scene.rest[odd] += 40;
  scene.trust[odd] = 0;
  CHECK(std::abs(estimate_light(scene.clues())[odd] - before[odd]) < 1.0F);
}

TEST_CASE("estimate_light is even where nothing tells of light") {
  Scene scene;
  scene.rest = scene.none;
  scene.slopes.assign(scene.slopes.size(), {0, 0});
  CHECK(estimate_light(scene.clues()) == scene.none);
}

}  // namespace dgxp
