#include "core/image/root_box.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/image/color_metric.hpp"
#include "core/image/float_lanes.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

TEST_CASE("every colour of a box stays within the reach of its middle") {
  Random random(1);
  const auto value = [&](int edge) {
    return static_cast<std::uint8_t>(random.below(2) * random.below(256 / edge) * edge);
  };
  for (int round = 0; round < 2000; ++round) {
    const int edge = round % 2 == 0 ? 4 : 16;
    const ColorBox colors{.low = {value(edge), value(edge), value(edge)}, .edge = edge};
    const RootBox box = lab_box(colors);
    const auto& [x, y, z] = box.middle;
    for (int i = 0; i < 20; ++i) {
      const auto inside = [&](std::uint8_t low) {
        constexpr int kCorner[]{0, 1};
        const int step = i < 8 ? kCorner[random.below(2)] * (edge - 1) : random.below(edge);
        return static_cast<std::uint8_t>(low + step);
      };
      const Lab lab = to_lab({inside(colors.low.r), inside(colors.low.g), inside(colors.low.b)});
      REQUIRE(std::abs(lab.l - (116 * y - 16)) <= box.reach({0, 116, 0}) + 1e-3);
      REQUIRE(std::abs(lab.a - 500 * (x - y)) <= box.reach({500, -500, 0}) + 1e-3);
      REQUIRE(std::abs(lab.b - 200 * (y - z)) <= box.reach({0, 200, -200}) + 1e-3);
    }
  }
}
