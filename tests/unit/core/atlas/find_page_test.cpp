#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/atlas/best_fit.hpp"
#include "core/atlas/packing.hpp"
#include "tests/unit/core/atlas/pictures.hpp"

namespace {

using namespace dgxp;
using dgxp::test::overlap;
using dgxp::test::Random;

std::vector<Size> random_sizes(int count, int most, Random& random) {
  std::vector<Size> sizes;
  for (int i = 0; i < count; ++i) sizes.push_back({1 + random.upto(most), 1 + random.upto(most)});
  return sizes;
}

std::int64_t area_of(const std::vector<Size>& sizes) {
  std::int64_t area = 0;
  for (const Size& size : sizes) area += size.area();
  return area;
}

/// "" or what is wrong with places for `sizes` in `bin`.
std::string check(const std::vector<Size>& sizes, const std::vector<Point>& places, Size bin) {
  std::vector<Rect> rects;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    rects.push_back({places[i].x, places[i].y, sizes[i].width, sizes[i].height});
  for (std::size_t i = 0; i < rects.size(); ++i) {
    const Rect& rect = rects[i];
    if (rect.x < 0 || rect.y < 0 || rect.x + rect.width > bin.width ||
        rect.y + rect.height > bin.height)
      return fmt::format("{} is outside", i);
    for (std::size_t j = 0; j < i; ++j)
      if (overlap(rect, rects[j])) return fmt::format("{} and {} overlap", i, j);
  }
  return "";
}

TEST_CASE("best fit keeps to the bin, overlaps nothing and is the same twice") {
  int packed = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const std::vector<Size> sizes = random_sizes(1 + random.upto(60), 1 + random.upto(20), random);
    const Size bin{10 + random.upto(80), 10 + random.upto(80)};
    const BestFitWeights weights{.exact = random.upto(300),
                                 .pair = random.upto(150),
                                 .level = random.upto(200),
                                 .dead = random.upto(400)};
    const BestFit set(sizes);
    const auto places = set.pack(bin, weights);
    CHECK(places == set.pack(bin, weights));
    if (!places) continue;
    ++packed;
    CHECK(check(sizes, *places, bin) == "");
  }
  CHECK(packed > 100);
}

TEST_CASE("best fit fills gaps that fit exactly") {
  const std::vector<Size> sizes{{6, 4}, {4, 4}, {3, 2}, {7, 2}};
  const auto places = BestFit(sizes).pack({10, 6}, {.exact = 200, .pair = 100, .level = 50});
  REQUIRE(places);
  CHECK(check(sizes, *places, {10, 6}) == "");
  CHECK(!BestFit(sizes).pack({10, 5}, {}));
  CHECK(!BestFit(sizes).pack({5, 50}, {}));
}

TEST_CASE("a set of equal cells is packed without a wasted pixel where its number allows") {
  for (const auto& [count, area] :
       {std::pair{1, 64}, {4, 256}, {12, 768}, {36, 2304}, {100, 6400}}) {
    CAPTURE(count);
    const std::vector<Size> cells(static_cast<std::size_t>(count), Size{8, 8});
    const auto page = find_smallest_page(cells, {.max_size = 512});
    REQUIRE(page);
    CHECK(page->size.area() == area);
    CHECK(std::max(page->size.width, page->size.height) <=
          2 * std::min(page->size.width, page->size.height));
  }
}

TEST_CASE("pages of mixed sprites waste little") {
  Random random(7);
  // Occupancy in per cent that must be reached; measured: 96.7, 98.7, 99.8 and 100.0.
  for (const auto& [count, least] : {std::pair{60, 96}, {150, 97}, {400, 98}, {1000, 99}}) {
    CAPTURE(count);
    const std::vector<Size> cells = random_sizes(count, 32, random);
    const auto page = find_smallest_page(cells, {.max_size = 2048});
    REQUIRE(page);
    CHECK(check(cells, page->places, page->size) == "");
    CHECK(area_of(cells) * 100 >= page->size.area() * least);
  }
}

TEST_CASE("cells that no page can hold have no page") {
  CHECK(!find_smallest_page(std::vector<Size>{{65, 1}}, {.max_size = 64}));
  CHECK(!find_smallest_page(std::vector<Size>(65, Size{8, 8}), {.max_size = 64}));
  CHECK(find_smallest_page(std::vector<Size>(64, Size{8, 8}), {.max_size = 64}));
  // 64 cells of 8 with a pixel between them do not fit, 49 do.
  CHECK(!find_smallest_page(std::vector<Size>(64, Size{8, 8}), {.max_size = 64, .padding = 1}));
  CHECK(find_smallest_page(std::vector<Size>(49, Size{8, 8}), {.max_size = 64, .padding = 1}));
}

TEST_CASE("a page of powers of two is the smallest that holds all") {
  const PackRules rules{.max_size = 100, .padding = 0, .power_of_two = true};
  CHECK(largest_page(rules) == Size{64, 64});
  CHECK(page_size({33, 5}, rules) == Size{64, 8});
  CHECK(find_smallest_page(std::vector<Size>(4, Size{8, 8}), rules)->size == Size{16, 16});
  CHECK(find_smallest_page(std::vector<Size>(5, Size{8, 8}), rules)->size.area() == 512);
  CHECK(find_smallest_page(std::vector<Size>{{40, 3}}, rules)->size == Size{64, 4});
}

}  // namespace
