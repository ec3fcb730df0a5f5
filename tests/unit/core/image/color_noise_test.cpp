#include "core/image/color_noise.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "core/image/assign_kernels.hpp"
#include "core/image/noise_lanes.hpp"
#include "tests/unit/core/image/image_makers.hpp"
#include "tests/unit/core/image/seen_scene.hpp"
#include "tests/unit/core/image/slow_noise.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

/// Deviation 10 in each channel, without correlation.
ColorNoise ten_levels() {
  ColorNoise noise;
  for (int i = 0; i < 4000; ++i) {
    std::array<float, 3> rest{};
    for (std::size_t c = 0; c < 3; ++c) {
      rest[c] = (i >> c) % 2 == 0 ? 10.0F : -10.0F;
    }
    noise.add(rest, 1);
  }
  noise.judge();
  return noise;
}

testing::SlowNoise alone(const ColorNoise& noise) {
  return testing::SlowNoise(noise.shape());
}

}  // namespace

TEST_CASE("ColorNoise takes the nearest of far colors for the likeliest, by little") {
  const ColorNoise noise = ten_levels();
  const auto cost = [&](float distance) {
    return alone(noise).cost({.rest = {distance, 0, 0}, .cost = 0});
  };
  CHECK(cost(40) - cost(30) == doctest::Approx(3.5).epsilon(0.02));
  CHECK(cost(120) > cost(110));
  CHECK(cost(120) - cost(110) < (120.0 * 120 - 110.0 * 110) / 200 / 4);
}

TEST_CASE("ColorNoise reads light off all channels of a middling color") {
  const testing::ShownLight on = alone(ten_levels()).light_on({131, 139, 138}, {128, 130, 132}, 0);
  CHECK(on.light == doctest::Approx(6));
  CHECK(on.weight == doctest::Approx(1));
}

TEST_CASE("ColorNoise reads light off the channels that black and white leave") {
  // Only red can become darker, and what is there of green and blue is 16 x 0.399.
  const testing::ShownLight dark = alone(ten_levels()).light_on({128, 6.4F, 6.4F}, {138, 0, 0}, 0);
  CHECK(dark.light < -3);
  CHECK(dark.light > -10);
  CHECK(dark.weight > 0.4F);
  CHECK(dark.weight < 1);
  // A guess that is right already stays.
  CHECK(alone(ten_levels()).light_on({128, 1.5F, 1.5F}, {138, 0, 0}, -10).light ==
        doctest::Approx(-10).epsilon(0.15));
}

TEST_CASE("ColorNoise expects of black what noise that cannot be darker shows") {
  synthetic::Dice dice(3);
  ColorNoise noise;
  for (int i = 0; i < 4000; ++i) {
    std::array<float, 3> rest{};
    for (float& r : rest) {
      for (int part = 0; part < 12; ++part) {  // nearly Gaussian, deviation 10
        r += static_cast<float>(dice.roll(1001) - 500) / 100;
      }
    }
    noise.add(rest, 1);
  }
  noise.judge();
  // Pixels vary by 1.6 times as much: 16 x 0.399 is seen in the mean.
  CHECK(noise.shape().shown({0, 0, 0})[0] == doctest::Approx(6.4).epsilon(0.05));
  CHECK(noise.shape().shown({255, 0, 0})[0] == doctest::Approx(248.6).epsilon(0.01));
  CHECK(noise.shape().shown({128, 0, 0})[0] == 128.0F);
  CHECK(alone(noise).rest({100, 100, 100}, {90, 100, 110}, 4).rest ==
        std::array<float, 3>{6.0F, -4.0F, -14.0F});
  CHECK(alone(noise).cost(alone(noise).rest({6, 6, 6}, {0, 0, 0}, 0)) <
        alone(noise).cost(alone(noise).rest({6, 6, 6}, {40, 6, 6}, 0)));
}

TEST_CASE("ColorNoise forgives more along the axis of much noise") {
  ColorNoise noise;
  for (int i = 0; i < 500; ++i) {
    const float bright = i % 2 == 0 ? 12.0F : -12.0F;
    noise.add({bright, bright, bright}, 1);
  }
  noise.judge();
  const Rgb gray{128, 128, 128};
  CHECK(alone(noise).cost(alone(noise).rest({138, 138, 138}, gray, 0)) <
        alone(noise).cost(alone(noise).rest({138, 128, 118}, gray, 0)));
}

