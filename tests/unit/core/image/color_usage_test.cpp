#include "core/image/color_usage.hpp"

#include <array>

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp {
namespace {

// 0 0 0 1
// 0 0 0 1
ColorUsage two_columns() {
  ColorUsage usage(3);
  usage.add_cell(0, 6);
  usage.add_cell(1, 2);
  usage.add_pair(0, 0, 4 + 3);
  usage.add_pair(0, 1, 2);
  usage.add_pair(1, 1, 1);
  usage.finish();
  return usage;
}

}  // namespace

TEST_CASE("ColorUsage tells each colour's share") {
  const ColorUsage usage = two_columns();
  CHECK(usage.share(0, 0) == doctest::Approx(6.02 / 8.06));
  CHECK(usage.share(1, 0) == doctest::Approx(2.02 / 8.06));
  CHECK(usage.share(2, 0) == doctest::Approx(0.02 / 8.06));
  CHECK(usage.most_common() == 0);
}

TEST_CASE("ColorUsage leaves out what the asking cell added") {
  CHECK(two_columns().share(1, 1) == doctest::Approx(1.02 / 8.06));
}

TEST_CASE("ColorUsage tells which colours stand side by side") {
  const ColorUsage usage = two_columns();
  CHECK(usage.lift(1, 1) > 1);
  CHECK(usage.lift(0, 1) < 1);
  CHECK(usage.lift(0, 1) == usage.lift(1, 0));
  CHECK(usage.lift(0, 2) < usage.lift(0, 0));
}

TEST_CASE("ColorUsage without pairs lifts no colour and tells shares all the same") {
  ColorUsage usage(2, ColorUsage::Pairs::no);
  usage.add_cell(1, 6);
  usage.add_cell(0, 2);
  usage.finish();
  CHECK(usage.lift(0, 1) == 1);
  CHECK(usage.most_common() == 1);
  CHECK(usage.share(0, 0) == doctest::Approx(2.02 / 8.04));
}

TEST_CASE("ColorUsage knows of no neighbours before any were counted") {
  ColorUsage usage(2);
  usage.finish();
  CHECK(usage.lift(0, 1) == 1);
}

TEST_CASE("ColorUsage counts runs of cells as it counts single ones") {
  ColorUsage single(3);
  ColorUsage runs(3);
  ColorUsage::CellCounter counter(runs);
  for (int i = 0; i < 300; ++i) {
    const auto color = static_cast<std::uint16_t>(i / 7 % 3);
    const float weight = 1.0F / static_cast<float>(1 + i % 11);
    single.add_cell(color, weight);
    counter.add(color, weight);
  }
  counter.finish();
  single.finish();
  runs.finish();
  for (std::uint16_t color = 0; color < 3; ++color) {
    CHECK(runs.share(color, 0.5F) == single.share(color, 0.5F));
    CHECK(runs.share(color, 0) == single.share(color, 0));
  }
}

TEST_CASE("ColorUsage tells of four colours what it tells of each") {
  testing::Random random(4);
  constexpr int kColors = 9;
  ColorUsage usage(kColors);
  const auto color = [&] { return static_cast<std::uint16_t>(random.below(kColors)); };
  for (int i = 0; i < 3000; ++i) {
    usage.add_cell(static_cast<std::uint16_t>(color() * color() / kColors),
                   static_cast<float>(random.below(100)) / 99);
    usage.add_pair(color(), color(), static_cast<float>(random.below(100)) / 99);
  }
  usage.finish();
  for (int i = 0; i < 200; ++i) {
    const std::array<std::uint16_t, 4> colors{color(), color(), color(), color()};
    FourFloats own{};
    for (int lane = 0; lane < 4; ++lane) {
      own[lane] = static_cast<float>(random.below(5)) / 4;
    }
    const std::uint16_t neighbour = color();
    const FourFloats shares = usage.shares(colors.data(), own);
    const FourFloats lifts = usage.lifts(colors.data(), neighbour);
    for (std::size_t lane = 0; lane < 4; ++lane) {
      CHECK(shares[lane] == usage.share(colors[lane], own[lane]));
      CHECK(lifts[lane] == usage.lift(colors[lane], neighbour));
    }
  }
}

}  // namespace dgxp
