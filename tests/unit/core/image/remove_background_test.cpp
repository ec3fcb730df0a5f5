#include "core/image/remove_background.hpp"

#include <string_view>

#include <doctest/doctest.h>

namespace dgxp {
namespace {

std::vector<std::uint8_t> mask(std::string_view picture) {
  std::vector<std::uint8_t> cells;
  for (const char c : picture) {
    cells.push_back(c == '#' ? 1 : 0);
  }
  return cells;
}

CellSamples cells_of(Size size, const std::vector<std::array<float, 3>>& colors) {
  return {.size = size, .colors = colors, .tilts = {}, .spread = {}};
}

}  // namespace

TEST_CASE("flood_from_border reaches what is 4-connected with the border only") {
  const auto candidates = mask(
      "##.."
      "#.#."
      ".#.#"
      "...#");
  CHECK(flood_from_border({4, 4}, candidates) == mask("##.."
                                                      "#..."
                                                      "...#"
                                                      "...#"));
}

TEST_CASE("despeckled removes 8-connected figures below the least size") {
  const auto figures = mask(
      "#...#"
      ".#..."
      "....#"
      "#..##");
  const std::vector<std::uint8_t> all(figures.size(), 1);
  CHECK(despeckled({5, 4}, figures, all, 2) == mask("#...."
                                                    ".#..."
                                                    "....#"
                                                    "...##"));
  CHECK(despeckled({5, 4}, figures, all, 3) == mask("....."
                                                    "....."
                                                    "....#"
                                                    "...##"));
  CHECK(despeckled({5, 4}, figures, all, 1) == figures);
}

TEST_CASE("despeckled keeps small figures of which a cell is in no doubt") {
  const auto figures = mask(
      "#..##"
      ".....");
  CHECK(despeckled({5, 2}, figures,
                   mask("...#."
                        "....."),
                   3) == figures);
  CHECK(despeckled({5, 2}, figures,
                   mask("#..#."
                        "....."),
                   3) == mask("...##"
                              "....."));
}

TEST_CASE("find_border_color finds the colour that prevails along the border") {
  std::vector<std::array<float, 3>> colors(16, {250, 2, 250});
  colors[0] = {10, 10, 10};
  colors[5] = colors[6] = colors[9] = colors[10] = {10, 10, 10};
  const BorderColor border = find_border_color(cells_of({4, 4}, colors));
  CHECK(border.color == Rgb{250, 2, 250});
  CHECK(border.share == doctest::Approx(11.0 / 12));
}

TEST_CASE("observed_key is what the picture shows for the key") {
  const std::vector<std::array<float, 3>> colors{
      {20, 230, 30}, {22, 232, 28}, {200, 10, 10}, {18, 228, 32}};
  CHECK(observed_key(cells_of({2, 2}, colors), {0, 255, 0}) == Rgb{20, 230, 30});
  CHECK(observed_key(cells_of({2, 2}, colors), {0, 0, 255}) == Rgb{0, 0, 255});
}

}  // namespace dgxp
