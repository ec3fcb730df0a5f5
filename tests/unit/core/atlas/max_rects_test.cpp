#include "core/atlas/max_rects.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/unit/core/atlas/pictures.hpp"

namespace {

using namespace dgxp;
using dgxp::test::Random;

constexpr Size kBin{17, 13};

/// The obvious way: every empty rectangle of a bitmap that cannot be made larger.
std::vector<Rect> empty_rects(const std::vector<std::vector<bool>>& used) {
  const auto is_empty = [&](const Rect& rect) {
    if (rect.x < 0 || rect.y < 0 || rect.x + rect.width > kBin.width ||
        rect.y + rect.height > kBin.height)
      return false;
    for (int y = rect.y; y < rect.y + rect.height; ++y)
      for (int x = rect.x; x < rect.x + rect.width; ++x)
        if (used[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)]) return false;
    return true;
  };
  std::vector<Rect> found;
  for (int y = 0; y < kBin.height; ++y)
    for (int x = 0; x < kBin.width; ++x)
      for (int h = 1; y + h <= kBin.height; ++h)
        for (int w = 1; x + w <= kBin.width; ++w) {
          if (!is_empty({x, y, w, h})) break;
          const bool grows = is_empty({x - 1, y, w + 1, h}) || is_empty({x, y, w + 1, h}) ||
                             is_empty({x, y - 1, w, h + 1}) || is_empty({x, y, w, h + 1});
          if (!grows) found.push_back({x, y, w, h});
        }
  std::ranges::sort(found);
  return found;
}

TEST_CASE("the free rectangles are all maximal empty ones, as a bitmap shows") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    MaxRects room(kBin);
    std::vector used(static_cast<std::size_t>(kBin.height),
                     std::vector<bool>(static_cast<std::size_t>(kBin.width)));
    for (int i = 0; i < 8; ++i) {
      const int x = random.upto(kBin.width);
      const int y = random.upto(kBin.height);
      const Rect rect{x, y, 1 + random.upto(kBin.width - x), 1 + random.upto(kBin.height - y)};
      if (rect.size().area() > 40) continue;
      room.occupy(rect);
      for (int py = y; py < y + rect.height; ++py)
        for (int px = x; px < x + rect.width; ++px)
          used[static_cast<std::size_t>(py)][static_cast<std::size_t>(px)] = true;
      std::vector<Rect> free(room.free_rects().begin(), room.free_rects().end());
      std::ranges::sort(free);
      REQUIRE(free == empty_rects(used));
    }
  }
}

TEST_CASE("each fit picks its own place") {
  MaxRects room({10, 10});
  room.occupy({0, 0, 6, 4});
  // Free: 4x10 at 6,0 and 10x6 at 0,4.
  CHECK(room.find({4, 3}, Fit::bottom_left) == Point{6, 0});
  CHECK(room.find({3, 6}, Fit::best_short_side) == Point{0, 4});
  CHECK(room.find({4, 4}, Fit::contact_point) == Point{6, 0});
  CHECK(room.find({5, 7}, Fit::bottom_left) == std::nullopt);
}

TEST_CASE("a bin without extent has no room") {
  CHECK(MaxRects({0, 5}).find({1, 1}, Fit::bottom_left) == std::nullopt);
}

}  // namespace
