#include "core/image/explain_recovery.hpp"

#include <doctest/doctest.h>

#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {

TEST_CASE("explain_recovery draws the grid, how sure it is of lines, and doubtful cells") {
  const Image raw({20, 10}, opaque({100, 100, 100}));
  Recovered recovered{.native = Image({2, 1}, opaque({100, 100, 100}))};
  recovered.grid.columns = {0, 10, 20};
  recovered.grid.rows = {0, 10};
  recovered.grid.cell_width = recovered.grid.cell_height = 10;
  recovered.grid.column_confidence = {1, 0.2F, 1};
  recovered.grid.row_confidence = {1, 1};
  recovered.cell_confidence = {1, 1};
  const Image shown = explain_recovery(raw, recovered);
  CHECK(shown.size == raw.size);
  CHECK(shown.at(5, 5) == Rgba{107, 107, 107, 255});
  CHECK(shown.at(0, 5) == Rgba{60, 200, 90, 255});
  CHECK(shown.at(10, 5) == Rgba{230, 200, 40, 255});
  recovered.cell_confidence = {1, 0.4F};
  const Image doubtful = explain_recovery(raw, recovered);
  CHECK(doubtful.at(10, 5) == Rgba{255, 40, 40, 255});
  CHECK(doubtful.at(15, 0) == Rgba{255, 40, 40, 255});
  CHECK(doubtful.at(0, 5) == Rgba{60, 200, 90, 255});
}

TEST_CASE("explain_recovery bends lines as the grid does") {
  const Image raw({90, 90}, opaque({100, 100, 100}));
  Recovered recovered{.native = Image({1, 1}, opaque({100, 100, 100}))};
  recovered.grid.columns = {30};
  recovered.grid.column_confidence = {1};
  recovered.grid.cell_width = recovered.grid.cell_height = 30;
  std::vector<WarpClue> clues;
  for (int y = 0; y < 90; ++y) {
    clues.push_back({30, static_cast<double>(y), y < 45 ? -8.0 : 8.0, 10});
  }
  recovered.grid.warp = GridWarp(raw.size, clues, {});
  const Image shown = explain_recovery(raw, recovered);
  const auto line_at = [&](int y) {
    int x = 0;
    while (x < 90 && shown.at(x, y) != Rgba{60, 200, 90, 255}) ++x;
    return x;
  };
  CHECK(line_at(5) < 27);
  CHECK(line_at(85) > 33);
}

TEST_CASE("explain_recovery enlarges small pictures") {
  const Image native = synthetic::blot({24, 24}, 2, 3);
  const auto recovered = recover_native(native, {}, {});
  REQUIRE(recovered);
  CHECK(explain_recovery(native, *recovered).size == Size{24 * 8, 24 * 8});
}

}  // namespace dgxp
