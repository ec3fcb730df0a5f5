#include "core/image/root_lanes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <doctest/doctest.h>

#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

using Form = LinearForm<FourFloats>;

/// A box anywhere, near black or around gray.
ColorBox some_box(Random& random) {
  const int edge = std::array{4, 8, 16, 32}.at(static_cast<std::size_t>(random.below(4)));
  const int kind = random.below(3);
  const auto value = [&] {
    return static_cast<std::uint8_t>(random.below(kind == 0 ? 64 / edge + 1 : 256 / edge) * edge);
  };
  const std::uint8_t gray = value();
  return {.low = kind == 1 ? Rgb{gray, gray, gray} : Rgb{value(), value(), value()}, .edge = edge};
}

/// How far the place is from -1 to 1 in the eighth's range of a channel.
float place_in(int step, int half) {
  return half == 1 ? 0 : 2 * static_cast<float>(step) / static_cast<float>(half - 1) - 1;
}

/// Whether the forms say of every colour what its exact coordinates are.
void check_forms(const ColorBox& box, Random& random, const LabOf<Form>& forms, unsigned lane,
                 auto exact) {
  const int half = box.edge / 2;
  for (int i = 0; i < 6; ++i) {
    const auto step = [&] { return i < 3 ? random.below(2) * (half - 1) : random.below(half); };
    const std::array<int, 3> steps{step(), step(), step()};
    const auto value = [&](std::uint8_t low, std::size_t channel) {
      const bool is_upper = (lane & (4U >> channel)) != 0;
      return static_cast<std::uint8_t>(low + (is_upper ? half : 0) + steps.at(channel));
    };
    const std::array<double, 3> lab =
        exact(Rgb{value(box.low.r, 0), value(box.low.g, 1), value(box.low.b, 2)});
    const std::array<const Form*, 3> form{&forms.l, &forms.a, &forms.b};
    for (std::size_t k = 0; k < 3; ++k) {
      const Form& f = *form.at(k);
      const float said = f.middle[lane] + f.slopes.r[lane] * place_in(steps[0], half) +
                         f.slopes.g[lane] * place_in(steps[1], half) +
                         f.slopes.b[lane] * place_in(steps[2], half);
      // Places are of sums here, which are not quite linear in channels: only the reach is.
      REQUIRE(std::abs(lab.at(k) - static_cast<double>(f.middle[lane])) <=
              static_cast<double>(f.reach()[lane]) + 1e-3);
      if (half <= 2)
        REQUIRE(std::abs(lab.at(k) - static_cast<double>(said)) <=
                static_cast<double>(f.rest[lane]) + 1e-3);
    }
  }
}

}  // namespace

TEST_CASE("forms of CIELAB and OKLab allow every colour of a box") {
  Random random(1);
  for (int round = 0; round < 3000; ++round) {
    const ColorBox box = some_box(random);
    const auto lab = lab_of(root_forms<FourFloats, LabCurve>(box, 0, lab_lane_shares()));
    const auto oklab = oklab_of(root_forms<FourFloats, PlainCurve>(box, 0, oklab_lane_shares()));
    for (unsigned lane = 0; lane < 4; ++lane) {
      check_forms(box, random, lab, lane, [](Rgb color) {
        const Lab exact = to_lab(color);
        return std::array{exact.l, exact.a, exact.b};
      });
      check_forms(box, random, oklab, lane, [](Rgb color) {
        const Oklab exact = to_oklab(color);
        return std::array{exact.l, exact.a, exact.b};
      });
    }
  }
}

TEST_CASE("colours in lanes are as near to CIELAB and OKLab as the spaces say") {
  Random random(2);
  for (int round = 0; round < 20000; ++round) {
    const int most = round % 2 == 0 ? 255 : 12;
    const auto value = [&] { return static_cast<std::uint8_t>(random.below(most)); };
    const Rgb low{value(), value(), value()};
    const auto lab = lab_of(color_roots<FourFloats, LabCurve>(low, 0, lab_lane_shares()));
    const auto oklab = oklab_of(color_roots<FourFloats, PlainCurve>(low, 0, oklab_lane_shares()));
    for (unsigned i = 0; i < 4; ++i) {
      const Rgb color{low.r, static_cast<std::uint8_t>(low.g + (i >> 1U)),
                      static_cast<std::uint8_t>(low.b + (i & 1U))};
      const auto off = [&](FourFloats lanes, double exact) {
        return std::abs(static_cast<double>(lanes[i]) - exact);
      };
      const Lab exact = to_lab(color);
      REQUIRE(off(lab.l, exact.l) < 5e-5);
      REQUIRE(std::hypot(off(lab.a, exact.a), off(lab.b, exact.b)) < 1e-4);
      const Oklab ok = to_oklab(color);
      REQUIRE(std::hypot(off(oklab.l, ok.l), off(oklab.a, ok.a), off(oklab.b, ok.b)) < 8e-7);
    }
  }
}

TEST_CASE("no colour but a gray one has a chroma below 0.2") {
  for (int gray = 0; gray < 256; ++gray)
    for (int i = 0; i < 27; ++i) {
      const std::array<int, 3> values{gray + i / 9 - 1, gray + i / 3 % 3 - 1, gray + i % 3 - 1};
      if (*std::ranges::min_element(values) < 0 || *std::ranges::max_element(values) > 255)
        continue;
      const Lab lab =
          to_lab({static_cast<std::uint8_t>(values[0]), static_cast<std::uint8_t>(values[1]),
                  static_cast<std::uint8_t>(values[2])});
      const bool is_gray = values[0] == values[1] && values[1] == values[2];
      REQUIRE((std::hypot(lab.a, lab.b) > 0.2) == !is_gray);
    }
}
