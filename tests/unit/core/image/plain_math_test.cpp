#include "core/image/plain_math.hpp"

#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

namespace dgxp {

TEST_CASE("plain_exp is the exponential of what is not above 0") {
  for (float x = -79; x <= 0; x += 0.013F) {
    REQUIRE(static_cast<double>(plain_exp(x)) ==
            doctest::Approx(std::exp(static_cast<double>(x))).epsilon(2e-6));
  }
  CHECK(plain_exp(0) == 1);
  CHECK(plain_exp(-1000) == 0);
}

TEST_CASE("plain_log is the natural logarithm") {
  for (double x = 1e-30; x < 1e30; x *= 1.0137) {
    const auto value = static_cast<float>(x);
    REQUIRE(std::abs(static_cast<double>(plain_log(value)) - std::log(static_cast<double>(value))) <
            1e-5);
  }
  CHECK(plain_log(1) == 0);
}

TEST_CASE("plain_cos_turn is the cosine of full turns") {
  for (double turns = -3; turns <= 3; turns += 0.00137) {
    REQUIRE(std::abs(plain_cos_turn(turns) - std::cos(2 * std::numbers::pi * turns)) < 1e-13);
  }
  CHECK(plain_cos_turn(0) == 1);
  CHECK(plain_cos_turn(0.5) == -1);
}

TEST_CASE("plain_exp_lanes is plain_exp to the last bit") {
  for (float x = -90; x <= 0; x += 0.003F) {
    const FourFloats lanes = plain_exp_lanes(FourFloats{x, x / 2, x / 64, 0});
    REQUIRE(lanes[0] == plain_exp(x));
    REQUIRE(lanes[1] == plain_exp(x / 2));
    REQUIRE(lanes[2] == plain_exp(x / 64));
    REQUIRE(lanes[3] == 1);
  }
}

TEST_CASE("plain_log_lanes is plain_log to the last bit") {
  for (float x = 1e-30F; x < 1e30F; x *= 1.0137F) {
    const FourFloats lanes = plain_log_lanes(FourFloats{x, x * 3, x / 64, 1});
    REQUIRE(lanes[0] == plain_log(x));
    REQUIRE(lanes[1] == plain_log(x * 3));
    REQUIRE(lanes[2] == plain_log(x / 64));
    REQUIRE(lanes[3] == 0);
  }
}

}  // namespace dgxp
