#include "core/image/local_usage.hpp"

#include <doctest/doctest.h>

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

}  // namespace dgxp
