#include "core/image/color_noise.hpp"

#include <algorithm>

#include <doctest/doctest.h>

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

}  // namespace

TEST_CASE("ColorNoise takes the nearest of far colors for the likeliest, by little") {
  const ColorNoise noise = ten_levels();
  const auto cost = [&](float distance) {
    return noise.cost({.rest = {distance, 0, 0}, .cost = 0});
  };
  CHECK(cost(40) - cost(30) == doctest::Approx(3.5).epsilon(0.02));
  CHECK(cost(120) > cost(110));
  CHECK(cost(120) - cost(110) < (120.0 * 120 - 110.0 * 110) / 200 / 4);
}

TEST_CASE("ColorNoise reads light off all channels of a middling color") {
  const ShownLight on = ten_levels().light_on({131, 139, 138}, {128, 130, 132}, 0);
  CHECK(on.light == doctest::Approx(6));
  CHECK(on.weight == doctest::Approx(1));
}

TEST_CASE("ColorNoise reads light off the channels that black and white leave") {
  // Only red can become darker, and what is there of green and blue is 16 x 0.399.
  const ShownLight dark = ten_levels().light_on({128, 6.4F, 6.4F}, {138, 0, 0}, 0);
  CHECK(dark.light < -3);
  CHECK(dark.light > -10);
  CHECK(dark.weight > 0.4F);
  CHECK(dark.weight < 1);
  // A guess that is right already stays.
  CHECK(ten_levels().light_on({128, 1.5F, 1.5F}, {138, 0, 0}, -10).light ==
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
  CHECK(noise.shown({0, 0, 0})[0] == doctest::Approx(6.4).epsilon(0.05));
  CHECK(noise.shown({255, 0, 0})[0] == doctest::Approx(248.6).epsilon(0.01));
  CHECK(noise.shown({128, 0, 0})[0] == 128.0F);
  CHECK(noise.rest({100, 100, 100}, {90, 100, 110}, 4).rest ==
        std::array<float, 3>{6.0F, -4.0F, -14.0F});
  CHECK(noise.cost(noise.rest({6, 6, 6}, {0, 0, 0}, 0)) <
        noise.cost(noise.rest({6, 6, 6}, {40, 6, 6}, 0)));
}

TEST_CASE("ColorNoise forgives more along the axis of much noise") {
  ColorNoise noise;
  for (int i = 0; i < 500; ++i) {
    const float bright = i % 2 == 0 ? 12.0F : -12.0F;
    noise.add({bright, bright, bright}, 1);
  }
  noise.judge();
  const Rgb gray{128, 128, 128};
  CHECK(noise.cost(noise.rest({138, 138, 138}, gray, 0)) <
        noise.cost(noise.rest({138, 128, 118}, gray, 0)));
}

}  // namespace dgxp
