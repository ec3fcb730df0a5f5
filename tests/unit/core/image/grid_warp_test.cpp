#include "core/image/grid_warp.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace dgxp {
namespace {

/// Edges on a grid of places that are away from their lines by what `away` says of the place.
template <typename Away>
std::vector<WarpClue> clues_of(Size picture, Away away) {
  std::vector<WarpClue> clues;
  for (int y = 6; y < picture.height; y += 12) {
    for (int x = 6; x < picture.width; x += 12) {
      clues.push_back({static_cast<double>(x), static_cast<double>(y), away(x, y), 1});
    }
  }
  return clues;
}

}  // namespace

TEST_CASE("GridWarp follows edges that are away smoothly, each axis by itself") {
  constexpr Size kPicture{800, 600};
  const auto columns = [](int, int y) { return 3.0 - y / 100.0; };
  const auto rows = [](int x, int) { return x / 200.0 - 2.0; };
  const GridWarp warp(kPicture, clues_of(kPicture, columns), clues_of(kPicture, rows));
  for (int y = 50; y < 600; y += 100) {
    for (int x = 50; x < 800; x += 100) {
      CHECK(std::abs(warp.at(x, y).x - columns(x, y)) < 0.4);
      CHECK(std::abs(warp.at(x, y).y - rows(x, y)) < 0.4);
    }
  }
}

TEST_CASE("GridWarp is moved little by single edges, and not at all without") {
  constexpr Size kPicture{512, 512};
  const GridWarp still(kPicture, {}, {});
  CHECK(still.at(100, 200).x == 0);
  CHECK(still.at(100, 200).y == 0);
  std::vector<WarpClue> clues = clues_of(kPicture, [](int, int) { return 0.0; });
  clues[500].away = 5;
  const GridWarp warp(kPicture, clues, {});
  CHECK(std::abs(warp.at(clues[500].x, clues[500].y).x) < 0.3);
}

TEST_CASE("GridWarp can be asked anywhere") {
  constexpr Size kPicture{64, 48};
  const GridWarp warp(kPicture, clues_of(kPicture, [](int, int) { return 1.0; }), {});
  CHECK(warp.at(-50, 1000).x == doctest::Approx(warp.at(0, 48).x));
  CHECK(GridWarp().empty());
  CHECK(GridWarp().at(3, 4).x == 0);
}

}  // namespace dgxp
