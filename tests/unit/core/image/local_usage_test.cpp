#include "core/image/local_usage.hpp"

#include <array>

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp {
namespace {

/// Cells of one sure colour each: `left` in the left half of the picture, `right` in the right.
ColorBeliefs two_halves(Size size, std::uint16_t left, std::uint16_t right) {
  ColorBeliefs beliefs(size);
  for (std::size_t i = 0; i < beliefs.size(); ++i) {
    const auto x = static_cast<int>(i) % size.width;
    beliefs.start(i, {x * 2 < size.width ? left : right}, 1);
  }
  return beliefs;
}

}  // namespace

TEST_CASE("LocalUsage knows which colour is missing where") {
  constexpr Size kSize{80, 40};
  LocalUsage usage(kSize, 3);
  usage.count(two_halves(kSize, 0, 1));
  const std::size_t left = 20 * 80 + 4;
  const std::size_t right = 20 * 80 + 75;
  CHECK(usage.cost(left, 0, 0, 0.5F) == 0.0F);
  CHECK(usage.cost(left, 1, 0, 0.5F) > 3.0F);
  CHECK(usage.cost(right, 0, 0, 0.5F) > 3.0F);
  CHECK(usage.cost(right, 1, 0, 0.5F) == 0.0F);
}

TEST_CASE("LocalUsage does not take a cell's own colour for evidence") {
  constexpr Size kSize{40, 40};
  ColorBeliefs beliefs = two_halves(kSize, 0, 0);
  beliefs.start(0, {2}, 1);
  LocalUsage usage(kSize, 3);
  usage.count(beliefs);
  CHECK(usage.cost(0, 2, 1, 0.1F) > usage.cost(0, 2, 0, 0.1F));
}

TEST_CASE("LocalUsage does not favour the more frequent of two colours that are both there") {
  constexpr Size kSize{16, 16};
  ColorBeliefs beliefs(kSize);
  for (std::size_t i = 0; i < beliefs.size(); ++i) {
    beliefs.start(i, {static_cast<std::uint16_t>(i % 4 == 0 ? 1 : 0)}, 1);
  }
  LocalUsage usage(kSize, 2);
  usage.count(beliefs);
  CHECK(usage.cost(120, 0, 0, 0.75F) == 0.0F);
  CHECK(usage.cost(120, 1, 0, 0.25F) == 0.0F);
}

TEST_CASE("LocalUsage of a large picture takes larger blocks") {
  constexpr Size kSize{1000, 900};
  LocalUsage usage(kSize, 3);
  usage.count(two_halves(kSize, 0, 1));
  CHECK(usage.cost(0, 0, 0, 0.5F) == 0.0F);
  CHECK(usage.cost(0, 1, 0, 0.5F) > 3.0F);
  CHECK(usage.cost(999, 0, 0, 0.5F) > 3.0F);
}

TEST_CASE("LocalUsage says of four colours what it says of each") {
  constexpr Size kSize{40, 24};
  testing::Random random(8);
  LocalUsage usage(kSize, 6);
  usage.count(two_halves(kSize, 1, 4));
  for (int i = 0; i < 300; ++i) {
    const auto cell = static_cast<std::size_t>(random.below(kSize.width * kSize.height));
    std::array<std::uint16_t, 4> colors{};
    FourFloats own{};
    FourFloats share{};
    for (std::size_t lane = 0; lane < 4; ++lane) {
      colors[lane] = static_cast<std::uint16_t>(random.below(6));
      own[lane] = static_cast<float>(random.below(5)) / 4;
      share[lane] = static_cast<float>(1 + random.below(100)) / 100;
    }
    const FourFloats costs = LocalUsage::costs(usage.counts(cell, colors.data()), own, share);
    for (std::size_t lane = 0; lane < 4; ++lane) {
      CHECK(costs[lane] == usage.cost(cell, colors[lane], own[lane], share[lane]));
    }
  }
}

}  // namespace dgxp
