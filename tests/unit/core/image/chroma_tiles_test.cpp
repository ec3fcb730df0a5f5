#include "core/image/chroma_tiles.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "core/image/color_metric.hpp"
#include "core/image/color_octets.hpp"
#include "core/image/nearest_search.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

double some_value(Random& random, double least, double most) {
  return least + (most - least) * random.below(10000) / 9999;
}

/// Those that this processor has.
std::vector<SimdLevel> levels() {
  std::vector<SimdLevel> levels;
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::avx512})
    if (level <= simd_level()) levels.push_back(level);
  return levels;
}

const ColorOctets& octets(SimdLevel level) {
  return color_octets(ColorMetric::ciede2000, level);
}

Lab lab_of_entry(const OctetEntry& entry) {
  return {static_cast<double>(entry.l), static_cast<double>(entry.a), static_cast<double>(entry.b)};
}

/// What rounding may add to a square of a distance.
double rounding(double square) {
  return 0.01 + 1e-4 * square;
}

double value_of(const ChromaTile& tile, double a, double b) {
  const auto of = [](float x) { return static_cast<double>(x); };
  return of(tile.value) + a * (of(tile.a) + a * of(tile.aa) + b * of(tile.ab)) +
         b * (of(tile.b) + b * of(tile.bb));
}

/// A palette around a cell or anywhere, with its tiles.
struct Entries {
  Entries(Random& random, Rgb near, std::size_t count, SimdLevel level)
      : all(count), search(some_colors(random, near, count), ColorMetric::ciede2000) {
    std::iota(all.begin(), all.end(), std::uint8_t{0});
    for (OctetEntry& entry : fast) entry.tiles = &tiles.emplace_back(entry, octets(level).fill);
  }
  std::vector<Rgb> some_colors(Random& random, Rgb near, std::size_t count) {
    std::vector<Rgb> colors;
    for (std::size_t i = 0; i < count; ++i) {
      const auto beside = [&](int value) {
        return static_cast<std::uint8_t>(std::clamp(value + random.below(81) - 40, 0, 255));
      };
      const std::uint8_t gray = random.byte();
      const int kind = random.below(6);
      colors.push_back(kind == 0   ? Rgb{gray, gray, gray}
                       : kind == 1 ? random.color()
                                   : Rgb{beside(near.r), beside(near.g), beside(near.b)});
      fast.push_back(octet_entry(colors.back(), ColorMetric::ciede2000));
      fast.back().position = static_cast<std::uint8_t>(i);
    }
    return colors;
  }

  std::vector<OctetEntry> fast;
  std::deque<ChromaTiles> tiles;
  std::vector<std::uint8_t> all;
  NearestSearch search;
};

Rgb some_low(Random& random, int edge) {
  const auto value = [&] { return static_cast<std::uint8_t>(random.below(256 / edge) * edge); };
  return {value(), value(), value()};
}

std::uint8_t moved(std::uint8_t from, int step) {
  return static_cast<std::uint8_t>(from + step);
}

}  // namespace

TEST_CASE("a tile of a and b is CIEDE2000 within its rest, at every level") {
  Random random(5);
  int known = 0;
  for (int round = 0; round < 4000; ++round) {
    const ChromaGrid& grid = kChromaGrids.at(static_cast<std::size_t>(round % 2));
    const Lab color{50, some_value(random, -88, 98), some_value(random, -108, 94)};
    const double far = round % 4 == 0 ? 120 : 25;
    OctetEntry entry{.l = 50,
                     .a = static_cast<float>(color.a + some_value(random, -far, far)),
                     .b = static_cast<float>(color.b + some_value(random, -far, far))};
    entry.chroma = std::hypot(entry.a, entry.b);
    for (const SimdLevel level : levels()) {
      ChromaBlock block{};
      octets(level).fill(entry, static_cast<float>(color.a), static_cast<float>(color.b), grid,
                         block);
      const auto place = static_cast<std::size_t>(random.below(8));
      const ChromaTile& tile = block.tiles.at(place);
      if (tile.rest >= kNoTile) continue;
      ++known;
      const auto reach = static_cast<double>(grid.reach);
      const double a = some_value(random, -reach, reach);
      const double b = some_value(random, -reach, reach);
      const auto spacing = static_cast<double>(grid.spacing);
      const Lab there{50,
                      static_cast<double>(static_cast<float>(color.a)) +
                          spacing * static_cast<double>(place % 4) + a,
                      static_cast<double>(static_cast<float>(color.b)) +
                          spacing * static_cast<double>(place / 4) + b};
      const double exact = std::pow(ciede2000(there, lab_of_entry(entry)), 2);
      const double far_off = std::max(std::abs(a), std::abs(b));
      const double rest = static_cast<double>(tile.rest) * std::pow(far_off, 3);
      INFO(round << ": " << exact << " and " << value_of(tile, a, b) << " by " << rest);
      REQUIRE(std::abs(exact - value_of(tile, a, b)) <= rest + rounding(exact));
    }
  }
  CHECK(known > 8000 / 3 * static_cast<int>(levels().size()) / 2);
}

