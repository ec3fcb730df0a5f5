#include "core/image/color_octets.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "core/image/ciede2000_lanes.hpp"
#include "core/image/nearest_search.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

constexpr float kDegree = 0.017453293F;

HueLanes<FourFloats> hue_lanes(float degrees) {
  return {.cos = all_lanes(std::cos(degrees * kDegree)),
          .sin = all_lanes(std::sin(degrees * kDegree))};
}

std::uint8_t near(Random& random, int value, int reach) {
  return static_cast<std::uint8_t>(std::clamp(value + random.below(2 * reach + 1) - reach, 0, 255));
}

/// Anything, a gray, or a colour beside the box.
Rgb some_entry(Random& random, Rgb low) {
  const std::uint8_t gray = random.byte();
  switch (random.below(3)) {
    case 0:
      return {gray, gray, gray};
    case 1:
      return {near(random, low.r, 40), near(random, low.g, 40), near(random, low.b, 40)};
    default:
      return random.color();
  }
}

constexpr std::array<ColorMetric, 3> kMetrics{ColorMetric::oklab, ColorMetric::hyab,
                                              ColorMetric::ciede2000};

/// Some entries of a palette, as the metric's search and as its octets see them.
struct Entries {
  Entries(Random& random, Rgb low, std::size_t count, ColorMetric metric_)
      : metric(metric_), all(count), search(some_colors(random, low, count), metric) {
    std::iota(all.begin(), all.end(), std::uint8_t{0});
  }
  std::vector<Rgb> some_colors(Random& random, Rgb low, std::size_t count) {
    std::vector<Rgb> colors;
    for (std::size_t i = 0; i < count; ++i) {
      colors.push_back(some_entry(random, low));
      fast.push_back(octet_entry(colors.back(), metric));
    }
    return colors;
  }
  std::size_t nearest(Rgb color) const { return search.nearest(color); }

  ColorMetric metric;
  std::vector<OctetEntry> fast;
  std::vector<std::uint8_t> all;
  NearestSearch search;
};

/// A box anywhere, or around gray.
Rgb some_box(Random& random, int edge) {
  const auto value = [&] { return static_cast<std::uint8_t>(random.below(256 / edge) * edge); };
  const std::uint8_t gray = value();
  return random.below(4) == 0 ? Rgb{gray, gray, gray} : Rgb{value(), value(), value()};
}

Rgb moved(Rgb low, unsigned place, int step) {
  return {static_cast<std::uint8_t>(low.r + ((place & 4U) != 0 ? step : 0)),
          static_cast<std::uint8_t>(low.g + ((place & 2U) != 0 ? step : 0)),
          static_cast<std::uint8_t>(low.b + ((place & 1U) != 0 ? step : 0))};
}

/// Those that this processor has.
std::vector<SimdLevel> levels() {
  std::vector<SimdLevel> levels;
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::avx512})
    if (level <= simd_level()) levels.push_back(level);
  return levels;
}

std::vector<std::uint8_t> kept(const ColorBox& box, const Entries& entries, SimdLevel level) {
  std::vector<std::uint8_t> eighths(entries.all.size());
  color_octets(entries.metric, level).keep(box, entries.fast.data(), entries.all, eighths.data());
  return eighths;
}

struct Decision {
  std::array<std::uint8_t, 8> winners{};
  unsigned unsure = 0;
};
Decision decided(Rgb low, const Entries& entries, SimdLevel level) {
  Decision decision;
  decision.unsure = color_octets(entries.metric, level)
                        .decide(low, entries.fast.data(), entries.all, decision.winners.data());
  return decision;
}

}  // namespace

TEST_CASE("the weight of a hue and the turn of blues keep to their bounds and slopes") {
  for (int i = 0; i < 3600; ++i) {
    const float degrees = static_cast<float>(i) / 10;
    const auto weight = hue_weight(hue_lanes(degrees));
    REQUIRE(weight.value[1] >= kLeastHueWeight);
    REQUIRE(weight.value[1] <= kMostHueWeight);
    constexpr float kStep = 5 * kDegree;
    const float next = hue_weight(hue_lanes(degrees + 5)).value[1];
    REQUIRE(std::abs(next - weight.value[1] - kStep * weight.slope[1]) <=
            0.5F * kHueWeightBend * kStep * kStep + 1e-5F);
    const double off = std::remainder(degrees - 275, 360) / 25;
    const double exact = std::sin(std::exp(-off * off) * 60 * static_cast<double>(kDegree));
    const auto turn = turn_of_hue(hue_lanes(degrees), turn_table());
    REQUIRE(std::abs(exact - static_cast<double>(turn.value[3])) < 2e-5);
    const double cos = std::max(0.0, std::cos((degrees - 275) * static_cast<double>(kDegree)));
    REQUIRE(exact <=
            static_cast<double>(kTurnTop) * std::pow(cos, 8) + static_cast<double>(kTurnTail));
    const float turned = turn_of_hue(hue_lanes(degrees + 5), turn_table()).value[3];
    REQUIRE(std::abs(turned - turn.value[3] - kStep * turn.slope[3]) <=
            0.5F * kTurnBend * kStep * kStep + kTurnSlopeError * kStep + 4e-5F);
  }
}

