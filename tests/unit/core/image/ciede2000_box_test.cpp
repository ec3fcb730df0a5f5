#include "core/image/ciede2000_box.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "core/image/ciede2000_lanes.hpp"
#include "core/image/color_metric.hpp"
#include "image_makers.hpp"

using namespace dgxp;
using dgxp::testing::Random;

namespace {

constexpr float kDegree = 0.017453293F;

HueLanes hue_lanes(float degrees) {
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
  std::array<Lab, kLanes> exact;
  LabLanes lanes;
};

Entries some_entries(Random& random, Rgb low) {
  Entries entries;
  for (std::size_t i = 0; i < kLanes; ++i) {
    const Lab lab = to_lab(some_entry(random, low));
    entries.exact.at(i) = lab;
    entries.lanes.l[i] = static_cast<float>(lab.l);
    entries.lanes.a[i] = static_cast<float>(lab.a);
    entries.lanes.b[i] = static_cast<float>(lab.b);
    entries.lanes.chroma[i] = static_cast<float>(std::hypot(lab.a, lab.b));
  }
  return entries;
}

}  // namespace

TEST_CASE("the weight of a hue and the turn of blues keep to their bounds and slopes") {
  for (int i = 0; i < 3600; ++i) {
    const float degrees = static_cast<float>(i) / 10;
    const float weight = hue_weight(hue_lanes(degrees))[1];
    REQUIRE(weight >= kLeastHueWeight);
    REQUIRE(weight <= kMostHueWeight);
    const float next = hue_weight(hue_lanes(degrees + 0.5F))[1];
    REQUIRE(std::abs(next - weight) <= kHueWeightSlope * 0.5F * kDegree + 1e-5F);
    const double off = (degrees - 275) / 25;
    const double turn = std::sin(std::exp(-off * off) * 60 * static_cast<double>(kDegree));
    const float found = turn_of_hue(hue_lanes(degrees), turn_table())[3];
    REQUIRE(std::abs(found - turn) < 2e-5);
    REQUIRE(found <= kMostTurn);
    const float turned = turn_of_hue(hue_lanes(degrees + 0.5F), turn_table())[3];
    REQUIRE(std::abs(turned - found) <= kTurnSlope * 0.5F * kDegree + 1e-5F);
  }
}

TEST_CASE("the distance of an entry from every colour of a box lies within its bounds") {
  Random random(4);
  for (int round = 0; round < 3000; ++round) {
    const int edge = std::array{4, 8, 16}.at(static_cast<std::size_t>(round % 3));
    const auto value = [&] { return static_cast<std::uint8_t>(random.below(256 / edge) * edge); };
    const std::uint8_t gray = value();
    const Rgb low = round % 4 == 0 ? Rgb{gray, gray, gray} : Rgb{value(), value(), value()};
    const Entries entries = some_entries(random, low);
    const DistanceBounds bounds =
        ciede2000_bounds(make_lab_box({.low = low, .edge = edge}), entries.lanes);
    for (int i = 0; i < 40; ++i) {
      const auto inside = [&](std::uint8_t from) {
        // Corners first: there distances are farthest apart.
        const int step = i < 16 ? random.below(2) * (edge - 1) : random.below(edge);
        return static_cast<std::uint8_t>(from + step);
      };
      const Rgb color{inside(low.r), inside(low.g), inside(low.b)};
      for (std::size_t k = 0; k < kLanes; ++k) {
        const double distance = ciede2000(to_lab(color), entries.exact.at(k));
        CAPTURE(to_hex(color));
        REQUIRE(bounds.low[k] <= distance + 1e-3);
        REQUIRE(bounds.high[k] >= distance - 1e-3);
      }
    }
  }
}

TEST_CASE("bounds of a cell are at most some times as wide as its distances") {
  constexpr std::array<Rgb, kLanes> kEntries{
      {{120, 90, 60}, {60, 120, 80}, {100, 160, 40}, {160, 100, 90}}};
  constexpr Rgb kLow{80, 120, 60};
  LabLanes entries;
  for (std::size_t k = 0; k < kLanes; ++k) {
    const Lab lab = to_lab(kEntries.at(k));
    entries.l[k] = static_cast<float>(lab.l);
    entries.a[k] = static_cast<float>(lab.a);
    entries.b[k] = static_cast<float>(lab.b);
    entries.chroma[k] = static_cast<float>(std::hypot(lab.a, lab.b));
  }
  const DistanceBounds bounds = ciede2000_bounds(make_lab_box({.low = kLow, .edge = 4}), entries);
  for (std::size_t k = 0; k < kLanes; ++k) {
    double least = std::numeric_limits<double>::infinity();
    double most = 0;
    for (std::size_t place = 0; place < kCellColors; ++place) {
      const double distance = ciede2000(to_lab(cell_color(kLow, place)), to_lab(kEntries.at(k)));
      least = std::min(least, distance);
      most = std::max(most, distance);
    }
    CHECK(bounds.high[k] - bounds.low[k] < 6 * (most - least));
  }
}
