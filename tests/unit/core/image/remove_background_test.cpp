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

TEST_CASE("find_holes opens enclosed areas that are as surely the ground's colour") {
  // Ground around, and enclosed: a hole of two cells, an eye in a colour that is near, one in
  // doubt.
  const Size size{7, 5};
  const auto candidates = mask(
      "#######"
      "#.....#"
      "#.##..#"
      "#...#.#"
      "#.#...#");
  const auto reached = flood_from_border(size, candidates);
  std::vector<std::array<float, 3>> colors(35, {200, 30, 30});
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i] != 0) colors[i] = {250, 250, static_cast<float>(246 + i % 5)};
  }
  std::vector<float> sure(35, 1.0F);
  CHECK(reached[4 * 7 + 2] == 1);
  const auto hole = mask(
      "......."
      "......."
      "..##..."
      "....#.."
      ".......");
  CHECK(find_holes(cells_of(size, colors), candidates, reached, sure) == hole);
  auto without_eye = hole;
  without_eye[3 * 7 + 4] = 0;
  SUBCASE("a colour that is only near to it stays") {
    colors[3 * 7 + 4] = {235, 238, 248};
    CHECK(find_holes(cells_of(size, colors), candidates, reached, sure) == without_eye);
  }
  SUBCASE("a colour that may be another one stays") {
    sure[3 * 7 + 4] = 0.8F;
    CHECK(find_holes(cells_of(size, colors), candidates, reached, sure) == without_eye);
  }
  SUBCASE("a ground that varies as much allows for it") {
    for (std::size_t i = 0; i < 7; i += 2) colors[i] = {230, 232, 240};
    colors[3 * 7 + 4] = {235, 238, 248};
    CHECK(find_holes(cells_of(size, colors), candidates, reached, sure) == hole);
  }
  SUBCASE("an area goes by its middle, not by its rim") {
    colors[2 * 7 + 1] = colors[2 * 7 + 2];
    std::vector<std::uint8_t> more = candidates;
    more[2 * 7 + 4] = 1;  // joins the three
    colors[2 * 7 + 4] = {210, 150, 150};
    auto all = hole;
    all[2 * 7 + 4] = 1;
    CHECK(find_holes(cells_of(size, colors), more, reached, sure) == all);
  }
  SUBCASE("without a ground there is nothing to compare with") {
    const std::vector<std::uint8_t> none(35);
    CHECK(find_holes(cells_of(size, colors), candidates, none, sure) == none);
  }
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
