#include "core/image/linear_form.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include <doctest/doctest.h>

#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

using Form = LinearForm<FourFloats>;

float unit(Random& random) {
  return static_cast<float>(random.below(2001) - 1000) / 1000;
}

Form some_form(Random& random, float middle, float size) {
  const auto some = [&] { return all_lanes(unit(random) * size); };
  return {.middle = all_lanes(middle),
          .slopes = {.r = some(), .g = some(), .b = some()},
          .rest = all_lanes(std::abs(unit(random)) * size / 4)};
}

/// A point of the box, and how far in its rest each form is there.
struct BoxPoint {
  std::array<float, 3> t{};
  float in_rest = 0;

  double of(const Form& form) const {
    return static_cast<double>(form.middle[1] + form.slopes.r[1] * t[0] + form.slopes.g[1] * t[1] +
                               form.slopes.b[1] * t[2] + form.rest[1] * in_rest);
  }
};

BoxPoint some_point(Random& random) {
  BoxPoint point{.t = {unit(random), unit(random), unit(random)}, .in_rest = unit(random)};
  if (random.below(2) == 0)  // a corner
    for (float& t : point.t) t = t < 0 ? -1.0F : 1.0F;
  return point;
}

/// Whether `value` is what `form` allows at the point.
bool allows(const Form& form, const BoxPoint& point, double value) {
  const double middle = BoxPoint{.t = point.t, .in_rest = 0}.of(form);
  return std::abs(value - middle) <=
         static_cast<double>(form.rest[1]) + 1e-4 * (1 + std::abs(value));
}

}  // namespace

TEST_CASE("arithmetic of linear forms allows every value that it may have") {
  Random random(1);
  for (int round = 0; round < 20000; ++round) {
    const float size = std::array{0.1F, 1.0F, 4.0F}.at(static_cast<std::size_t>(round % 3));
    const Form x = some_form(random, 10 * unit(random), size);
    const Form y = some_form(random, 10 * unit(random), size);
    const BoxPoint point = some_point(random);
    const double a = point.of(x);
    const double b = point.of(y);
    REQUIRE(allows(x + y, point, a + b));
    REQUIRE(allows(x - y, point, a - b));
    REQUIRE(allows(x - 3.0F, point, a - 3));
    REQUIRE(allows(x * -2.5F, point, a * -2.5));
    REQUIRE(allows(x * y, point, a * b));
    REQUIRE(allows(square_of(x), point, a * a));
    REQUIRE(allows(size_of(x), point, std::abs(a)));
  }
}

TEST_CASE("functions of linear forms allow every value that they may have") {
  Random random(2);
  for (int round = 0; round < 20000; ++round) {
    const Form x = some_form(random, 5 + 4 * unit(random), 0.5F);
    const BoxPoint point = some_point(random);
    const double a = point.of(x);
    const float at = x.middle[1];
    REQUIRE(allows(function_of(x, all_lanes(std::sin(at)), all_lanes(std::cos(at)), all_lanes(1)),
                   point, std::sin(a)));
    const FourFloats least = at_least(0.05F, x.middle - x.reach());
    if (a >= 0.05) REQUIRE(allows(inverse_of(x, all_lanes(1 / at), 1.0F / least), point, 1 / a));
    const float root = std::sqrt(at);
    if (a >= 0.05)
      REQUIRE(allows(curved_function_of(x, all_lanes(root), all_lanes(0.5F / root),
                                        -0.25F / (least * square_roots(least))),
                     point, std::sqrt(a)));
  }
}

TEST_CASE("the polar form of a vector allows its length and its turn, also around nothing") {
  Random random(3);
  int turns = 0;
  for (int round = 0; round < 20000; ++round) {
    const float size = std::array{0.01F, 0.3F, 2.0F}.at(static_cast<std::size_t>(round % 3));
    const Form x = some_form(random, round % 7 == 0 ? 0.0F : 4 * unit(random), size);
    const Form y = some_form(random, round % 7 == 0 ? 0.0F : 4 * unit(random), size);
    const BoxPoint point = some_point(random);
    const double a = point.of(x);
    const double b = point.of(y);
    const PolarForm<FourFloats> polar = polar_of(x, y);
    REQUIRE(allows(polar.length, point, std::hypot(a, b)));
    if (polar.has_turn[1] == 0) continue;
    ++turns;
    const auto cos = static_cast<double>(polar.cos[1]);
    const auto sin = static_cast<double>(polar.sin[1]);
    REQUIRE(allows(polar.turn, point, std::atan2(cos * b - sin * a, cos * a + sin * b)));
  }
  CHECK(turns > 5000);
}

TEST_CASE("cube_roots is within 3e-7 of the cube root") {
  for (float x = 1e-9F; x < 1.1F; x *= 1.0007F) {
    const float root = cube_roots(all_lanes(x))[2];
    REQUIRE(std::abs(static_cast<double>(root) / std::cbrt(static_cast<double>(x)) - 1) < 3e-7);
  }
  CHECK(cube_roots(all_lanes(0))[0] < 3e-7F);
}

TEST_CASE("grown is at least what a division gives") {
  for (int i = 0; i <= 500; ++i) {
    const float x = static_cast<float>(i) / 1000;
    REQUIRE(grown(all_lanes(x))[0] >= 1 / (1 - x) - 1e-6F);
    REQUIRE(grown(all_lanes(x))[0] <= 1 / (1 - x) + x * x + 1e-6F);
  }
}
