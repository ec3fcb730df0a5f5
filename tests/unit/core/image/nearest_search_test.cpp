#include "core/image/nearest_search.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "core/image/lock_palette.hpp"
#include "tests/support/nearest_by_search.hpp"

using namespace dgxp;

TEST_CASE("NearestSearch answers as the slow definition does, in every metric") {
  Palette palette;
  for (int i = 0; i < 40; ++i) {
    palette.colors.push_back({static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(i * 91),
                              static_cast<std::uint8_t>(i * 151)});
  }
  palette.colors.push_back(palette.colors[3]);
  for (const ColorMetric metric : {ColorMetric::recover, ColorMetric::rgb, ColorMetric::oklab,
                                   ColorMetric::hyab, ColorMetric::ciede2000}) {
    const NearestSearch search(palette.colors, metric);
    for (int i = 0; i < 4000; ++i) {
      const Rgb color{static_cast<std::uint8_t>(i * 7), static_cast<std::uint8_t>(i * 13 + i / 256),
                      static_cast<std::uint8_t>(i * 29)};
      CAPTURE(to_hex(color));
      REQUIRE(search.nearest(color) == nearest_by_search(color, palette, metric));
    }
  }
}

TEST_CASE("NearestSearch takes more colours than a palette holds") {
  std::vector<Rgb> colors(256, Rgb{0, 0, 0});
  colors.push_back({255, 0, 255});
  CHECK(NearestSearch(colors, ColorMetric::oklab).nearest({250, 4, 250}) == 256);
}
