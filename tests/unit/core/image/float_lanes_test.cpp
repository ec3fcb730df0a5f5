#include "core/image/float_lanes.hpp"

#include <doctest/doctest.h>

namespace dgxp {

TEST_CASE("transposed lanes are the columns of four rows") {
  const auto columns = transposed(FourFloats{1, 2, 3, 4}, FourFloats{5, 6, 7, 8},
                                  FourFloats{9, 10, 11, 12}, FourFloats{13, 14, 15, 16});
  for (std::size_t column = 0; column < kLanes; ++column) {
    for (std::size_t row = 0; row < kLanes; ++row) {
      CHECK(columns[column][row] == static_cast<float>(4 * row + column + 1));
    }
  }
}

TEST_CASE("lane bits are those of the lanes that are true") {
  const FourFloats values{1, -2, 3, -4};
  CHECK(lane_bits(values < 0.0F) == 0b1010);
  CHECK(any_lane(values > 2.0F));
  CHECK(!any_lane(values > 3.0F));
}

}  // namespace dgxp
