#include "core/image/ciede2000_octet.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "core/image/ciede2000_lanes.hpp"
#include "core/image/color_metric.hpp"
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

struct Entries {
  std::vector<Lab> exact;
  std::vector<LabEntry> lab;
  std::vector<std::uint8_t> all;

  std::size_t nearest(Rgb color) const {
    const Lab lab_color = to_lab(color);
    std::vector<double> distances;
    for (const Lab& entry : exact) distances.push_back(ciede2000(lab_color, entry));
    return static_cast<std::size_t>(std::ranges::min_element(distances) - distances.begin());
  }
};

Entries some_entries(Random& random, Rgb low, std::size_t count) {
  Entries entries;
  for (std::size_t i = 0; i < count; ++i) {
    const Lab lab = to_lab(some_entry(random, low));
    entries.exact.push_back(lab);
    entries.lab.push_back({static_cast<float>(lab.l), static_cast<float>(lab.a),
                           static_cast<float>(lab.b),
                           static_cast<float>(std::hypot(lab.a, lab.b))});
  }
  entries.all.resize(count);
  std::iota(entries.all.begin(), entries.all.end(), std::uint8_t{0});
  return entries;
}

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

std::vector<std::uint8_t> kept(const ColorBox& box, const Entries& entries, SimdLevel level) {
  std::vector<std::uint8_t> eighths(entries.all.size());
  ciede2000_octets(level).keep(box, entries.lab.data(), entries.all, eighths.data());
  return eighths;
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
  for (int round = 0; round < 3000; ++round) {
    const int edge = std::array{4, 8, 16, 32}.at(static_cast<std::size_t>(round % 4));
    const Rgb low = some_box(random, edge);
    const Entries entries =
        some_entries(random, low, static_cast<std::size_t>(2 + random.below(6)));
    const ColorBox box{.low = low, .edge = edge};
    const auto eighths = kept(box, entries, SimdLevel::baseline);
    REQUIRE(eighths == kept(box, entries, simd_level()));
    for (unsigned i = 0; i < 8; ++i) {
      const Rgb corner = moved(low, i, edge / 2);
      for (unsigned j = 0; j < 12; ++j) {
        const auto inside = [&] { return static_cast<std::uint8_t>(random.below(edge / 2)); };
        const Rgb color = j < 8 ? moved(corner, j, edge / 2 - 1)
                                : Rgb{static_cast<std::uint8_t>(corner.r + inside()),
                                      static_cast<std::uint8_t>(corner.g + inside()),
                                      static_cast<std::uint8_t>(corner.b + inside())};
        CAPTURE(to_hex(color));
        REQUIRE((eighths[entries.nearest(color)] >> i & 1U) != 0);
      }
    }
  }
}

TEST_CASE("of two entries one is ruled out in most small boxes that are all the other's") {
  Random random(5);
  int pure = 0;
  int told = 0;
  for (int round = 0; round < 2000; ++round) {
    const Rgb low = some_box(random, 4);
    const Entries entries = some_entries(random, low, 2);
    const auto eighths = kept({.low = low, .edge = 4}, entries, SimdLevel::baseline);
    for (unsigned i = 0; i < 8; ++i) {
      const Rgb corner = moved(low, i, 2);
      const std::size_t winner = entries.nearest(corner);
      bool is_pure = true;
      for (unsigned j = 1; j < 8; ++j)
        is_pure = is_pure && entries.nearest(moved(corner, j, 1)) == winner;
      pure += is_pure ? 1 : 0;
      told += is_pure && (eighths[1 - winner] >> i & 1U) == 0 ? 1 : 0;
    }
  }
  CHECK(told > pure * 85 / 100);
}

TEST_CASE("single floats decide as the metric does, or say that they are not sure") {
  Random random(6);
  int colors = 0;
  int unsure = 0;
  for (int round = 0; round < 20000; ++round) {
    const Rgb low = some_box(random, 2);
    Entries entries = some_entries(random, low, static_cast<std::size_t>(2 + random.below(4)));
    std::array<std::uint8_t, 8> winners{};
    const unsigned doubts = ciede2000_octets(SimdLevel::baseline)
                                .decide(low, entries.lab.data(), entries.all, winners.data());
    std::array<std::uint8_t, 8> again{};
    REQUIRE(
        doubts ==
        ciede2000_octets(simd_level()).decide(low, entries.lab.data(), entries.all, again.data()));
    REQUIRE(winners == again);
    for (unsigned i = 0; i < 8; ++i)
      if ((doubts >> i & 1U) == 0) REQUIRE(entries.nearest(moved(low, i, 1)) == winners.at(i));
    colors += 8;
    unsure += std::popcount(doubts);
  }
  CHECK(unsure < colors / 200);
}