TEST_CASE("the nearest entry of no colour is ruled out for the eighth of a box it is in") {
  Random random(4);
  for (int round = 0; round < 6000; ++round) {
    const int edge = std::array{4, 8, 16, 32}.at(static_cast<std::size_t>(round % 4));
    const Rgb low = some_box(random, edge);
    const auto count = static_cast<std::size_t>(2 + random.below(6));
    const Entries entries(random, low, count, kMetrics.at(static_cast<std::size_t>(round % 3)));
    const ColorBox box{.low = low, .edge = edge};
    std::vector<std::vector<std::uint8_t>> eighths;
    for (const SimdLevel level : levels()) eighths.push_back(kept(box, entries, level));
    for (unsigned i = 0; i < 8; ++i) {
      const Rgb corner = moved(low, i, edge / 2);
      for (unsigned j = 0; j < 12; ++j) {
        const auto inside = [&](std::uint8_t from) {
          return static_cast<std::uint8_t>(from + random.below(edge / 2));
        };
        const Rgb color = j < 8 ? moved(corner, j, edge / 2 - 1)
                                : Rgb{inside(corner.r), inside(corner.g), inside(corner.b)};
        CAPTURE(to_hex(color));
        const std::size_t nearest = entries.nearest(color);
        for (const auto& of_level : eighths) REQUIRE((of_level[nearest] >> i & 1U) != 0);
      }
    }
  }
}

TEST_CASE("of two entries one is ruled out in most small boxes that are all the other's") {
  for (const ColorMetric metric : kMetrics) {
    Random random(5);
    int pure = 0;
    std::vector<int> told(levels().size());
    for (int round = 0; round < 1000; ++round) {
      const Rgb low = some_box(random, 4);
      const Entries entries(random, low, 2, metric);
      std::vector<std::vector<std::uint8_t>> eighths;
      for (const SimdLevel level : levels())
        eighths.push_back(kept({.low = low, .edge = 4}, entries, level));
      for (unsigned i = 0; i < 8; ++i) {
        const Rgb corner = moved(low, i, 2);
        const std::size_t winner = entries.nearest(corner);
        bool is_pure = true;
        for (unsigned j = 1; j < 8; ++j)
          is_pure = is_pure && entries.nearest(moved(corner, j, 1)) == winner;
        if (!is_pure) continue;
        ++pure;
        for (std::size_t level = 0; level < told.size(); ++level)
          told[level] += (eighths[level][1 - winner] >> i & 1U) == 0 ? 1 : 0;
      }
    }
    for (const int of_level : told) CHECK(of_level > pure * 85 / 100);
  }
}

TEST_CASE("single floats decide as the metric does, or say that they are not sure") {
  for (const ColorMetric metric : kMetrics) {
    Random random(6);
    std::vector<int> unsure(levels().size());
    constexpr int kRounds = 10000;
    for (int round = 0; round < kRounds; ++round) {
      const Rgb low = some_box(random, 2);
      const auto count = static_cast<std::size_t>(2 + random.below(4));
      const Entries entries(random, low, count, metric);
      std::array<std::size_t, 8> nearest{};
      for (unsigned i = 0; i < 8; ++i) nearest.at(i) = entries.nearest(moved(low, i, 1));
      for (std::size_t level = 0; level < unsure.size(); ++level) {
        const Decision decision = decided(low, entries, levels().at(level));
        for (unsigned i = 0; i < 8; ++i)
          if ((decision.unsure >> i & 1U) == 0) REQUIRE(nearest.at(i) == decision.winners.at(i));
        unsure[level] += std::popcount(decision.unsure);
      }
    }
    for (const int of_level : unsure) CHECK(of_level < 8 * kRounds / 200);
  }
}
