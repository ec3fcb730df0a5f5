#include "core/image/color_usage.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace dgxp {
namespace {

// 0 0 0 1
// 0 0 0 1
const std::vector<std::uint16_t> kCells{0, 0, 0, 1, 0, 0, 0, 1};

}  // namespace

TEST_CASE("ColorUsage tells the logarithm of each colour's share") {
  const ColorUsage usage({4, 2}, kCells, 3);
  CHECK(std::exp(usage.share(0)) == doctest::Approx(6.02 / 8.06));
  CHECK(std::exp(usage.share(1)) == doctest::Approx(2.02 / 8.06));
  CHECK(std::exp(usage.share(2)) == doctest::Approx(0.02 / 8.06));
  CHECK(std::exp(usage.share_without(1)) == doctest::Approx(1.02 / 8.06));
  CHECK(usage.most_common() == 0);
}

TEST_CASE("ColorUsage tells which colours stand side by side") {
  const ColorUsage usage({4, 2}, kCells, 3);
  // Of the four pairs of colour 1 two are 1-0 and two (one pair, both ways) are 1-1.
  const double share = 2.02 / 8.06;
  CHECK(std::exp(usage.beside(1, 1)) == doctest::Approx((2 + 3 * share) / ((4 - 1 + 3) * share)));
  CHECK(usage.beside(1, 1) > usage.beside(0, 1));
  CHECK(usage.beside(0, 0) > usage.beside(2, 0));
  CHECK(usage.beside_without(1, 1) < usage.beside(1, 1));
}

}  // namespace dgxp
