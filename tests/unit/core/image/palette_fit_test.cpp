#include "core/image/palette_fit.hpp"

#include <doctest/doctest.h>

using namespace dgxp;

namespace {

CellSamples gray_cells(std::vector<float> levels, float spread) {
  CellSamples cells{.size = {static_cast<int>(levels.size()), 1}};
  for (const float level : levels) {
    cells.colors.push_back({level, level, level});
    cells.spread.push_back(spread);
  }
  return cells;
}

}  // namespace

TEST_CASE("a colour fits that is as near as the picture's noise lets expect") {
  const std::vector<Rgb> chosen(4, Rgb{100, 100, 100});
  const std::vector<float> calm = palette_fit(gray_cells({100, 106, 110, 160}, 1), chosen);
  CHECK(calm[0] == 1.0F);
  CHECK(calm[1] == 1.0F);
  CHECK(calm[2] < 1.0F);
  CHECK(calm[2] > kLeastFit);
  CHECK(calm[3] == kLeastFit);
  const std::vector<float> noisy = palette_fit(gray_cells({100, 106, 110, 160}, 4), chosen);
  CHECK(noisy[2] == 1.0F);
  CHECK(noisy[3] == kLeastFit);
  CHECK(palette_fit(gray_cells({100, 106, 110, 160}, 300), chosen)[3] == kLeastFit);
  CHECK(palette_fit({}, {}).empty());
}