TEST_CASE("a tile of L is its part of CIEDE2000 within its rest") {
  Random random(6);
  for (int round = 0; round < 20000; ++round) {
    const OctetEntry entry{.l = static_cast<float>(some_value(random, 0, 100))};
    const ChromaTiles tiles(entry, nullptr);
    const int whole = random.below(101);
    const double move = some_value(random, -1, 1) * static_cast<double>(kLightReach);
    const double l = std::clamp(whole + move, 0.0, 100.0);
    const LightTile& tile = tiles.light()[whole - static_cast<int>(ChromaTiles::kFirstLight)];
    const double off = l - whole;
    const double value =
        static_cast<double>(tile.value) +
        off * (static_cast<double>(tile.slope) + off * static_cast<double>(tile.half_curve));
    const double exact = std::pow(ciede2000({l, 0, 0}, {lab_of_entry(entry).l, 0, 0}), 2);
    const double rest = static_cast<double>(tile.rest) * std::pow(std::abs(off), 3);
    INFO(l << " from " << lab_of_entry(entry).l);
    REQUIRE(std::abs(exact - value) <= rest + rounding(exact));
  }
}

TEST_CASE("tiles rule out the nearest entry of no colour") {
  Random random(7);
  int known = 0;
  for (int round = 0; round < 3000; ++round) {
    const SimdLevel level = levels().at(static_cast<std::size_t>(round) % levels().size());
    const Rgb low = some_low(random, 8);
    const Entries entries(random, low, static_cast<std::size_t>(2 + random.below(5)), level);
    std::vector<std::uint8_t> eighths(entries.all.size());
    if (!octets(level).keep_near({.low = low, .edge = 8}, entries.fast.data(), entries.all,
                                 eighths.data()))
      continue;
    ++known;
    for (int i = 0; i < 30; ++i) {
      const int r = random.below(8);
      const int g = random.below(8);
      const int b = random.below(8);
      const std::size_t nearest =
          entries.search.nearest({moved(low.r, r), moved(low.g, g), moved(low.b, b)});
      const int eighth = r / 4 * 4 + g / 4 * 2 + b / 4;
      REQUIRE((eighths[nearest] >> eighth & 1) == 1);
    }
  }
  CHECK(known > 1000);
}

TEST_CASE("what tiles are sure of in a cell is the nearest entry, and of the rest they keep it") {
  Random random(8);
  int known = 0;
  int open = 0;
  for (int round = 0; round < 3000; ++round) {
    const SimdLevel level = levels().at(static_cast<std::size_t>(round) % levels().size());
    const Rgb low = some_low(random, 4);
    const Entries entries(random, low, static_cast<std::size_t>(2 + random.below(5)), level);
    TileAnswer answer;
    if (!octets(level).solve_near(low, entries.fast.data(), entries.all, answer)) continue;
    ++known;
    for (unsigned place = 0; place < kCellColors; ++place) {
      const std::size_t nearest = entries.search.nearest(cell_color(low, place));
      const unsigned eighth =
          (place >> 5U & 1U) << 2U | (place >> 3U & 1U) << 1U | (place >> 1U & 1U);
      const unsigned corner = (place >> 4U & 1U) << 2U | (place >> 2U & 1U) << 1U | (place & 1U);
      if ((answer.open >> (8 * corner + eighth) & 1U) == 0) {
        REQUIRE(answer.positions[place] == nearest);
      } else {
        ++open;
        REQUIRE((answer.eighths[nearest] >> eighth & 1) == 1);
      }
    }
  }
  CHECK(known > 1000);
  CHECK(open < known * 16);
}