TEST_CASE("NoiseLanes says of four cells, of two kinds of noise, what is said of each") {
  using Lanes = NoiseLanes<FourFloats>;
  testing::Random random(12);
  const ColorNoise wide = ten_levels();
  const ColorNoise narrow;
  const Lanes wide_lanes(wide.shape());
  const Lanes narrow_lanes(narrow.shape());
  for (int i = 0; i < 3000; ++i) {
    std::array<Rgb, kLanes> colors;
    std::array<std::array<float, 3>, kLanes> seen{};
    Lanes::Colors color_lanes{};
    Lanes::Colors seen_lanes{};
    FourFloats light{};
    FourInts is_wide{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      // Black and white are often near.
      const Rgb color = random.color();
      colors[lane] = {static_cast<std::uint8_t>(color.r / 4 * random.below(5)),
                      static_cast<std::uint8_t>(255 - color.g / 4 * random.below(5)), color.b};
      const std::array<int, 3> channels{colors[lane].r, colors[lane].g, colors[lane].b};
      for (std::size_t c = 0; c < 3; ++c) {
        color_lanes[c][lane] = static_cast<float>(channels[c]);
        seen[lane][c] = seen_lanes[c][lane] = static_cast<float>(random.below(2551)) / 10;
      }
      light[lane] = static_cast<float>(random.below(400) - 200) / 10;
      is_wide[lane] = -random.below(2);
    }
    const Lanes noise = Lanes::of_both(is_wide, wide_lanes, narrow_lanes);
    const Lanes::Rest rest = noise.rest(seen_lanes, color_lanes, light);
    const FourFloats cost = noise.cost(rest);
    const Lanes::Light on = noise.light_on(seen_lanes, color_lanes, light);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const testing::SlowNoise slow = alone(is_wide[lane] != 0 ? wide : narrow);
      const testing::ColorRest slow_rest = slow.rest(seen[lane], colors[lane], light[lane]);
      const testing::ShownLight slow_on = slow.light_on(seen[lane], colors[lane], light[lane]);
      REQUIRE(slow_rest.rest ==
              std::array<float, 3>{rest.rest[0][lane], rest.rest[1][lane], rest.rest[2][lane]});
      REQUIRE(slow.cost(slow_rest) == cost[lane]);
      REQUIRE(slow_on.light == on.light[lane]);
      REQUIRE(slow_on.weight == on.weight[lane]);
    }
  }
}

TEST_CASE("add_noise adds what witnesses show one after the other") {
  testing::Random random(4);
  const testing::SeenScene scene(random, 300);
  ColorNoise slow = ten_levels();
  ColorNoise four = slow;
  ColorNoise most = slow;
  for (int i = 0; i < 20; ++i) {
    NoiseWitnesses some;
    const int count = random.below(static_cast<int>(NoiseWitnesses::kMany) + 1);
    for (int k = 0; k < count; ++k) {
      some.add_if(random.below(4) > 0, static_cast<std::size_t>(random.below(300)),
                  static_cast<std::uint16_t>(random.below(testing::SeenScene::kColors)),
                  static_cast<float>(random.below(1000)) / 999);
    }
    for (std::size_t k = 0; k < some.count; ++k) {
      const auto rest = alone(slow).rest(scene.seen(some.cell[k]), scene.color(some.color[k]),
                                         scene.light(some.cell[k]));
      const auto [x, y, z] = rest.rest;
      if (x * x + y * y + z * z <= 2500) slow.add(rest.rest, some.share[k]);
    }
    assign_kernels(SimdLevel::baseline).add_noise(scene.cells(), some, four);
    assign_kernels(simd_level()).add_noise(scene.cells(), some, most);
  }
  CHECK(four.sums() == slow.sums());
  CHECK(most.sums() == slow.sums());
}

TEST_CASE("show_light says of each cell what SlowNoise says") {
  testing::Random random(9);
  constexpr std::size_t kCells = 203;
  const testing::SeenScene scene(random, kCells);
  const ColorNoise wide = ten_levels();
  const ColorNoise narrow;
  std::vector<std::uint16_t> color(kCells + 8);
  std::vector<float> confidence(kCells + 8);
  std::vector<float> looks;
  for (int k = 0; k < testing::SeenScene::kColors; ++k) {
    looks.push_back(static_cast<float>(random.below(700)));
  }
  for (std::size_t i = 0; i < kCells; ++i) {
    color[i] = static_cast<std::uint16_t>(random.below(testing::SeenScene::kColors));
    confidence[i] = static_cast<float>(random.below(100)) / 99;
  }
  for (const SimdLevel level : {SimdLevel::baseline, simd_level()}) {
    std::vector<float> shown(kCells + 8);
    std::vector<float> expected(kCells + 8);
    std::vector<float> trust(kCells + 8);
    assign_kernels(level).show_light(
        {.cells = scene.cells(),
         .color = color.data(),
         .confidence = confidence.data(),
         .looks = looks.data(),
         .most_common = 3,
         .common_trust = 5,
         .common = &narrow.shape(),
         .others = &wide.shape()},
        kCells, {.shown = shown.data(), .expected = expected.data(), .trust = trust.data()});
    for (std::size_t i = 0; i < kCells; ++i) {
      const testing::ShownLight on =
          alone(color[i] == 3 ? narrow : wide)
              .light_on(scene.seen(i), scene.color(color[i]), scene.light(i));
      const float look = looks[color[i]];
      REQUIRE(expected[i] == look);
      REQUIRE(shown[i] == look + on.light * 3 * testing::SeenScene::kBrightness);
      REQUIRE(trust[i] == confidence[i] * (on.weight * (color[i] == 3 ? 5.0F : 1.0F)));
    }
  }
}

}  // namespace dgxp
