#include "core/image/nearest_colors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp {

TEST_CASE("NearestColors finds what looking at each colour finds") {
  testing::Random random(7);
  for (const int size : {1, 3, 4, 9, 64}) {
    const Palette palette = random.palette(size);
    NearestColors nearest(palette.colors);
    for (int i = 0; i < 200; ++i) {
      const std::array<float, 3> seen{static_cast<float>(random.below(2550)) / 10,
                                      static_cast<float>(random.below(2550)) / 10,
                                      static_cast<float>(random.below(2550)) / 10};
      const auto squared = [&](std::size_t k) {
        const Rgb c = palette.colors[k];
        const float r = seen[0] - static_cast<float>(c.r);
        const float g = seen[1] - static_cast<float>(c.g);
        const float b = seen[2] - static_cast<float>(c.b);
        return r * r + g * g + b * b;
      };
      std::vector<std::size_t> order(palette.colors.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::ranges::stable_sort(order, {}, squared);
      const float reach = std::sqrt(squared(order[0])) + 45;
      std::erase_if(order, [&](std::size_t k) { return squared(k) > reach * reach; });
      const NearColors found = nearest.find(seen);
      REQUIRE(found.count == std::min(order.size(), kCandidates));
      for (std::size_t k = 0; k < found.count; ++k) {
        CHECK(found.index[k] == order[k]);
        CHECK(found.distance[k] == squared(order[k]));
      }
    }
  }
}

}  // namespace dgxp
