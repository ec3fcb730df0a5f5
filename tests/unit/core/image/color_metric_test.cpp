#include "core/image/color_metric.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace dgxp;

TEST_CASE("ciede2000 gives the published test values") {
  struct Pair {
    Lab left;
    Lab right;
    double distance;
  };
  // Sharma, Wu, Dalal 2005, table 1.
  const std::array<Pair, 14> pairs{
      {{{50, 2.6772, -79.7751}, {50, 0, -82.7485}, 2.0425},
       {{50, 3.1571, -77.2803}, {50, 0, -82.7485}, 2.8615},
       {{50, -1.3802, -84.2814}, {50, 0, -82.7485}, 1.0000},
       {{50, 0, 0}, {50, -1, 2}, 2.3669},
       {{50, 2.49, -0.001}, {50, -2.49, 0.0009}, 7.1792},
       {{50, 2.49, -0.001}, {50, -2.49, 0.0011}, 7.2195},
       {{50, -0.001, 2.49}, {50, 0.0011, -2.49}, 4.7461},
       {{50, 2.5, 0}, {50, 0, -2.5}, 4.3065},
       {{50, 2.5, 0}, {73, 25, -18}, 27.1492},
       {{50, 2.5, 0}, {50, 3.2592, 0.335}, 1.0000},
       {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
       {{22.7233, 20.0904, -46.694}, {23.0331, 14.973, -42.5619}, 2.0373},
       {{90.8027, -2.0831, 1.441}, {91.1528, -1.6435, 0.0447}, 1.4441},
       {{2.0776, 0.0795, -1.135}, {0.9033, -0.0636, -0.5514}, 0.9082}}};
  for (const Pair& pair : pairs) {
    CHECK(ciede2000(pair.left, pair.right) == doctest::Approx(pair.distance).epsilon(0.00005));
    CHECK(ciede2000(pair.right, pair.left) == doctest::Approx(pair.distance).epsilon(0.00005));
  }
}

TEST_CASE("to_lab puts white at 100 and gray on the axis") {
  CHECK(to_lab({255, 255, 255}).l == doctest::Approx(100));
  CHECK(to_lab({0, 0, 0}).l == doctest::Approx(0));
  for (const std::uint8_t v : {std::uint8_t{1}, std::uint8_t{77}, std::uint8_t{200}}) {
    CHECK(std::abs(to_lab({v, v, v}).a) < 1e-9);
    CHECK(std::abs(to_lab({v, v, v}).b) < 1e-9);
  }
}

TEST_CASE("to_lab gives the known values of red") {
  const Lab red = to_lab({255, 0, 0});
  CHECK(red.l == doctest::Approx(53.24).epsilon(0.001));
  CHECK(red.a == doctest::Approx(80.09).epsilon(0.001));
  CHECK(red.b == doctest::Approx(67.20).epsilon(0.001));
}

TEST_CASE("hyab adds lightness to the distance in the colour plane") {
  CHECK(HyabMetric::distance({10, 0, 0}, {30, 3, 4}) == doctest::Approx(25));
}
