#include "core/image/find_grid.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "tests/unit/core/image/synthetic_raw.hpp"

namespace dgxp {
namespace {

/// An edge on every line of `cell` from `first` to `last`, the odd ones of `odd` strength.
std::vector<float> comb(int size, double cell, int first, int last, float odd) {
  std::vector<float> profile(static_cast<std::size_t>(size + 1));
  for (int i = first; i <= last; ++i) {
    profile[static_cast<std::size_t>(std::lround(i * cell))] = i % 2 == 0 ? 20.0F : odd;
  }
  return profile;
}

/// The same edges along both axes.
PictureEdges both_axes(const std::vector<float>& clear, const std::vector<float>& faint = {}) {
  return {.clear = {.columns = clear, .rows = clear}, .faint = {.columns = faint, .rows = faint}};
}

}  // namespace

TEST_CASE("find_grid reads a cell size that is no whole number") {
  const std::vector<float> profile = comb(800, 12.5, 6, 58, 20);
  const auto grid = find_grid(both_axes(profile), {});
  REQUIRE(grid);
  CHECK(grid->columns.size() == 65);
  CHECK(grid->cell_width == doctest::Approx(12.5).epsilon(0.01));
  CHECK(grid->confidence > 0.9);
}

TEST_CASE("find_grid takes no multiple of the cell size for it") {
  const std::vector<float> profile = comb(800, 12.5, 6, 58, 4);
  const auto grid = find_grid(both_axes(profile), {});
  REQUIRE(grid);
  CHECK(grid->cell_width == doctest::Approx(12.5).epsilon(0.02));
}

TEST_CASE("find_grid rules blank margins and gaps at an even pace") {
  std::vector<float> profile = comb(960, 12, 20, 60, 20);
  for (std::size_t i = 35 * 12 + 1; i < 45 * 12; ++i) {
    profile[i] = 0;
  }
  const auto grid = find_grid(both_axes(profile), {});
  REQUIRE(grid);
  REQUIRE(grid->columns.size() == 81);
  for (std::size_t i = 0; i < grid->columns.size(); ++i) {
    CHECK(grid->columns[i] == doctest::Approx(12.0 * static_cast<double>(i)));
  }
}

TEST_CASE("find_grid counts the lines of a flat area by faint edges") {
  // 11 lines are missing: at an even pace, but in a wider one than that of the others.
  std::vector<float> clear = comb(984, 12, 10, 70, 20);
  std::vector<float> faint(clear.size(), 3.0F);
  for (std::size_t place = 0; place < faint.size(); ++place) {
    faint[place] += place % 3 == 0 ? 0.1F : 0.0F;
  }
  for (std::size_t place = 361; place < 516; ++place) {
    clear[place] = 0;  // from the 30th line to the 43rd
  }
  for (int i = 1; i < 12; ++i) {
    faint[static_cast<std::size_t>(std::lround(30 * 12 + 13.0 * i))] = 4;
  }
  CHECK(find_grid(both_axes(clear), {})->columns.size() == 83);
  CHECK(find_grid(both_axes(clear, faint), {})->columns.size() == 82);
}

TEST_CASE("find_grid halves patches of two cells where faint edges show the halves") {
  const auto cell_width = [](double patch, const std::vector<float>& clear) {
    const int lines = static_cast<int>(1580 / patch);
    std::vector<float> faint = comb(800, patch / 2, 1, lines, 3.0F);
    for (float& edge : faint) {
      edge = std::min(edge, 3.0F) + 2;
    }
    return find_grid(both_axes(clear, faint), {})->cell_width;
  };
  CHECK(cell_width(22, comb(800, 22, 3, 33, 20)) == doctest::Approx(11).epsilon(0.02));
  // Not where these may be the borders of a JPEG's blocks.
  CHECK(cell_width(32, comb(800, 32, 2, 23, 20)) == doctest::Approx(32).epsilon(0.02));
}

TEST_CASE("find_grid finds nothing in profiles without an edge") {
  const std::vector<float> flat(501);
  CHECK_FALSE(find_grid(both_axes(flat), {}));
}

TEST_CASE(
    "find_grid takes the size whose cells are of one colour where patches of two rank first") {
  const std::vector<float> profile = comb(800, 16, 4, 44, 0.2F);
  const GridJudge judge = [](const Grid& grid) { return grid.cell_width > 20 ? 0.2 : 0.0; };
  CHECK(find_grid(both_axes(profile), {})->cell_width == doctest::Approx(32).epsilon(0.03));
  CHECK(find_grid(both_axes(profile), {}, judge)->cell_width == doctest::Approx(16).epsilon(0.03));
}

TEST_CASE("measure_edges is strongest on the lines of a raw image") {
  const Image raw = synthetic::draw_raw(synthetic::blot({20, 20}, 1, 2), {200, 200},
                                        {.cell = 10, .blur = 1, .noise = 5});
  const EdgeProfiles edges = measure_edges(raw).clear;
  REQUIRE(edges.columns.size() == 201);
  for (std::size_t line = 50; line <= 150; line += 10) {
    CHECK(edges.columns[line] > edges.columns[line + 5]);
    CHECK(edges.rows[line] > edges.rows[line - 5]);
  }
}

TEST_CASE("make_even_grid keeps cells that are at least half in the picture") {
  const Grid grid = make_even_grid({45, 30}, 10, {7, 23});
  CHECK(grid.columns == std::vector<double>{-3, 7, 17, 27, 37, 47});
  CHECK(grid.rows == std::vector<double>{3, 13, 23, 33});
}

}  // namespace dgxp
